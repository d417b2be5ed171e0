import { totalStake } from '../../codec/index.ts'
import { step } from '../machine.ts'
import type { StepResult } from '../machine.ts'
import type { MachineState } from '../state.ts'
import type { Effect, Input } from '../types.ts'
import type { SimulationOptions } from './simulate.ts'

type Mutant = NonNullable<SimulationOptions['mutant']>

/** The real machine with its result changed. */
function after(change: (result: StepResult, input: Input) => StepResult): Mutant {
  return { step: (state, input) => change(step(state, input), input) }
}

const withState = (change: (state: MachineState, input: Input) => Partial<MachineState>): Mutant =>
  after(({ state, effects }, input) => ({ state: { ...state, ...change(state, input) }, effects }))

const withEffects = (change: (effects: readonly Effect[]) => readonly Effect[]): Mutant =>
  after(({ state, effects }) => ({ state, effects: change(effects) }))

/** Acts before the disk has answered, as if the order of effects did not matter. */
function persistLast(effects: readonly Effect[]): readonly Effect[] {
  return [...effects.filter(({ type }) => type !== 'Persist'), ...effects.filter(({ type }) => type === 'Persist')]
}

function halfQuorum({ context, thresholds }: MachineState): Partial<MachineState> {
  return { thresholds: { ...thresholds, quorum: Math.floor(totalStake(context.validators) / 2) + 1 } }
}

/**
 * Machines broken on purpose, one rule each. The simulator is worth something only if it reports every one of them; its tests say so.
 */
export const MUTANTS = {
  /** Prevotes for any valid block, locked or not. */
  'no-lock': withState(() => ({ locked: null })),
  /** Comes back from a crash without its lock. */
  'lock-lost-in-crash': withState((_, input) => (input.type === 'StartHeight' ? { locked: null } : {})),
  /** More than half of stake is enough. */
  'half-quorum': withState(halfQuorum),
  /** The votes log is never written. */
  'no-wal': { forgetfulWal: true },
  /** Signs and sends before the log is durable. */
  'sign-before-persist': withEffects(persistLast),
  /** Prevotes without looking at what execution said. */
  'ignores-execution': {
    step: (state, input) => step(state, input.type === 'BlockExecuted' ? { ...input, verdict: 'valid' } : input),
  },
  /** Stays in its round when the others are stuck. */
  'no-precommit-timeout': {
    step: (state, input) => (input.type === 'Timeout' && input.timeout.kind === 'precommit' ? { state, effects: [] } : step(state, input)),
  },
  /** Says everything once only. */
  'no-rebroadcast': withEffects((effects) => effects.filter(({ type }) => type !== 'BroadcastVote' && type !== 'BroadcastProposal')),
} satisfies Record<string, Mutant>

export type MutantName = keyof typeof MUTANTS
