import type { Value } from '../../codec/index.ts'
import type { StagedState, StateReader } from '../state/state.ts'
import { MODIFIERS_KEY } from './keys.ts'
import { MAX_EFFECTS } from './records.ts'
import type { CrisisKind, WorldEffect } from './records.ts'

/** What crises make of everybody's work: shares of the usual yield, and a fee on top of the usual one, in basis points. */
export interface Modifiers {
  readonly harvest_bps: number
  readonly mining_bps: number
  readonly collection_bps: number
  readonly trade_fee_bps: number
}

const BPS = 10_000
/** However many crises come together, a tenth of the usual yield is left. */
const LEAST_BPS = 1_000
/** Fee on top, for each per cent of strength. */
const FEE_BPS_PER_STRENGTH = 10

const readEffects = (state: StateReader): readonly WorldEffect[] => (state.get(MODIFIERS_KEY) as unknown as readonly WorldEffect[] | null) ?? []

/** Those in force at `height`: a solar storm spoils harvests, a shock mining, an outage collecting data, a deadlock trade. */
export function readModifiers(state: StateReader, height: number): Modifiers {
  const suffered: Record<CrisisKind, number> = { solar_storm: 0, supply_shock: 0, network_outage: 0, governance_deadlock: 0 }
  for (const { kind, strength, until_height } of readEffects(state)) if (until_height > height) suffered[kind] += strength
  const left = (kind: CrisisKind): number => Math.max(LEAST_BPS, BPS - suffered[kind] * 100)
  return {
    harvest_bps: left('solar_storm'),
    mining_bps: left('supply_shock'),
    collection_bps: left('network_outage'),
    trade_fee_bps: Math.min(LEAST_BPS, suffered.governance_deadlock * FEE_BPS_PER_STRENGTH),
  }
}

/** Puts the effect of a crisis in place of what it did before. Effects that ended by `height` are dropped, and the oldest when there are too many. */
export function setEffect(state: StagedState, height: number, effect: WorldEffect): void {
  const others = readEffects(state).filter(({ crisis_id, until_height }) => crisis_id !== effect.crisis_id && until_height > height)
  state.set(MODIFIERS_KEY, [...others, effect].slice(-MAX_EFFECTS) as unknown as Value)
}

export function removeEffect(state: StagedState, crisisId: string): void {
  state.set(MODIFIERS_KEY, readEffects(state).filter(({ crisis_id }) => crisis_id !== crisisId) as unknown as Value)
}
