import type { Value } from '../../../codec/index.ts'
import { readAgent, readConfig } from '../../state/read.ts'
import type { StagedState, StateReader } from '../../state/state.ts'
import { standingKey } from '../keys.ts'
import type { SocietyParams } from '../params.ts'
import { readStanding } from '../read.ts'
import { MAX_STAKE } from '../records.ts'
import type { Standing } from '../records.ts'

/** What newcomers may stake without having any reputation; every contract they break takes one point of it. */
const CREDIT = 10
/** Most reputation one contract brings, and how much is paid for each point. */
const MAX_GAIN = 12
const PAID_PER_POINT = 10

/** The most an agent can put at stake. */
export function maxStake(state: StateReader, agentId: string): number {
  const credit = Math.max(0, CREDIT - readStanding(state, agentId).failed)
  return Math.min(MAX_STAKE, readAgent(state, agentId)!.reputation + credit)
}

/** Reputation a kept contract brings `agentId`: within the cap of the window, and nothing from the same partner again and again. */
export function gainOf(state: StateReader, params: SocietyParams, height: number, agentId: string, partner: string, paid: number, stake: number): number {
  const recent = within(readStanding(state, agentId).gains, height, params.reputation_window_blocks)
  if (within(recent, height, params.reputation_pair_blocks).some((gain) => gain.with === partner)) return 0
  const left = Math.max(0, params.reputation_gain_cap - recent.reduce((sum, { amount }) => sum + amount, 0))
  return Math.min(Math.max(Math.floor(paid / PAID_PER_POINT), 1), stake, MAX_GAIN, left)
}

function within(gains: Standing['gains'], height: number, blocks: number): Standing['gains'] {
  return gains.filter((gain) => height - gain.height < blocks)
}

export function addOpenContract(state: StagedState, agentId: string): void {
  const standing = readStanding(state, agentId)
  setStanding(state, agentId, { ...standing, open_contracts: standing.open_contracts + 1 })
}

export function noteOver(state: StagedState, agentId: string): void {
  const standing = readStanding(state, agentId)
  setStanding(state, agentId, { ...standing, open_contracts: standing.open_contracts - 1 })
}

export function noteSettled(state: StagedState, height: number, agentId: string, partner: string, gained: number): void {
  const standing = readStanding(state, agentId)
  const recent = within(standing.gains, height, readConfig(state).params.society.reputation_window_blocks)
  setStanding(state, agentId, {
    ...standing, settled: standing.settled + 1,
    gains: gained === 0 ? recent : [...recent, { height, with: partner, amount: gained }],
  })
}

export function noteFailed(state: StagedState, agentId: string): void {
  const standing = readStanding(state, agentId)
  setStanding(state, agentId, { ...standing, failed: standing.failed + 1 })
}

function setStanding(state: StagedState, agentId: string, standing: Standing): void {
  state.set(standingKey(agentId), standing as unknown as Value)
}
