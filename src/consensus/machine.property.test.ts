import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { step } from './machine.ts'
import { proposerAt } from './proposer.ts'
import { KEPT_PAST_ROUNDS, slotOf } from './state.ts'
import type { MachineState } from './state.ts'
import { Bench, hashOfBlock, PARENT_TIME, proposers, WORLD } from './testing/kit.ts'
import type { Input, TimeoutKind } from './types.ts'
import { keyOf } from './vote-tally.ts'

const OWN = proposers()[1]!
const KIT = new Bench(OWN)

/** Chooses an input when it knows the state: what arrives is mostly about the round the machine is in, as in life. */
type Move = (state: MachineState) => Input

const label = fc.constantFrom('a', 'a', 'a', 'b')
const offset = fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, -1, 1, 1)
const near = (state: MachineState, by: number): number => Math.max(0, state.round + by)

const vote = fc.tuple(fc.constantFrom('prevote', 'precommit'), fc.integer({ min: 0, max: 3 }), fc.option(label, { freq: 4 }), offset)
  .map(([type, voter, of, by]): Move => (state) => ({ type: 'Vote', vote: KIT.voteOf(type, voter, of === null ? null : KIT.block(of, near(state, by)), near(state, by)) }))

const proposal = fc.tuple(label, offset, fc.constantFrom('fresh', 'fresh', 'valid', 'odd')).map(([of, by, basis]): Move => (state) => {
  const round = near(state, by)
  const block = (basis === 'valid' && state.valid !== null && state.blocks.get(state.valid.key)?.block) || KIT.block(of, round)
  const valid_round = basis === 'fresh' ? -1 : basis === 'odd' ? round - 1 : (state.valid?.round ?? -1)
  const { validator_id } = proposerAt(KIT.context.validators, 1, round)
  return { type: 'Proposal', proposal: { world_id: WORLD, height: 1, round, valid_round, block, validator_id, signature: new Uint8Array(64) }, received_at: PARENT_TIME }
})

const timeout = fc.constantFrom<TimeoutKind>('new_height', 'propose', 'prevote', 'precommit', 'rebroadcast')
  .map((kind): Move => (state) => ({ type: 'Timeout', timeout: { kind, height: 1, round: state.round } }))

/** Answers for blocks under execution, and now and then for some other. */
const executed = fc.tuple(fc.nat(), label, fc.constantFrom('valid', 'valid', 'valid', 'valid', 'invalid', 'interrupted')).map(([which, of, verdict]): Move => (state) => {
  const waiting = [...state.blocks.values()].filter((known) => known.verdict === 'executing')
  const block_hash = waiting[which % Math.max(1, waiting.length)]?.block_hash ?? hashOfBlock(KIT.block(of, near(state, 0)))
  return { type: 'BlockExecuted', height: 1, block_hash, verdict }
})

const built = fc.option(label).map((of): Move => (state) => ({ type: 'BlockBuilt', height: 1, round: near(state, 0), block: of === null ? null : KIT.block(of, near(state, 0)) }))
const received = fc.tuple(label, offset).map(([of, by]): Move => (state) => ({ type: 'BlockReceived', block: KIT.block(of, near(state, by)) }))

const move = fc.oneof(
  { weight: 24, arbitrary: vote }, { weight: 5, arbitrary: proposal }, { weight: 4, arbitrary: timeout },
  { weight: 8, arbitrary: executed }, { weight: 3, arbitrary: built }, { weight: 2, arbitrary: received },
)

describe('whatever the machine is told', () => {
  it('votes and proposes once a step, writes before it signs, keeps its lock, commits once, and holds bounded memory', () => {
    const met = { votes: 0, locks: 0, commits: 0, proposals: 0, skips: 0 }
    fc.assert(
      fc.property(fc.array(move, { minLength: 20, maxLength: 150 }), (moves) => {
        const bench = new Bench(OWN)
        let { state } = bench
        const signed = new Map<string, string>()
        const written = new Set<string>()
        let ended = 0
        for (const choose of moves) {
          const before = state
          const told = choose(state)
          const result = step(state, told)
          state = result.state
          for (const effect of result.effects) {
            if (effect.type === 'Persist') {
              for (const record of effect.records) if (record.kind === 'vote') written.add(`${slotOf(record.type, record.round)} ${keyOf(record.block_hash)}`)
            }
            if (effect.type === 'SignVote') {
              const { type, round: at, block_hash } = effect.vote
              const slot = slotOf(type, at)
              expect(signed.get(slot) ?? keyOf(block_hash), `two votes for ${slot}`).toBe(keyOf(block_hash))
              expect(written.has(`${slot} ${keyOf(block_hash)}`), 'signed before written').toBe(true)
              met.votes++
              if (type === 'precommit' && block_hash !== null) met.locks++
              if (type === 'precommit' && block_hash !== null) expect(state.locked?.round).toBeGreaterThanOrEqual(at)
              signed.set(slot, keyOf(block_hash))
            }
            if (effect.type === 'SignProposal') {
              met.proposals++
              const slot = `proposal/${effect.proposal.round}`
              const key = keyOf(hashOfBlock(effect.proposal.block))
              expect(signed.get(slot) ?? key, `two proposals in round ${effect.proposal.round}`).toBe(key)
              signed.set(slot, key)
            }
            if (effect.type === 'Commit') met.commits++
            if (effect.type === 'Commit' || effect.type === 'Fail') ended++
          }
          if (state.round > before.round && told.type !== 'Timeout') met.skips++
          expect(state.round).toBeGreaterThanOrEqual(before.round)
          expect(state.locked?.round ?? -1).toBeGreaterThanOrEqual(before.locked?.round ?? -1)
          expect(state.valid?.round ?? -1).toBeGreaterThanOrEqual(state.locked?.round ?? -1)
          expect(state.rounds.size).toBeLessThanOrEqual(KEPT_PAST_ROUNDS + 3)
        }
        expect(ended).toBeLessThanOrEqual(1)
      }),
      { numRuns: 300 },
    )
    for (const [what, times] of Object.entries(met)) expect(times, `no ${what} in 300 runs`).toBeGreaterThan(5)
  })
})
