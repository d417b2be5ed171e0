import type { WorldEvent } from '../../../world/index.ts'
import { createScriptedAgents } from '../index.ts'
import { LocalWorld, localGenesis, MASTER } from './local-world.ts'

/** Agents of belt-small, and those that join them. */
const SETTLED = 24
const COUNT = 32

type Payload = Readonly<Record<string, unknown>>

/** What shows that the world's economy and society work, from an empty stock to the end of the chain. */
const MILESTONES: Readonly<Record<string, (kind: string, payload: Payload) => boolean>> = {
  'first ore mined': (kind) => kind === 'compound.mined',
  'first smelter built': (kind, { factory_kind }) => kind === 'factory.built' && factory_kind === 'factory.smelter.mk1',
  'first product certified': (kind) => kind === 'product.validated',
  'first assembler built': (kind, { factory_kind }) => kind === 'factory.built' && factory_kind === 'factory.assembler.mk1',
  'first contract settled': (kind) => kind === 'contract.settled',
  'first power traded': (kind) => kind === 'power.traded',
  'first alliance of two': (kind) => kind === 'alliance.joined',
  'first war declared': (kind) => kind === 'war.declared',
  'first war concluded': (kind) => kind === 'war.concluded',
  'first crisis resolved': (kind) => kind === 'crisis.resolved',
  'first council vote decided': (kind) => kind === 'council.finalized',
  'first module artifact sold': (kind) => kind === 'artifact.sold',
  'first module rack made': (kind, { recipe_id }) => kind === 'recipe.completed' && recipe_id === 'assembler.module_rack',
  'first factory core made': (kind, { recipe_id }) => kind === 'recipe.completed' && recipe_id === 'assembler.factory_core',
}

export interface EconomyRun {
  readonly blocks: number
  /** Height at which each happened first; null when it did not. */
  readonly milestones: Readonly<Record<string, number | null>>
  readonly actions: Readonly<Record<string, number>>
  /** Rejected actions by code. */
  readonly rejected: Readonly<Record<string, number>>
  readonly failed_calls: Readonly<Record<string, number>>
}

/** Lets scripted agents live from the genesis until everything has happened, at most `limit` blocks. Nothing is put into any ledger. */
export async function benchEconomy(limit: number, onBlock?: (height: number, events: readonly WorldEvent[]) => void): Promise<EconomyRun> {
  const world = new LocalWorld(await localGenesis(SETTLED))
  const agents = createScriptedAgents({ host: world.host, master: MASTER, count: COUNT })
  const milestones: Record<string, number | null> = Object.fromEntries(Object.keys(MILESTONES).map((name) => [name, null]))
  const rejected: Record<string, number> = {}
  const failed_calls: Record<string, number> = {}
  const count = (into: Record<string, number>, name: string): void => void (into[name] = (into[name] ?? 0) + 1)
  let height = 0
  while (height < limit && Object.values(milestones).includes(null)) {
    const { result } = world.block()
    height = result.height
    for (const { code } of result.receipts) if (code !== null) count(rejected, code)
    for (const { kind, payload } of result.events) {
      if (kind === 'module.call_failed') count(failed_calls, `${String(payload['module_id'])} ${String(payload['code'])}`)
      for (const [name, shows] of Object.entries(MILESTONES)) if (milestones[name] === null && shows(kind, payload)) milestones[name] = height
    }
    onBlock?.(height, result.events)
    await agents.onHeight(height)
  }
  return { blocks: height, milestones, actions: agents.stats().kinds, rejected, failed_calls }
}
