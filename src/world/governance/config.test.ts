import { describe, expect, it } from 'vitest'
import { decodeGenesis, encodeGenesis } from '../genesis.ts'
import { signerOf, testGenesis } from '../testing/test-world.ts'
import type { GovernanceConfig } from './config.ts'
import { DEFAULT_GOVERNANCE } from './config.ts'
import { GOVERNANCE } from './testing/governed-world.ts'

const genesisWith = (governance: Partial<GovernanceConfig>) => testGenesis({ modules: [], governance: { ...GOVERNANCE, ...governance } })
const KEY = signerOf('any').publicKey
/** The neutral element: of order one, so that any signature of a certain form verifies under it. */
const SMALL_ORDER = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 1 : 0))

describe('the governance of a genesis', () => {
  it('is closed unless the genesis says otherwise', () => {
    expect(testGenesis({ modules: [] }).governance).toEqual(DEFAULT_GOVERNANCE)
    const genesis = genesisWith({})
    expect(decodeGenesis(encodeGenesis(genesis)).governance).toEqual(genesis.governance)
  })

  it.each<[string, Partial<GovernanceConfig>]>([
    ['a threshold of one', { threshold: 1 }],
    ['a threshold that cannot be met', { threshold: 4 }],
    ['a guardian threshold that cannot be met', { guardian_threshold: 3 }],
    ['signers out of order', { signers: [...GOVERNANCE.signers!].reverse() }],
    ['a signer twice', { signers: [GOVERNANCE.signers![0]!, ...GOVERNANCE.signers!] }],
    ['two signers with one key', { signers: [{ signer_id: 'a', public_key: KEY }, { signer_id: 'b', public_key: KEY }] }],
    ['a signer with a key of small order', { signers: [{ signer_id: 'a', public_key: SMALL_ORDER }, { signer_id: 'b', public_key: KEY }] }],
    ['a guardian with a key of small order', { guardians: [{ guardian_id: 'a', public_key: SMALL_ORDER }], guardian_threshold: 1 }],
    ['a group key of small order', { group_key: SMALL_ORDER }],
    ['two keys for one name', { guardians: [{ guardian_id: 's1', public_key: KEY }], guardian_threshold: 1 }],
    ['too little time', { timelock_blocks: 60 }],
    ['modules out of order in the shadow policy', { shadow_policy: { mode: 'by_module_id', module_ids: ['t.b', 't.a'] } }],
  ])('may not have %s', (_what, governance) => {
    expect(() => genesisWith(governance)).toThrowError(expect.objectContaining({ code: 'GENESIS_INVALID' }))
  })
})
