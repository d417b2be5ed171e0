import { blockSchema, MAX_COMMIT_BYTES } from './block.ts'
import type { Block } from './block.ts'
import { encodeCanonical } from './encode.ts'
import { MAX_ROUND } from './certificate.ts'
import { Domain, signingPayload } from './domains.ts'
import { decodeWith, fixedBytes, int, literal, nullable, object } from './schema.ts'
import type { Infer } from './schema.ts'
import { VALIDATOR_ID } from './validator-set.ts'
import { DEFAULT_DECODE_LIMITS } from './value.ts'
import { WORLD_ID } from './world-id.ts'

/** A full block and what a proposal adds to it: the same room as a certificate. */
export const MAX_PROPOSAL_BYTES = MAX_COMMIT_BYTES
/** One vote is under 400 bytes; anything much longer is not worth scanning. */
export const MAX_VOTE_BYTES = 1024

/** One signed vote. `block_hash` null is a vote for nil. `round` −1 stands for "none" in `valid_round` only. */
export const voteSchema = object({
  world_id: WORLD_ID,
  type: literal('prevote', 'precommit'),
  height: int(1),
  round: int(0, MAX_ROUND),
  block_hash: nullable(fixedBytes(32)),
  validator_id: VALIDATOR_ID,
  signature: fixedBytes(64),
})
export type Vote = Infer<typeof voteSchema>
export type VoteType = Vote['type']

export const proposalSchema = object({
  world_id: WORLD_ID,
  height: int(1),
  round: int(0, MAX_ROUND),
  /** Round of the proof-of-lock this re-proposal rests on, −1 for a fresh block. */
  valid_round: int(-1, MAX_ROUND),
  block: blockSchema,
  validator_id: VALIDATOR_ID,
  signature: fixedBytes(64),
})
export type Proposal = Infer<typeof proposalSchema>

/** The validator is not in the payload: its key is what the signature is checked with. All signers of a block sign the same bytes. */
export function votePayload(vote: Pick<Vote, 'world_id' | 'type' | 'height' | 'round' | 'block_hash'>): Uint8Array {
  return signingPayload(Domain.vote, vote.world_id, vote.type, vote.height, vote.round, vote.block_hash)
}

export function proposalPayload(proposal: Pick<Proposal, 'world_id' | 'height' | 'round' | 'valid_round'>, hash: Uint8Array): Uint8Array {
  return signingPayload(Domain.proposal, proposal.world_id, proposal.height, proposal.round, proposal.valid_round, hash)
}

/** Two different votes of one validator for one height, round and step: proof of a double vote. */
export const duplicateVoteEvidenceSchema = object({ first: voteSchema, second: voteSchema })
export type DuplicateVoteEvidence = Infer<typeof duplicateVoteEvidenceSchema>

export const encodeVote = (vote: Vote): Uint8Array => encodeCanonical(vote)
export const decodeVote = (encoded: Uint8Array): Vote =>
  decodeWith(voteSchema, encoded, { ...DEFAULT_DECODE_LIMITS, maxBytes: MAX_VOTE_BYTES })
export const encodeProposal = (proposal: Proposal & { readonly block: Block }): Uint8Array => encodeCanonical(proposal)
export const decodeProposal = (encoded: Uint8Array): Proposal =>
  decodeWith(proposalSchema, encoded, { ...DEFAULT_DECODE_LIMITS, maxBytes: MAX_PROPOSAL_BYTES })
