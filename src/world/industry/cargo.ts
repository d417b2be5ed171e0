import type { ActionContext, Ruling } from '../actions/action-rule.ts'
import { updateAgent } from '../ledger.ts'
import { reject } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'
import { readAgent } from '../state/read.ts'
import type { AgentRecord, Materials, Task } from '../state/records.ts'
import type { StagedState } from '../state/state.ts'
import { addMaterials, amountOf, entriesOf, subtractMaterials, unitsOf } from './bill.ts'

/** Units of cargo nothing else can use: what an agent carries, and what its task will bring. */
export function cargoUsed({ materials, task }: Pick<AgentRecord, 'materials' | 'task'>): number {
  return unitsOf(materials) + unitsExpected(task)
}

function unitsExpected(task: Task | null): number {
  if (task?.kind === 'mine') return task.amount
  return task?.kind === 'refine' ? unitsOf(task.produce) : 0
}

/** Units the acting agent can carry. */
export function cargoCapacity({ params }: Pick<ActionContext, 'params'>, { cargoLimit }: Pick<Ruling<unknown>, 'cargoLimit'>): number {
  return cargoLimit ?? params.industry.cargo_capacity
}

/** The first material that `required` asks more of than there is. */
export function whyMissing(available: Materials, required: Materials): Rejection | null {
  for (const [material, amount] of entriesOf(required)) {
    const held = amountOf(available, material)
    if (held < amount) return reject('INSUFFICIENT_MATERIAL', { material, required: amount, available: held })
  }
  return null
}

export function takeFromCargo(state: StagedState, agent: string, materials: Materials): void {
  updateAgent(state, agent, { materials: subtractMaterials(readAgent(state, agent)!.materials, materials) })
}

export function putIntoCargo(state: StagedState, agent: string, materials: Materials): void {
  updateAgent(state, agent, { materials: addMaterials(readAgent(state, agent)!.materials, materials) })
}
