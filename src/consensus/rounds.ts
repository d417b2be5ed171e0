import { ingestProposal, ingestVote } from './ingest.ts'
import { takeUpTo } from './future-messages.ts'
import { proposerAt } from './proposer.ts'
import { isTrackedRound, isValidator } from './state.ts'
import type { KnownBlock, MachineState, RoundState } from './state.ts'
import { broadcastProofOfLock, persistBlock } from './transition.ts'
import type { Transition } from './transition.ts'
import type { UnsignedProposal } from './types.ts'
import { quorumBlock } from './vote-tally.ts'
import type { BlockKey } from './vote-tally.ts'

/** Line 11, StartRound: also takes in the messages that were waiting for this round and lets go of rounds long past. */
export function startRound(t: Transition, round: number): void {
  const { votes, proposals, later } = takeUpTo(t.state.future, round)
  t.update({ round, step: 'propose', future: later, buildingRound: null })
  retryInterrupted(t)
  for (const { proposal, received_at } of proposals) ingestProposal(t, proposal, received_at)
  for (const vote of votes) ingestVote(t, vote)
  forgetOldRounds(t)
  const { proposeMs, proposeDeltaMs } = t.state.config.timeouts
  t.schedule('propose', proposeMs + round * proposeDeltaMs)
  if (isValidator(t.state) && proposerAt(t.state.context.validators, t.state.height, round).validator_id === t.state.config.validator_id) propose(t)
}

/** Lines 14–19. A proposal made for this round before a restart is the only one this round may get. */
export function propose(t: Transition): void {
  const { state } = t
  const { round, valid } = state
  const before = state.ownProposals.get(round)
  if (before !== undefined) {
    t.emit({ type: 'SignProposal', proposal: before })
    broadcastProofOfLock(t)
    return
  }
  const known = valid === null ? undefined : state.blocks.get(valid.key)
  if (valid === null || known === undefined) {
    t.update({ buildingRound: round })
    t.emit({ type: 'BuildProposal', height: state.height, round })
    return
  }
  sendProposal(t, valid.key, known, valid.round)
  broadcastProofOfLock(t)
}

/** Writes and signs the proposal of the current round; the block must be among the known ones. */
export function sendProposal(t: Transition, key: BlockKey, known: KnownBlock, valid_round: number): void {
  const { state } = t
  const fields = { world_id: state.context.world_id, height: state.height, round: state.round, valid_round, validator_id: state.config.validator_id! }
  const proposal: UnsignedProposal = { ...fields, block: known.block }
  t.update({ ownProposals: new Map(state.ownProposals).set(state.round, proposal) })
  t.emit({ type: 'Persist', records: [...persistBlock(t, key), { kind: 'proposal', ...fields, block_hash: known.block_hash }] })
  t.emit({ type: 'SignProposal', proposal })
}

/** An interrupted execution is tried again at the next round or rebroadcast, not at once: the cause may still be there. */
export function retryInterrupted(t: Transition): void {
  const blocks = new Map(t.state.blocks)
  for (const [key, known] of blocks) if (known.verdict === 'interrupted') blocks.set(key, { ...known, verdict: 'unexecuted' })
  t.update({ blocks })
}

function forgetOldRounds(t: Transition): void {
  const { state } = t
  const rounds = new Map([...state.rounds].filter(([round]) => isTrackedRound(state, round)))
  const wanted = wantedBlocks(state, rounds)
  const blocks = new Map([...state.blocks].filter(([key]) => wanted.has(key)))
  const needed = new Set([...state.needed].filter((key) => wanted.has(key) && !blocks.has(key)))
  t.update({ rounds, blocks, needed })
}

function wantedBlocks(state: MachineState, rounds: ReadonlyMap<number, RoundState>): Set<BlockKey> {
  const wanted = new Set<BlockKey>()
  for (const { proposal, prevotes, precommits } of rounds.values()) {
    if (proposal !== null) wanted.add(proposal.key)
    for (const tally of [prevotes, precommits]) {
      const key = quorumBlock(tally, state.thresholds.quorum)
      if (key !== null) wanted.add(key)
    }
  }
  for (const held of [state.locked, state.valid, state.decision]) if (held !== null) wanted.add(held.key)
  return wanted
}
