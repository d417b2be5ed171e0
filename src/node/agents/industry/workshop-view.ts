import type { AgentRecord, AsteroidRecord, FactoryRecord, JobRecord } from '../../../world/index.ts'
import { factoriesOfKey } from '../../../world/index.ts'
import type { Gazetteer } from '../gazetteer.ts'
import type { AgentHost } from '../types.ts'
import { ORES } from './recipes.ts'
import type { Amounts, FactoryWorkshop } from './recipes.ts'
import type { KnownFactory, Means } from './planner.ts'

/** Factories looked at, an agent's own and its allies': as many as a small company has. */
const MAX_FACTORIES = 12
/** What m1.storage.cargo lets an agent with the default body carry. */
const CARGO_CAPACITY = 120

/**
 * What `agent` can work with where it is docked. `allies` are others whose factories it may use. Reads a bounded number of records.
 */
export async function readMeans(host: AgentHost, gazetteer: Gazetteer, agent: string, record: AgentRecord, here: string, allies: readonly string[]): Promise<Means> {
  const { elements } = (await host.record(here)) as unknown as AsteroidRecord
  const factories: KnownFactory[] = []
  const building: FactoryWorkshop[] = []
  let looked = 0
  for (const owner of [agent, ...allies]) {
    for (const id of ((await host.record(factoriesOfKey(owner))) ?? []) as readonly string[]) {
      if (++looked > MAX_FACTORIES) break
      const factory = (await host.record(id)) as unknown as FactoryRecord | null
      const workshop = factory === null ? null : workshopOf(factory)
      if (factory === null || workshop === null) continue
      if (!factory.ready) {
        if (owner === agent) building.push(workshop)
        continue
      }
      factories.push(await knownFactory(host, id, factory, workshop, owner === agent))
    }
  }
  return {
    here, factories, building, elements,
    cargo: record.materials,
    cargo_free: Math.max(0, CARGO_CAPACITY - total(record.materials)),
    electricity: record.electricity,
    nearestWith: (element) => gazetteer.nearestWorkable(here, element),
  }
}

/** `factory.smelter.mk1` is a smelter. */
function workshopOf({ factory_kind }: FactoryRecord): FactoryWorkshop | null {
  const name = factory_kind.split('.')[1]
  return name === 'smelter' || name === 'assembler' || name === 'miner' ? name : null
}

async function knownFactory(host: AgentHost, id: string, factory: FactoryRecord, workshop: FactoryWorkshop, own: boolean): Promise<KnownFactory> {
  const coming: Record<string, number> = {}
  for (const job of factory.jobs) {
    const record = (await host.record(job)) as unknown as JobRecord | null
    for (const [material, amount] of Object.entries(record?.produce ?? {})) coming[material] = (coming[material] ?? 0) + amount
  }
  return {
    id, workshop, coming, own,
    storage_free: factory.spec.storage_capacity - factory.reserved - total(factory.materials),
    asteroid: factory.asteroid,
    slots_free: factory.spec.recipe_slots - factory.jobs.length,
    materials: factory.materials,
  }
}

function total(amounts: Amounts): number {
  return Object.values(amounts).reduce((sum, amount) => sum + amount, 0)
}

/** Residues above `allowed` in all: the first kind to be thrown away, else null. */
export function surplusOf(materials: Amounts, kinds: readonly string[], allowed: number): { readonly material: string; readonly amount: number } | null {
  const held = kinds.map((material) => ({ material, amount: materials[material] ?? 0 })).filter(({ amount }) => amount > 0)
  if (held.reduce((sum, { amount }) => sum + amount, 0) <= allowed) return null
  return held.toSorted((a, b) => b.amount - a.amount)[0]!
}

/** True when every ore but rare earths can be dug there. */
export function isWorkable(elements: Amounts): boolean {
  return ['iron_ore', 'copper_ore', 'carbon_fuel', 'silicate_ore'].every((ore) => (elements[ORES[ore]!] ?? 0) > 0)
}
