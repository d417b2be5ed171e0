import { describe, expect, it } from 'vitest'
import { decodeCanonical } from './decode.ts'
import { encodeCanonical } from './encode.ts'
import { ACTOR_ID } from './action.ts'
import { governanceCertificatePayload, governanceCertificateSchema, governanceSignerSetHash, governanceVetoPayload, MAX_GOVERNANCE_SIGNERS } from './governance.ts'
import type { GovernanceStatement } from './governance.ts'
import type { Value } from './value.ts'

const HEX = 'ab'.repeat(32)
const WORLD = `belt.${HEX}`
const statement: GovernanceStatement = {
  world_id: WORLD, proposal_id: HEX, manifest_hash: HEX, report_hash: HEX, consensus_height: 7, block_hash: HEX, signer_set_hash: HEX, epoch_id: 0,
  required_signers: 2, expires_height: 90,
}
const share = { signer_id: 's1', signature: new Uint8Array(64) }
const multisig = { ...statement, scheme: 'multisig', signatures: [share] }
const parses = (value: unknown): boolean => {
  try {
    governanceCertificateSchema.parse(decodeCanonical(encodeCanonical(value as Value)), '')
    return true
  } catch {
    return false
  }
}

describe('a governance certificate', () => {
  it('is read strictly, in both schemes', () => {
    expect(parses(multisig)).toBe(true)
    expect(parses({ ...statement, scheme: 'frost', aggregate: new Uint8Array(64) })).toBe(true)
    for (const change of [
      { scheme: 'none' }, { required_signers: 1 }, { consensus_height: 0 }, { block_hash: 'ab' }, { proposal_id: HEX.toUpperCase() }, { more: 1 }, { aggregate: new Uint8Array(64) },
      { signatures: Array.from({ length: MAX_GOVERNANCE_SIGNERS + 1 }, () => share) }, { signatures: [{ ...share, signature: new Uint8Array(63) }] }, { signatures: [{ ...share, signer_id: 'S' }] },
    ]) expect([change, parses({ ...multisig, ...change })]).toEqual([change, false])
  })

  it('is signed by everything it says, and by nothing about who signed how', () => {
    const payload = governanceCertificatePayload(statement)
    expect(decodeCanonical(payload)).toEqual(['agent-world/governance-certificate/v1', WORLD, { ...statement }])
    expect(governanceCertificatePayload(governanceCertificateSchema.parse(multisig as unknown as Value, ''))).toEqual(payload)
    for (const [field, value] of Object.entries(statement)) {
      const other = typeof value === 'number' ? value + 1 : value.replace(/.$/, '0')
      expect([field, governanceCertificatePayload({ ...statement, [field]: other })]).not.toEqual([field, payload])
    }
  })
})

describe('governance', () => {
  it('signs a veto for one world and one proposal', () => {
    expect(decodeCanonical(governanceVetoPayload(WORLD, HEX))).toEqual(['agent-world/governance-veto/v1', WORLD, HEX])
  })

  it('names a set of signers by ids, keys and threshold', () => {
    const signers = [{ signer_id: 's1', public_key: new Uint8Array(32) }, { signer_id: 's2', public_key: new Uint8Array(32).fill(1) }]
    const hash = governanceSignerSetHash(signers, 2)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set([hash, governanceSignerSetHash(signers, 3), governanceSignerSetHash(signers.slice(1), 2), governanceSignerSetHash([{ ...signers[0]!, signer_id: 's0' }, signers[1]!], 2)]).size).toBe(4)
  })

  it('has actors of its own', () => {
    expect(ACTOR_ID.parse('signer/alice-1', 'actor')).toBe('signer/alice-1')
    for (const actor of ['signer/', 'signer/Alice', 'signer/a.b', `signer/${'a'.repeat(65)}`, 'signers/a']) expect(() => ACTOR_ID.parse(actor, 'actor')).toThrow()
  })
})
