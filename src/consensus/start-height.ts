import { blockHash, toHex } from '../codec/index.ts'
import { NO_FUTURE } from './future-messages.ts'
import { learnBlock } from './ingest.ts'
import { propose } from './rounds.ts'
import { isValidator, slotOf, stakeOf } from './state.ts'
import type { BlockAtRound } from './state.ts'
import { thresholdsOf } from './thresholds.ts'
import type { Transition } from './transition.ts'
import type { HeightContext, UnsignedProposal, UnsignedVote } from './types.ts'
import { addVote, EMPTY_TALLY, keyOf } from './vote-tally.ts'
import type { RestoredHeight } from './wal-record.ts'

/**
 * Begins a height, from nothing or from what the WAL remembers of it. After a restart the node stands in the highest round it voted or
 * proposed in, at the step of its last vote there, with its lock: nothing it could do from then on contradicts what it signed.
 */
export function startHeight(t: Transition, context: HeightContext, restored: RestoredHeight | null): void {
  const { config } = t.state
  t.update({
    context, thresholds: thresholdsOf(context.validators), height: context.height, round: -1, step: 'new_height', locked: null, valid: null,
    rounds: new Map(), blocks: new Map(), future: NO_FUTURE, ownVotes: new Map(), ownProposals: new Map(), buildingRound: null,
    needed: new Set(), decision: null, finished: false,
  })
  const voted = restored !== null && isValidator(t.state) && restoreHeight(t, restored)
  t.schedule('rebroadcast', config.timeouts.rebroadcastMs)
  if (!voted) t.schedule('new_height', config.timeouts.blockIntervalMs)
}

/** True when the node had already voted or proposed at this height. */
function restoreHeight(t: Transition, restored: RestoredHeight): boolean {
  restoreBlocks(t, restored)
  const own = t.state.config.validator_id!
  const votes = restored.votes.filter(({ validator_id }) => validator_id === own)
  const proposals = restored.proposals.filter(({ validator_id }) => validator_id === own)
  const ownVotes = new Map<string, UnsignedVote>()
  for (const { world_id, type, height, round, block_hash, validator_id } of votes) {
    ownVotes.set(slotOf(type, round), { world_id, type, height, round, block_hash, validator_id })
  }
  const ownProposals = new Map<number, UnsignedProposal>()
  for (const { world_id, height, round, valid_round, validator_id, block_hash } of proposals) {
    const known = t.state.blocks.get(keyOf(block_hash))
    if (known !== undefined) ownProposals.set(round, { world_id, height, round, valid_round, block: known.block, validator_id })
  }
  let locked: BlockAtRound | null = null
  for (const { type, round, block_hash } of votes) {
    if (type === 'precommit' && block_hash !== null && round > (locked?.round ?? -1)) locked = { round, key: keyOf(block_hash) }
  }
  t.update({ ownVotes, ownProposals, locked })
  restoreValid(t, restored)

  const round = Math.max(-1, ...votes.map((vote) => vote.round), ...proposals.map((proposal) => proposal.round))
  if (round < 0) return false
  const step = ownVotes.has(slotOf('precommit', round)) ? 'precommit' : ownVotes.has(slotOf('prevote', round)) ? 'prevote' : 'propose'
  t.update({ round, step })
  for (const vote of ownVotes.values()) t.emit({ type: 'SignVote', vote })
  if (ownProposals.has(round)) propose(t)
  if (step === 'propose') {
    const { proposeMs, proposeDeltaMs } = t.state.config.timeouts
    t.schedule('propose', proposeMs + round * proposeDeltaMs)
  }
  return true
}

function restoreBlocks(t: Transition, restored: RestoredHeight): void {
  for (const { block } of restored.blocks) {
    const hash = blockHash(block.header)
    const key = toHex(hash)
    learnBlock(t, key, hash, block)
    t.update({ blocks: new Map(t.state.blocks).set(key, { ...t.state.blocks.get(key)!, persisted: true }) })
  }
}

/** The latest valid block, with its proof: only what still proves itself against this height's validators is taken. */
function restoreValid(t: Transition, restored: RestoredHeight): void {
  for (const { round, block_hash, prevotes } of restored.valid) {
    if (round <= (t.state.valid?.round ?? -1)) continue
    let tally = EMPTY_TALLY
    for (const vote of prevotes) tally = addVote(tally, vote, stakeOf(t.state, vote.validator_id), () => true).tally
    const key = keyOf(block_hash)
    if ((tally.byBlock.get(key)?.stake ?? 0) < t.state.thresholds.quorum || !t.state.blocks.has(key)) continue
    t.update({ valid: { round, key } })
    t.updateRound(round, { prevotes: tally })
  }
}
