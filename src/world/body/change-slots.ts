import { schema } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import type { ActionContext } from '../actions/action-rule.ts'
import { takeFromCargo } from '../industry/cargo.ts'
import { readArtifact, updateArtifact } from '../market/artifact-store.ts'
import { reject } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'
import type { StagedState } from '../state/state.ts'
import type { BodyExpanded, BodySlotEquipped } from './events.ts'
import { bodyKey } from './keys.ts'
import { EQUIPPABLE, SLOT_ID } from './records.ts'
import type { BodyRecord, BodySlot } from './records.ts'
import { BODY_MODULES, readBody } from './slots.ts'

const { literal, nullable, object } = schema

/** What a slot is made of. */
const MATERIAL = 'module_rack'
const WASM_HASH = /^[0-9a-f]{64}$/

/** Turns a module rack of the cargo into one more universal slot. */
export const expandBodyInterface = defineAction({
  kind: 'expand_body_interface',
  actors: 'agents',
  shape: object({ kind: literal('expand_body_interface') }),
  override: null,
  fuel: 0,
  examine: ({ state, params: { body }, actor, agent }) => {
    const { slots } = readBody(state, actor)
    if (agent!.task !== null) return reject('BUSY', { task: agent!.task.kind, until_height: agent!.task.until_height })
    if (slots.length >= body.slots_max) return reject('SLOT_LIMIT', { max: body.slots_max })
    const racks = agent!.materials[MATERIAL] ?? 0
    return racks === 0 ? reject('NO_MODULE_RACK') : { facts: { slots: slots.length, module_racks: racks } }
  },
  conclude: ({ state, actor }) => {
    const { slots } = readBody(state, actor)
    const slot_id = `universal-${slots.filter(({ slot_type }) => slot_type === 'universal').length + 1}`
    return { event: 'body.expanded', payload: { agent: actor, slot_id, slot_type: 'universal', slots: slots.length + 1 } }
  },
})

/** Puts a body module of the world, or an artifact of one's own, into a slot; null empties it. */
export const equipBodySlot = defineAction({
  kind: 'equip_body_slot',
  actors: 'agents',
  shape: object({ kind: literal('equip_body_slot'), slot_id: SLOT_ID, module: nullable(EQUIPPABLE) }),
  override: null,
  fuel: 0,
  examine: (context, { slot_id, module }) => {
    const slot = slotOf(readBody(context.state, context.actor), slot_id)
    if (slot === undefined) return reject('SLOT_NOT_FOUND', { slot_id })
    if (slot.module === module) return reject('SLOT_UNCHANGED', { slot_id, module })
    const why = module === null ? null : whyNotEquippable(context, slot, module)
    return why ?? { facts: { slot_type: slot.slot_type, previous: slot.module } }
  },
  conclude: ({ actor }, { slot_id, module }, { previous }) => ({ event: 'body.slot_equipped', payload: { agent: actor, slot_id, module, previous } }),
})

const slotOf = ({ slots }: BodyRecord, slotId: string): BodySlot | undefined => slots.find(({ slot_id }) => slot_id === slotId)

function whyNotEquippable({ state, actor }: ActionContext, { slot_type }: BodySlot, module: string): Rejection | null {
  if (WASM_HASH.test(module)) {
    const artifact = readArtifact(state, module)
    return artifact?.owner === actor && artifact.listing === null ? null : reject('NOT_EQUIPPABLE', { module })
  }
  if (!Object.hasOwn(BODY_MODULES, module)) return reject('NOT_EQUIPPABLE', { module })
  const fits = slot_type === 'universal' || slot_type === BODY_MODULES[module]
  return fits ? null : reject('SLOT_MISMATCH', { slot_type, module_type: BODY_MODULES[module]! })
}

export function applyBodyExpanded(state: StagedState, { agent, slot_id, slot_type }: BodyExpanded): void {
  takeFromCargo(state, agent, { [MATERIAL]: 1 })
  const body = readBody(state, agent)
  state.set(bodyKey(agent), { ...body, slots: [...body.slots, { slot_id, slot_type, module: null }] } as unknown as Value)
}

export function applySlotEquipped(state: StagedState, { agent, slot_id, module, previous }: BodySlotEquipped): void {
  const body = readBody(state, agent)
  state.set(bodyKey(agent), { ...body, slots: body.slots.map((slot) => (slot.slot_id === slot_id ? { ...slot, module } : slot)) } as unknown as Value)
  for (const [held, change] of [[previous, -1], [module, 1]] as const) {
    if (held !== null && WASM_HASH.test(held)) updateArtifact(state, held, { equipped: readArtifact(state, held)!.equipped + change })
  }
}
