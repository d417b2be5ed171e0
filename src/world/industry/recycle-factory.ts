import { defineAction } from '../actions/action-rule.ts'
import { slotCounts } from '../body/slots.ts'
import { isRejection, reject } from '../rejections.ts'
import type { Materials } from '../state/records.ts'
import type { StagedState } from '../state/state.ts'
import { addMaterials, entriesOf, fitInto, subtractMaterials, withoutNothing } from './bill.ts'
import { cargoCapacity, cargoUsed, putIntoCargo } from './cargo.ts'
import { durabilityAt } from './durability.ts'
import type { FactoryRecycled } from './events.ts'
import { factoriesAtKey, factoriesOfKey } from './keys.ts'
import { reachFactory } from './reach-factory.ts'
import { readFactory, removeFromIndex } from './read.ts'
import { FULL_DURABILITY_PPM } from './records.ts'
import { recycleFactoryShape } from './shapes.ts'

/** Takes an own, idle factory apart: a share of its build cost, as worn as it is, and what it stores, as far as cargo has room. The rest is gone. */
export const recycleFactory = defineAction({
  kind: 'recycle_factory',
  actors: 'agents',
  shape: recycleFactoryShape,
  override: null,
  fuel: 0,
  examine: (context, { factory_id }) => {
    const { state, actor, agent, height } = context
    const owner = readFactory(state, factory_id)?.owner
    if (owner !== undefined && owner !== actor) return reject('FACTORY_ACCESS_DENIED', { factory: factory_id, owner })
    const reached = reachFactory(context, factory_id)
    if (isRejection(reached)) return reached
    const { factory } = reached
    if (factory.jobs.length > 0) return reject('FACTORY_BUSY', { factory: factory_id, jobs: factory.jobs.length })
    return {
      facts: {
        factory_id, factory_kind: factory.factory_kind, asteroid: factory.asteroid, durability_ppm: durabilityAt(factory, height),
        build_cost: factory.build_cost, stored: factory.materials, cargo_used: cargoUsed(agent!), cargo_slots: slotCounts(state, actor).cargo,
        electricity: agent!.electricity,
      },
    }
  },
  conclude: (context, { factory_id }, { factory_kind, asteroid, durability_ppm, build_cost, stored, cargo_used }, ruling) => {
    const recovered = recoverable(build_cost, durability_ppm, context.params.industry.recycle_ppm)
    const all = addMaterials(stored, recovered)
    const returned = fitInto(all, cargoCapacity(context, ruling) - cargo_used)
    return {
      event: 'factory.recycled',
      payload: {
        agent: context.actor, factory: factory_id, factory_kind, asteroid, durability_ppm, recovered, stored, returned, lost: subtractMaterials(all, returned),
      },
    }
  },
})

/** Of each material `recycle_ppm` × durability, rounded down. Both shares are taken one after the other, so no product leaves the safe integers. */
function recoverable(buildCost: Materials, durabilityPpm: number, recyclePpm: number): Materials {
  const part = (amount: number): number => Math.floor((Math.floor((amount * recyclePpm) / 1_000) * durabilityPpm) / (1_000 * FULL_DURABILITY_PPM))
  return withoutNothing(Object.fromEntries(entriesOf(buildCost).map(([material, amount]) => [material, part(amount)])))
}

export function applyRecycled(state: StagedState, { agent, factory, asteroid, returned }: FactoryRecycled): void {
  putIntoCargo(state, agent, returned)
  state.set(factory, null)
  removeFromIndex(state, factoriesOfKey(agent), factory)
  removeFromIndex(state, factoriesAtKey(asteroid), factory)
}
