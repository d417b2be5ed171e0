import { toHex } from '../codec/index.ts'
import type { DuplicateVoteEvidence, Vote } from '../codec/index.ts'
import { makeEvidence } from './evidence.ts'

/** A block hash as a map key; `nil` for a vote against every block. */
export type BlockKey = string
export const NIL: BlockKey = 'nil'

export const keyOf = (block_hash: Uint8Array | null): BlockKey => (block_hash === null ? NIL : toHex(block_hash))

/**
 * Votes of one step of one round. Counted as the set the paper speaks of: a validator's stake counts once for "any" and once for
 * each block it voted for, so a node that saw the wrong half of a double vote first can still recognise the others' quorum.
 */
export interface VoteTally {
  /** First vote of each validator. */
  readonly first: ReadonlyMap<string, Vote>
  readonly anyStake: number
  readonly byBlock: ReadonlyMap<BlockKey, { readonly stake: number; readonly votes: ReadonlyMap<string, Vote> }>
  /** Validators whose double vote was reported. */
  readonly accused: ReadonlySet<string>
}

export const EMPTY_TALLY: VoteTally = { first: new Map(), anyStake: 0, byBlock: new Map(), accused: new Set() }

export interface Tallied {
  readonly tally: VoteTally
  readonly evidence: DuplicateVoteEvidence | null
}

/**
 * Adds a vote; the same tally comes back when it changes nothing. A validator's second, different vote is evidence, and counts only
 * for a block that someone else voted for or that is known (`isKnown`): with invented hashes it could fill memory.
 */
export function addVote(tally: VoteTally, vote: Vote, stake: number, isKnown: (key: BlockKey) => boolean): Tallied {
  const key = keyOf(vote.block_hash)
  const name = vote.validator_id
  const group = tally.byBlock.get(key)
  if (group?.votes.has(name)) return { tally, evidence: null }
  const before = tally.first.get(name)
  if (before === undefined) {
    const first = new Map(tally.first).set(name, vote)
    return { tally: { ...tally, first, anyStake: tally.anyStake + stake, byBlock: count(tally, key, vote, stake) }, evidence: null }
  }
  const evidence = tally.accused.has(name) ? null : makeEvidence(before, vote)
  const accused = evidence === null ? tally.accused : new Set(tally.accused).add(name)
  const byBlock = group !== undefined || isKnown(key) ? count(tally, key, vote, stake) : tally.byBlock
  return { tally: { ...tally, byBlock, accused }, evidence }
}

function count(tally: VoteTally, key: BlockKey, vote: Vote, stake: number): VoteTally['byBlock'] {
  const group = tally.byBlock.get(key)
  const votes = new Map(group?.votes).set(vote.validator_id, vote)
  return new Map(tally.byBlock).set(key, { stake: (group?.stake ?? 0) + stake, votes })
}

export const stakeFor = (tally: VoteTally, key: BlockKey): number => tally.byBlock.get(key)?.stake ?? 0

/** The block (never nil) that a quorum of this tally voted for, if any. Two can only meet it when a third of stake is Byzantine. */
export function quorumBlock(tally: VoteTally, quorum: number): BlockKey | null {
  for (const [key, { stake }] of tally.byBlock) if (key !== NIL && stake >= quorum) return key
  return null
}

export function votesFor(tally: VoteTally, key: BlockKey): readonly Vote[] {
  return [...(tally.byBlock.get(key)?.votes.values() ?? [])]
}
