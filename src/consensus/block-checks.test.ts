import { describe, expect, it } from 'vitest'
import { certificateHash, signerBitmap } from '../codec/index.ts'
import type { Block, CommitCertificate } from '../codec/index.ts'
import { checkBlockBody, checkBlockStructure } from './block-checks.ts'
import { blockAt, contextOf, FOUR, validatorSet } from './testing/kit.ts'
import type { HeightContext } from './types.ts'

const PARENT = new Uint8Array(32).fill(5)
const CERTIFICATE: CommitCertificate = { height: 6, round: 2, block_hash: PARENT, signers: signerBitmap([0, 1, 2], 4), signatures: Array.from({ length: 3 }, () => new Uint8Array(64)) }
const CONTEXT: HeightContext = { ...contextOf(FOUR, 7), last_validators: FOUR, parent: { hash: PARENT, time: 500 }, last_commit: CERTIFICATE }
const BLOCK = blockAt(CONTEXT, 0)

function withCertificate(last_commit: CommitCertificate | null): Block {
  return { ...BLOCK, last_commit, header: { ...BLOCK.header, last_commit_hash: certificateHash(last_commit) } }
}

describe('checkBlockBody', () => {
  it('accepts a body only with the header that commits to it', () => {
    expect(checkBlockBody(BLOCK)).toBeNull()
    expect(checkBlockBody({ ...BLOCK, actions: blockAt(CONTEXT, 0, 'b').actions })).toBe('ACTION_ROOT_MISMATCH')
    expect(checkBlockBody({ ...BLOCK, actions: [] })).toBe('ACTION_ROOT_MISMATCH')
    expect(checkBlockBody({ ...BLOCK, actions: [{ ...BLOCK.actions[0]!, payload_cbor: Uint8Array.of(0) }] })).toBe('ACTION_INCONSISTENT')
    expect(checkBlockBody({ ...BLOCK, last_commit: { ...CERTIFICATE, round: 3 } })).toBe('LAST_COMMIT_HASH_MISMATCH')
  })
})

describe('checkBlockStructure', () => {
  it('accepts a block that continues the chain', () => {
    expect(checkBlockStructure(BLOCK, CONTEXT)).toBeNull()
  })

  it.each<[string, Block]>([
    ['WORLD_MISMATCH', blockAt({ ...CONTEXT, world_id: `other.${'0'.repeat(64)}` }, 0)],
    ['HEIGHT_MISMATCH', blockAt(CONTEXT, 0, 'a', { height: 8 })],
    ['PARENT_MISMATCH', blockAt(CONTEXT, 0, 'a', { parent_hash: new Uint8Array(32) })],
    ['PROPOSER_MISMATCH', blockAt(CONTEXT, 0, 'a', { round: 1 })],
    ['TIME_NOT_INCREASING', blockAt(CONTEXT, 0, 'a', { time: 500 })],
    ['VALIDATORS_MISMATCH', blockAt(CONTEXT, 0, 'a', { validators_hash: new Uint8Array(32) })],
    ['LAST_COMMIT_MISSING', withCertificate(null)],
    ['LAST_COMMIT_WRONG_BLOCK', withCertificate({ ...CERTIFICATE, height: 5 })],
    ['LAST_COMMIT_WRONG_BLOCK', withCertificate({ ...CERTIFICATE, block_hash: new Uint8Array(32) })],
    ['LAST_COMMIT_INVALID', withCertificate({ ...CERTIFICATE, signers: signerBitmap([0, 1], 4), signatures: CERTIFICATE.signatures.slice(1) })],
  ])('says %s', (code, block) => {
    expect(checkBlockStructure(block, CONTEXT)).toBe(code)
  })

  it('judges the parent certificate by the validators of the parent', () => {
    const context = { ...CONTEXT, last_validators: validatorSet(1, 1, 1, 9) }
    expect(checkBlockStructure(BLOCK, context)).toBe('LAST_COMMIT_INVALID')
  })

  it('allows no certificate in the first block', () => {
    const first = contextOf(FOUR, 1)
    const block = blockAt(first, 0)
    expect(checkBlockStructure({ ...block, last_commit: CERTIFICATE, header: { ...block.header, last_commit_hash: certificateHash(CERTIFICATE) } }, first)).toBe('LAST_COMMIT_UNEXPECTED')
  })
})
