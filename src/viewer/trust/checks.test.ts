import { describe, expect, it } from 'vitest'
import { blockHash, encodeCanonical, sha256, signerBitmap, utf8Bytes, validatorSetHash, votePayload } from '../../codec/index.ts'
import type { BlockHeader, ValidatorSet } from '../../codec/index.ts'
import { createPortableSigner } from '../../crypto/index.ts'
import { isVerified } from '../../light/index.ts'
import type { ProvenRecord } from '../../node/index.ts'
import { STEP_IDS, checkRecord } from './checks.ts'
import type { StepId } from './checks.ts'
import { verifyRecord, verifyRecords } from './verify-record.ts'

const WORLD = `belt.${'a'.repeat(64)}`
const KEY = `agent/${'1'.repeat(32)}`
const zero = new Uint8Array(32)
const signers = [1, 2, 3, 4].map((n) => createPortableSigner(new Uint8Array(32).fill(n)))
const validators: ValidatorSet = signers.map(({ publicKey }, n) => ({ validator_id: `v${n}`, public_key: publicKey, stake: 10 }))

/** A record of a state with two keys, finalized by three of four validators. */
function record(): ProvenRecord {
  const value = { name: 'Ada', electricity: 7 }
  const value_bytes = encodeCanonical(value)
  const key_hash = sha256(utf8Bytes(KEY))
  const leaf = { key_hash, value_hash: sha256(value_bytes) }
  const sibling = sha256(utf8Bytes('another subtree'))
  const leafHash = sha256(Uint8Array.of(0, ...leaf.key_hash, ...leaf.value_hash))
  const state_root = sha256(key_hash[0]! >> 7 === 0 ? Uint8Array.of(1, ...leafHash, ...sibling) : Uint8Array.of(1, ...sibling, ...leafHash))
  const header: BlockHeader = {
    world_id: WORLD, height: 9, round: 0, time: 1, parent_hash: zero, last_commit_hash: zero, action_root: zero, state_root, receipts_root: zero, events_root: zero,
    validators_hash: validatorSetHash(validators), next_validators_hash: zero, proposer: 'v0', writer_epoch: 1,
  }
  const block_hash = blockHash(header)
  const payload = votePayload({ world_id: WORLD, type: 'precommit', height: 9, round: 0, block_hash })
  return {
    key: KEY, value, value_bytes, proof: { siblings: [sibling], leaf }, header, validators,
    certificate: { height: 9, round: 0, block_hash, signers: signerBitmap([0, 1, 3], 4), signatures: [0, 1, 3].map((n) => signers[n]!.signSync(payload)) },
  }
}

async function failing(tampered: ProvenRecord, world: string | null = WORLD): Promise<StepId[]> {
  const steps: [StepId, boolean][] = []
  const all = await checkRecord(tampered, world, (step) => steps.push([step.id, step.holds]))
  expect(steps.map(([id]) => id)).toEqual(STEP_IDS)
  const failed = steps.filter(([, holds]) => !holds).map(([id]) => id)
  expect(all).toBe(failed.length === 0)
  return failed
}

const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, n) => (n === 0 ? byte ^ 1 : byte))

describe('the proof drawer', () => {
  it('passes every step of an honest record, and shows the same root twice', async () => {
    const facts = new Map<string, string>()
    expect(await checkRecord(record(), WORLD, (step) => step.facts.forEach(([name, value]) => facts.set(name, value)))).toBe(true)
    expect(facts.get('computedRoot')).toBe(facts.get('headerRoot'))
    expect(facts.get('computedHash')).toBe(facts.get('certifiedHash'))
    expect(facts.get('signed')).toBe('30 / 40')
  })

  it('points at the step that a lie breaks', async () => {
    const honest = record()
    expect(await failing({ ...honest, value: { name: 'Eve', electricity: 7 } })).toEqual(['value'])
    expect(await failing({ ...honest, proof: { ...honest.proof, siblings: [flip(honest.proof.siblings[0]!)] } })).toEqual(['root'])
    expect(await failing({ ...honest, header: { ...honest.header, time: 2 } })).toEqual(['header', 'certificate'])
    expect(await failing({ ...honest, certificate: { ...honest.certificate, signatures: honest.certificate.signatures.map(flip) } })).toEqual(['certificate'])
    expect(await failing({ ...honest, validators: honest.validators.map((each) => ({ ...each, stake: 11 })) })).toEqual(['certificate', 'validators'])
    expect(await failing(honest, `belt.${'b'.repeat(64)}`)).toEqual(['world'])
  })

  it('does not accept two thirds of the stake or less', async () => {
    const honest = record()
    const { certificate } = honest
    expect(await failing({ ...honest, certificate: { ...certificate, signers: signerBitmap([0, 1], 4), signatures: certificate.signatures.slice(0, 2) } })).toEqual(['certificate'])
  })
})

describe('a verified value', () => {
  it('is made only when every check passes', async () => {
    const verified = await verifyRecord(record(), WORLD)
    expect(isVerified(verified)).toBe(true)
    expect(verified.provenance).toMatchObject({ world_id: WORLD, height: 9 })
    const honest = record()
    await expect(verifyRecord({ ...honest, value: null }, WORLD)).rejects.toMatchObject({ code: 'WRONG_VALUE' })
    await expect(verifyRecord({ ...honest, key: `agent/${'2'.repeat(32)}` }, WORLD)).rejects.toMatchObject({ code: expect.stringMatching(/BAD_PROOF|WRONG_STATE_ROOT|WRONG_VALUE/) })
    await expect(verifyRecord(honest, `belt.${'b'.repeat(64)}`)).rejects.toMatchObject({ code: 'WRONG_WORLD' })
  })

  it('is made for each record of a list, and a head checked for one vouches for no other head', async () => {
    const honest = record()
    expect((await verifyRecords([honest, record()], WORLD)).every(isVerified)).toBe(true)
    expect(await verifyRecords([], WORLD)).toEqual([])
    await expect(verifyRecords([honest, { ...record(), value: { name: 'Eve', electricity: 7 } }], WORLD)).rejects.toMatchObject({ code: 'WRONG_VALUE' })
    const forged = { ...record(), certificate: { ...honest.certificate, signatures: honest.certificate.signatures.map(flip) } }
    await expect(verifyRecords([honest, forged], WORLD)).rejects.toThrow()
    await expect(verifyRecords([forged, honest], WORLD)).rejects.toThrow()
  })
})
