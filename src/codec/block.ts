import { consensusActionSchema } from './action.ts'
import { encodeCanonical } from './encode.ts'
import { commitCertificateSchema, MAX_ROUND } from './certificate.ts'
import { Domain } from './domains.ts'
import { sha256 } from './sha256.ts'
import { array, fixedBytes, int, nullable, object, decodeWith } from './schema.ts'
import type { Infer } from './schema.ts'
import { VALIDATOR_ID } from './validator-set.ts'
import { DEFAULT_DECODE_LIMITS } from './value.ts'
import { WORLD_ID } from './world-id.ts'

/** Most bytes of one encoded block: keeps a proposal within one gossip message and one fetch answer. */
export const MAX_BLOCK_BYTES = 2 << 20
/** A full block and the certificate of a thousand validators: 66 KB of signatures, and the rest of the message. */
export const MAX_COMMIT_BYTES = MAX_BLOCK_BYTES + (128 << 10)
/** Most actions in one block: bounds execution time besides fuel. */
export const MAX_BLOCK_ACTIONS = 5000

const hash = fixedBytes(32)

/**
 * What validators agree on (DESIGN §9). Roots are those of *this* block, after execution.
 * `time` is the proposer's clock in milliseconds since 1970 UTC and never enters the state.
 */
export const headerSchema = object({
  world_id: WORLD_ID,
  height: int(1),
  round: int(0, MAX_ROUND),
  time: int(0),
  parent_hash: hash,
  last_commit_hash: hash,
  action_root: hash,
  state_root: hash,
  receipts_root: hash,
  events_root: hash,
  validators_hash: hash,
  next_validators_hash: hash,
  proposer: VALIDATOR_ID,
  writer_epoch: int(1),
})
export type BlockHeader = Infer<typeof headerSchema>

export const blockSchema = object({
  header: headerSchema,
  actions: array(consensusActionSchema, MAX_BLOCK_ACTIONS),
  /** Certificate of the parent, so that participation is agreed on too; null only at height 1. */
  last_commit: nullable(commitCertificateSchema),
})
export type Block = Infer<typeof blockSchema>

/** A block with the certificate that finalizes it: what is stored, gossiped and fetched. */
export const commitSchema = object({ block: blockSchema, certificate: commitCertificateSchema })
export type Commit = Infer<typeof commitSchema>

/** Identity of a block: SHA-256 over the domain and the header, whose roots cover everything else. */
export function blockHash(header: BlockHeader): Uint8Array {
  return sha256(encodeCanonical([Domain.blockHeader, header]))
}

export function encodeHeader(header: BlockHeader): Uint8Array {
  return encodeCanonical(header)
}

export function decodeHeader(encoded: Uint8Array): BlockHeader {
  return decodeWith(headerSchema, encoded)
}

export function encodeBlock(block: Block): Uint8Array {
  return encodeCanonical(block)
}

export function decodeBlock(encoded: Uint8Array): Block {
  return decodeWith(blockSchema, encoded, { ...DEFAULT_DECODE_LIMITS, maxBytes: MAX_BLOCK_BYTES })
}

export function encodeCommit(commit: Commit): Uint8Array {
  return encodeCanonical(commit)
}

export function decodeCommit(encoded: Uint8Array): Commit {
  return decodeWith(commitSchema, encoded, { ...DEFAULT_DECODE_LIMITS, maxBytes: MAX_COMMIT_BYTES })
}
