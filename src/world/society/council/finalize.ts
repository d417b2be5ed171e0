import { schema } from '../../../codec/index.ts'
import type { Value } from '../../../codec/index.ts'
import { defineDirective } from '../../part.ts'
import type { DueHandler, EventInit, TickFacts } from '../../part.ts'
import { reject } from '../../rejections.ts'
import type { StagedState } from '../../state/state.ts'
import type { CouncilFinalized, PolicyUpdated } from '../events.ts'
import { councilKey, OPEN_COUNCILS_KEY, POLICY_KEY, RECENT_COUNCILS_KEY } from '../keys.ts'
import { readCouncil, readOpenCouncils } from '../read.ts'
import { COUNCIL_ID } from '../records.ts'
import type { CouncilRecord } from '../records.ts'
import { retire } from '../recent.ts'
import { line } from '../texts.ts'

const { bool, literal, nullable, object } = schema

/** What governance modules decide by: the open proposals with their tallies. */
export const councilFacts: TickFacts = ({ state, height }) => {
  const open = readOpenCouncils(state)
  if (open.length === 0) return null
  return {
    proposals: open.map((key) => {
      const { proposer, options, closes_height, quorum_weight, pass_threshold_bps } = readCouncil(state, key)!
      return {
        key, proposer, closes_height, quorum_weight, pass_threshold_bps, closed: height >= closes_height,
        options: options.map(({ name, weight }) => ({ name, weight })),
      }
    }),
  }
}

interface Tally {
  /** The option with the most weight; null when nobody voted, or two have the same. */
  readonly winning_option: string | null
  readonly winning_weight: number
  readonly total_weight: number
  /** There is a winner, enough weight was cast, and enough of it for the winner. */
  readonly passed: boolean
}

export function tallyOf({ options, quorum_weight, pass_threshold_bps }: CouncilRecord): Tally {
  let winning_option: string | null = null
  let winning_weight = 0
  let total_weight = 0
  for (const { name, weight } of options) {
    total_weight += weight
    if (weight === winning_weight) winning_option = null
    if (weight > winning_weight) {
      winning_option = name
      winning_weight = weight
    }
  }
  const passed = winning_option !== null && total_weight >= quorum_weight && winning_weight * 10_000 >= total_weight * pass_threshold_bps
  return { winning_option, winning_weight, total_weight, passed }
}

/** Ends a vote; the kernel has counted too, and takes no other result. */
export const governanceFinalize = defineDirective({
  type: 'governance_finalize',
  from: ['governance'],
  shape: object({ type: literal('governance_finalize'), key: COUNCIL_ID, winning_option: nullable(line(40)), passed: bool() }),
  carryOut: ({ state, height }, { key, winning_option, passed }) => {
    const council = readCouncil(state, key)
    if (council === null || council.status !== 'open') return reject('PROPOSAL_NOT_FOUND', { key })
    if (height < council.closes_height) return reject('PROPOSAL_NOT_CLOSED', { key, closes_height: council.closes_height })
    const tally = tallyOf(council)
    if (winning_option !== tally.winning_option || passed !== tally.passed) return reject('BAD_RESULT', { key })
    return result(key, council)
  },
})

/** No module ended it: the votes stand all the same. */
export const councilEnd: DueHandler = ({ state, height }, { subject }) => {
  const key = subject.slice(subject.indexOf('/') + 1)
  const council = readCouncil(state, key)
  if (council === null || council.status !== 'open' || height < council.closes_height) return []
  return result(key, council)
}

function result(key: string, council: CouncilRecord): readonly EventInit[] {
  const tally = tallyOf(council)
  const finalized: EventInit = { event: 'council.finalized', payload: { key, ...tally } }
  const { policy, options } = council
  if (policy === null || !tally.passed || tally.winning_option !== options[0]!.name) return [finalized]
  return [finalized, { event: 'policy.updated', payload: { key, policy } }]
}

export function applyCouncilFinalized(state: StagedState, { key, winning_option, passed }: CouncilFinalized): void {
  state.set(councilKey(key), { ...readCouncil(state, key)!, status: passed ? 'passed' : 'failed', winning_option } as unknown as Value)
  state.set(OPEN_COUNCILS_KEY, readOpenCouncils(state).filter((open) => open !== key))
  retire(state, RECENT_COUNCILS_KEY, councilKey(key))
}

export function applyPolicyUpdated(state: StagedState, { policy }: PolicyUpdated): void {
  state.set(POLICY_KEY, policy)
}
