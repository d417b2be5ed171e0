import type { IndustryStage } from '../../../world/index.ts'
import type { Character } from '../character.ts'
import type { Choices } from '../choices.ts'
import { obtain, raise } from './planner.ts'
import type { IndustryAction, Means, Step } from './planner.ts'
import { ORES, RESIDUES } from './recipes.ts'
import { surplusOf } from './workshop-view.ts'

export type WorkAction =
  | IndustryAction
  | { readonly kind: 'discard_material'; readonly from: string; readonly material: string; readonly amount: number }
  | { readonly kind: 'validate_product'; readonly product_id: string; readonly amount: number }
  | { readonly kind: 'expand_body_interface' }

export interface WorkView {
  readonly agent: string
  readonly means: Means
  readonly stage: IndustryStage
  /** Products certified so far, by id. */
  readonly certified: ReadonlySet<string>
}

/** Residues an agent does not mind carrying. */
const RESIDUES_CARRIED = 15
/** Units of storage an owner sees to. */
const STORAGE_KEPT_FREE = 80
/** A miner digs until it has so much of one ore. */
const ORE_LOAD = 30
/** A miner sends so much at once to a smelter elsewhere. */
const SENT_AT_ONCE = 15

interface Goal {
  readonly material: string
  readonly amount: number
  readonly from: IndustryStage
}

const SMELTER_GOALS: readonly Goal[] = [
  { material: 'iron_ingot', amount: 12, from: 'bootstrap' },
  { material: 'copper_wire', amount: 12, from: 'bootstrap' },
  { material: 'polymer_resin', amount: 6, from: 'bootstrap' },
  { material: 'alloy_plate', amount: 4, from: 'scale_out' },
]
const BUILDER_GOALS: readonly Goal[] = [
  { material: 'control_chip', amount: 1, from: 'bootstrap' },
  { material: 'motor_mk1', amount: 1, from: 'bootstrap' },
  { material: 'logistics_drone', amount: 1, from: 'bootstrap' },
  { material: 'sensor_pack', amount: 1, from: 'scale_out' },
  { material: 'module_rack', amount: 1, from: 'governance' },
  { material: 'factory_core', amount: 1, from: 'governance' },
]
const STAGE_RANK: Readonly<Record<IndustryStage, number>> = { bootstrap: 0, scale_out: 1, governance: 2 }

/** What is certified, once an agent holds it. */
const PRODUCTS: Readonly<Record<string, string>> = {
  iron_ingot: 'material.iron_ingot', alloy_plate: 'material.alloy_plate', control_chip: 'component.control_chip', motor_mk1: 'component.motor_mk1',
  sensor_pack: 'component.sensor_pack', logistics_drone: 'finished.logistics_drone', module_rack: 'finished.module_rack', factory_core: 'infrastructure.factory_core',
}

/** What an agent does for its trade, or null when there is nothing. Pure. */
export function work(character: Character, view: WorkView, choose: Choices): WorkAction | null {
  const { agent, means } = view
  const waste = surplusOf(means.cargo, RESIDUES, RESIDUES_CARRIED)
  if (waste !== null) return { kind: 'discard_material', from: agent, ...waste }
  const cleared = clear(means)
  if (cleared !== null) return cleared
  switch (character) {
    case 'miner':
      return mine(view, choose)
    case 'smelter':
      return asAction(means.factories.some(({ workshop }) => workshop === 'smelter') ? 'done' : raise(agent, 'smelter', means)) ?? certify(view) ?? pursue(SMELTER_GOALS, view, choose)
    case 'builder':
      return build(view, choose)
    default:
      return null
  }
}

/** Makes room in an own factory here that is nearly full: residues first, then whatever there is most of. */
function clear({ factories, here }: Means): WorkAction | null {
  const full = factories.find(({ own, asteroid, storage_free }) => own && asteroid === here && storage_free < STORAGE_KEPT_FREE)
  if (full === undefined) return null
  const surplus = surplusOf(full.materials, RESIDUES, 0) ?? surplusOf(full.materials, Object.keys(full.materials), 0)
  return surplus === null ? null : { kind: 'discard_material', from: full.id, ...surplus }
}

/** Null when there is nothing to be done now: it has it, it waits, or it sees no way. */
function asAction(step: Step): IndustryAction | null {
  return typeof step === 'string' ? null : step
}

function build(view: WorkView, choose: Choices): WorkAction | null {
  const { agent, means } = view
  for (const workshop of ['smelter', 'assembler', 'miner'] as const) {
    if (workshop === 'miner' && view.stage === 'bootstrap') continue
    if (means.factories.some((factory) => factory.workshop === workshop)) continue
    return asAction(raise(agent, workshop, means))
  }
  const certified = certify(view)
  if (certified !== null) return certified
  if ((means.cargo['module_rack'] ?? 0) > 1) return { kind: 'expand_body_interface' }
  return pursue(BUILDER_GOALS, view, choose)
}

/** Shows the world something it has not seen yet. */
function certify({ means, certified }: WorkView): WorkAction | null {
  for (const [material, product_id] of Object.entries(PRODUCTS)) {
    if ((means.cargo[material] ?? 0) > 0 && !certified.has(product_id)) return { kind: 'validate_product', product_id, amount: 1 }
  }
  return null
}

/** Something the agent does not have yet; when it has everything, one thing more of something. */
function pursue(goals: readonly Goal[], { agent, means, stage }: WorkView, choose: Choices): WorkAction | null {
  const open = goals.filter(({ from }) => STAGE_RANK[from] <= STAGE_RANK[stage])
  const first = choose(open.length)
  for (let i = 0; i < open.length; i++) {
    const { material, amount } = open[(first + i) % open.length]!
    const action = asAction(obtain(agent, material, amount, means))
    if (action !== null) return action
  }
  return null
}

/** Digs a load of what is here, then brings it to a smelter it may use. */
function mine({ agent, means }: WorkView, choose: Choices): WorkAction | null {
  const ores = Object.keys(ORES)
  const load = ores.find((ore) => (means.cargo[ore] ?? 0) >= ORE_LOAD)
  const smelter = means.factories.find(({ workshop, storage_free }) => workshop === 'smelter' && storage_free >= STORAGE_KEPT_FREE + SENT_AT_ONCE)
  if (load !== undefined && smelter !== undefined) {
    return { kind: 'transfer_material', from: agent, to: smelter.id, material: load, amount: SENT_AT_ONCE, priority: 'standard' }
  }
  const first = choose(ores.length)
  for (let i = 0; i < ores.length; i++) {
    const ore = ores[(first + i) % ores.length]!
    if ((means.elements[ORES[ore]!] ?? 0) < 1) continue
    const action = asAction(obtain(agent, ore, ORE_LOAD, { ...means, factories: [] }))
    if (action !== null) return action
  }
  const to = load === undefined ? means.nearestWith('Fe') : null
  return to === null || to === means.here ? null : { kind: 'move_agent', to }
}
