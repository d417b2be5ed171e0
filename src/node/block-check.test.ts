import { describe, expect, it } from 'vitest'
import { certificateHash, computeConsensusActionRoot, sha256, toConsensusAction, utf8Bytes, validatorSetHash } from '../codec/index.ts'
import type { Block, CommitCertificate } from '../codec/index.ts'
import { assertBlockFollows } from './block-check.ts'
import type { ParentContext } from './block-check.ts'
import { signedAction } from './testing/test-world.ts'

const world_id = `test.${'0'.repeat(64)}`
const hash = (name: string): Uint8Array => sha256(utf8Bytes(name))
const validators = [{ validator_id: 'v1', public_key: hash('key'), stake: 5 }]
const parentHash = hash('parent')
const certificate: CommitCertificate = { height: 3, round: 0, block_hash: parentHash, signers: new Uint8Array([1]), signatures: [new Uint8Array(64)] }
const action = toConsensusAction(signedAction(world_id, hash('agent'), 1, { kind: 'query_observation' }))

const root = hash('root')
const header = {
  world_id, height: 4, round: 0, time: 1_001, parent_hash: parentHash, last_commit_hash: certificateHash(certificate),
  action_root: computeConsensusActionRoot([action]), state_root: root, receipts_root: root, events_root: root,
  validators_hash: validatorSetHash(validators), next_validators_hash: root, proposer: 'v1', writer_epoch: 1,
}
const parent: ParentContext = { world_id, height: 3, hash: parentHash, header: { ...header, height: 3, time: 1_000 }, time: 0, validators }
const block: Block = { header, actions: [action], last_commit: certificate }
const withHeader = (change: Partial<Block['header']>): Block => ({ ...block, header: { ...header, ...change } })

describe('a block on top of its parent', () => {
  it('is accepted when everything fits', () => {
    expect(() => assertBlockFollows(block, parent)).not.toThrow()
  })

  const refused: [string, string, Block][] = [
    ['WRONG_WORLD', 'another world', withHeader({ world_id: `other.${'0'.repeat(64)}` })],
    ['WRONG_HEIGHT', 'a height left out', withHeader({ height: 5 })],
    ['WRONG_HEIGHT', 'a height again', withHeader({ height: 3 })],
    ['BAD_BLOCK', 'another parent', withHeader({ parent_hash: root })],
    ['BAD_BLOCK', 'the time of its parent', withHeader({ time: 1_000 })],
    ['BAD_BLOCK', 'another validator set', withHeader({ validators_hash: root })],
    ['BAD_BLOCK', 'a proposer who is no validator', withHeader({ proposer: 'v9' })],
    ['BAD_BLOCK', 'no parent certificate', { ...block, last_commit: null }],
    ['BAD_BLOCK', 'a parent certificate of another height', { ...block, last_commit: { ...certificate, height: 2 } }],
    ['BAD_BLOCK', 'a parent certificate of another block', { ...block, last_commit: { ...certificate, block_hash: root } }],
    ['BAD_BLOCK', 'a parent certificate its header does not name', { ...block, last_commit: { ...certificate, round: 1 } }],
    ['BAD_BLOCK', 'actions its header does not name', { ...block, actions: [] }],
    ['BAD_BLOCK', 'an action twice', { ...withHeader({ action_root: computeConsensusActionRoot([action, action]) }), actions: [action, action] }],
  ]
  for (const [code, what, candidate] of refused) {
    it(`is refused with ${what}`, () => {
      expect(() => assertBlockFollows(candidate, parent)).toThrow(expect.objectContaining({ code }))
    })
  }

  it('is refused with an action that does not match its id', () => {
    const forged = { ...action, action_id: 'a'.repeat(64) }
    const candidate = { ...withHeader({ action_root: computeConsensusActionRoot([forged]) }), actions: [forged] }
    expect(() => assertBlockFollows(candidate, parent)).toThrow(expect.objectContaining({ code: 'BAD_BLOCK' }))
  })

  it('needs no parent certificate at height 1, and may have none', () => {
    const first: ParentContext = { ...parent, height: 0, header: null, time: 1_000 }
    const candidate: Block = { ...withHeader({ height: 1, last_commit_hash: certificateHash(null) }), last_commit: null }
    expect(() => assertBlockFollows(candidate, first)).not.toThrow()
    expect(() => assertBlockFollows({ ...candidate, last_commit: certificate }, first)).toThrow(expect.objectContaining({ code: 'BAD_BLOCK' }))
  })
})
