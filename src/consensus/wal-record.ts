import { blockSchema, decodeWith, encodeCanonical, MAX_ROUND, MAX_VALIDATORS, schema, VALIDATOR_ID, voteSchema, WORLD_ID } from '../codec/index.ts'
import type { Infer, Value } from '../codec/index.ts'

const { array, fixedBytes, int, literal, nullable, object, union } = schema

const voteRecord = object({
  kind: literal('vote'),
  world_id: WORLD_ID,
  validator_id: VALIDATOR_ID,
  type: literal('prevote', 'precommit'),
  height: int(1),
  round: int(0, MAX_ROUND),
  block_hash: nullable(fixedBytes(32)),
})

const proposalRecord = object({
  kind: literal('proposal'),
  world_id: WORLD_ID,
  validator_id: VALIDATOR_ID,
  height: int(1),
  round: int(0, MAX_ROUND),
  valid_round: int(-1, MAX_ROUND),
  block_hash: fixedBytes(32),
})

/** Body of a block this node proposed or holds as valid: after a restart of everyone a locked block must still exist somewhere. */
const blockRecord = object({ kind: literal('block'), height: int(1), block: blockSchema })

/**
 * The proof-of-lock behind `valid_round`: the signed prevotes themselves. A Byzantine prevote may have reached this node alone;
 * without it in the log, a restarted lock holder could never convince the others again and the height would hang.
 */
const validRecord = object({
  kind: literal('valid'),
  height: int(1),
  round: int(0, MAX_ROUND),
  block_hash: fixedBytes(32),
  prevotes: array(voteSchema, MAX_VALIDATORS),
})

/**
 * One entry of the votes-WAL. The lock has no entry of its own: it is the latest own precommit for a block (arXiv:1807.04938
 * lines 38–40 set both at once).
 */
export const walRecordSchema = union('kind', { vote: voteRecord, proposal: proposalRecord, block: blockRecord, valid: validRecord })
export type WalRecord = Infer<typeof walRecordSchema>
export type VoteRecord = Infer<typeof voteRecord>
export type ProposalRecord = Infer<typeof proposalRecord>
export type BlockRecord = Infer<typeof blockRecord>
export type ValidRecord = Infer<typeof validRecord>

/** Records written together become durable together: at most the block, the proof-of-lock and the message itself. */
const MAX_BATCH = 8
const batchSchema = array(walRecordSchema, MAX_BATCH)

export const encodeWalBatch = (records: readonly WalRecord[]): Uint8Array => encodeCanonical(records as unknown as Value)
export const decodeWalBatch = (encoded: Uint8Array): readonly WalRecord[] => decodeWith(batchSchema, encoded)

/** What one height's records say, in the order written. */
export interface RestoredHeight {
  readonly height: number
  readonly votes: readonly VoteRecord[]
  readonly proposals: readonly ProposalRecord[]
  readonly blocks: readonly BlockRecord[]
  readonly valid: readonly ValidRecord[]
}
