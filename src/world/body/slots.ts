import type { StateReader } from '../state/state.ts'
import { bodyKey } from './keys.ts'
import { SLOT_TYPES } from './records.ts'
import type { BodyRecord, SlotType } from './records.ts'

/** Modules of the world that a body carries, and what each makes of its slot. */
export const BODY_MODULES: Readonly<Record<string, Exclude<SlotType, 'universal'>>> = {
  'm1.memory.core': 'cognitive',
  'm1.mobility.basic': 'mobility',
  'm1.power.radiation_harvest': 'power',
  'm1.power.storage': 'power',
  'm1.sensor.basic': 'sensor',
  'm1.storage.cargo': 'cargo',
}

/** How every body begins: equipped, with one slot free. */
export const DEFAULT_BODY: BodyRecord = {
  view: { mass_kg: 90, radius_cm: 50, thrust_limit: 900, cross_section_cm2: 5_000 },
  slots: [
    { slot_id: 'power-1', slot_type: 'power', module: 'm1.power.radiation_harvest' },
    { slot_id: 'power-2', slot_type: 'power', module: 'm1.power.storage' },
    { slot_id: 'sensor-1', slot_type: 'sensor', module: 'm1.sensor.basic' },
    { slot_id: 'mobility-1', slot_type: 'mobility', module: 'm1.mobility.basic' },
    { slot_id: 'cognitive-1', slot_type: 'cognitive', module: 'm1.memory.core' },
    { slot_id: 'cargo-1', slot_type: 'cargo', module: 'm1.storage.cargo' },
    { slot_id: 'universal-1', slot_type: 'universal', module: null },
  ],
}

export type SlotCounts = Readonly<Record<SlotType, number>>

export function readBody(state: StateReader, agentId: string): BodyRecord {
  return (state.get(bodyKey(agentId)) as unknown as BodyRecord | null) ?? DEFAULT_BODY
}

/** Slots at work, by what they do. */
export function slotCounts(state: StateReader, agentId: string): SlotCounts {
  const record = state.get(bodyKey(agentId)) as unknown as BodyRecord | null
  return record === null ? DEFAULT_COUNTS : countSlots(record)
}

/**
 * A slot made for something counts when it holds a module. A universal slot counts as what a module of the world in it does, and as
 * universal when it is empty or holds something of one's own.
 */
export function countSlots({ slots }: BodyRecord): SlotCounts {
  const counts = Object.fromEntries(SLOT_TYPES.map((type) => [type, 0])) as Record<SlotType, number>
  for (const { slot_type, module } of slots) {
    if (slot_type === 'universal') counts[functionOf(module)]++
    else if (module !== null) counts[slot_type]++
  }
  return counts
}

const DEFAULT_COUNTS = countSlots(DEFAULT_BODY)

function functionOf(module: string | null): SlotType {
  return module !== null && Object.hasOwn(BODY_MODULES, module) ? BODY_MODULES[module]! : 'universal'
}
