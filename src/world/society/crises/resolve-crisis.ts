import type { Value } from '../../../codec/index.ts'
import { defineAction } from '../../actions/action-rule.ts'
import { insufficient } from '../../actions/transfer-resource.ts'
import { takeFromCargo, whyMissing } from '../../industry/cargo.ts'
import { payTreasury, updateAgent } from '../../ledger.ts'
import { reject } from '../../rejections.ts'
import { readAgent } from '../../state/read.ts'
import type { StagedState } from '../../state/state.ts'
import type { CrisisContributed, CrisisResolved } from '../events.ts'
import { readCrisis } from '../read.ts'
import { MAX_CONTRIBUTORS } from '../records.ts'
import type { Contribution, CrisisRecord } from '../records.ts'
import { changeReputation } from '../reputation.ts'
import { resolveCrisisShape } from '../shapes.ts'
import { closeCrisis } from './time-out-crisis.ts'

/** Shared among those who helped by what each gave; nobody gets more than the second. */
const REPUTATION_PER_SEVERITY = 20
const MAX_REPUTATION = 12

/** A contribution to what a crisis asks for, as far as it is still needed. It is over when there is enough: nobody declares success. */
export const resolveCrisis = defineAction({
  kind: 'resolve_crisis',
  actors: 'agents',
  shape: resolveCrisisShape,
  override: null,
  fuel: 0,
  examine: ({ state, agent, height }, { crisis_id, amount }) => {
    const crisis = readCrisis(state, crisis_id)
    if (crisis === null) return reject('CRISIS_NOT_FOUND', { crisis_id })
    const { kind, severity, needs, required, contributed, until_height, status } = crisis
    if (status !== 'active' || height >= until_height) return reject('CRISIS_OVER', { crisis_id, until_height })
    const given = Math.min(amount, required - contributed)
    const min = Math.min(required - contributed, leastContribution(required))
    if (given < min) return reject('CONTRIBUTION_TOO_SMALL', { amount, min })
    if (needs === 'iron_ore') {
      const missing = whyMissing(agent!.materials, { iron_ore: given })
      if (missing !== null) return missing
    } else if (agent![needs] < given) {
      return insufficient(needs, agent!, given)
    }
    return { facts: { kind, severity, needs, required, contributed, given } }
  },
  conclude: ({ state, actor }, { crisis_id }, { kind, severity, needs, required, contributed, given }) => {
    const contributors = withContribution(readCrisis(state, crisis_id)!.contributors, actor, given)
    const resolved: CrisisResolved = { crisis_id, kind, severity, contributors: contributors.map((entry) => ({ ...entry, reputation: rewardOf(entry.amount, required, severity) })) }
    return {
      event: 'crisis.contributed',
      payload: { agent: actor, crisis_id, needs, amount: given, burned: needs === 'iron_ore' ? given : 0 },
      spends: needs === 'iron_ore' ? {} : { [needs]: given },
      sequel: contributed + given < required ? [] : [{ event: 'crisis.resolved', payload: resolved }],
    }
  },
})

/** Large enough that as many as the list holds have given all there is to give. */
function leastContribution(required: number): number {
  return Math.ceil(required / MAX_CONTRIBUTORS)
}

function rewardOf(amount: number, required: number, severity: number): number {
  return Math.min(MAX_REPUTATION, Math.max(1, Math.floor((REPUTATION_PER_SEVERITY * severity * amount) / required)))
}

function withContribution(contributors: CrisisRecord['contributors'], agent: string, amount: number): readonly Contribution[] {
  const known = contributors.findIndex((entry) => entry.agent === agent)
  if (known < 0) return [...contributors, { agent, amount }]
  return contributors.map((entry, index) => (index === known ? { agent, amount: entry.amount + amount } : entry))
}

export function applyCrisisContributed(state: StagedState, { agent, crisis_id, needs, amount }: CrisisContributed): void {
  if (needs === 'iron_ore') {
    takeFromCargo(state, agent, { iron_ore: amount })
  } else {
    updateAgent(state, agent, { [needs]: readAgent(state, agent)![needs] - amount })
    if (needs === 'electricity') payTreasury(state, amount, 0)
    else payTreasury(state, 0, amount)
  }
  const crisis = readCrisis(state, crisis_id)!
  state.set(crisis_id, { ...crisis, contributed: crisis.contributed + amount, contributors: withContribution(crisis.contributors, agent, amount) } as unknown as Value)
}

export function applyCrisisResolved(state: StagedState, { crisis_id, contributors }: CrisisResolved): void {
  for (const { agent, reputation } of contributors) changeReputation(state, agent, reputation)
  closeCrisis(state, crisis_id, 'resolved')
}
