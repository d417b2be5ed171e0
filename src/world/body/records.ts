import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'
import { AGENT_ID, ASTEROID_ID } from '../state/records.ts'
import { MAX_ACCESS_GRANTS, MAX_SLOTS, MAX_SURVEYS } from './limits.ts'

const { array, int, literal, nullable, object, text } = schema

/** What a slot is made for; a universal one takes anything. */
export const SLOT_TYPES = ['power', 'sensor', 'mobility', 'cognitive', 'cargo', 'universal'] as const
export type SlotType = (typeof SLOT_TYPES)[number]

export const SLOT_ID = text(16, /^[a-z]+-[1-9][0-9]?$/)
/** A module of the world by its id, or an artifact by its hash. */
export const EQUIPPABLE = text(64, /^([a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+|[0-9a-f]{64})$/)

/** What a body can be at all; rules draw narrower lines. */
export const bodyViewSchema = object({
  mass_kg: int(1, 1_000_000),
  radius_cm: int(1, 10_000),
  /** Newtons. */
  thrust_limit: int(0, 10_000_000),
  cross_section_cm2: int(1, 1_000_000_000),
})
export type BodyView = Infer<typeof bodyViewSchema>

const slotSchema = object({ slot_id: SLOT_ID, slot_type: literal(...SLOT_TYPES), module: nullable(EQUIPPABLE) })
export type BodySlot = Infer<typeof slotSchema>

export const bodyRecordSchema = object({ view: bodyViewSchema, slots: array(slotSchema, MAX_SLOTS) })
export type BodyRecord = Infer<typeof bodyRecordSchema>

/** How often the agent collected data at an asteroid; the last surveyed comes last. */
export const surveyRecordSchema = array(object({ asteroid: ASTEROID_ID, times: int(1) }), MAX_SURVEYS)
export type SurveyRecord = Infer<typeof surveyRecordSchema>

/** Who may be paid in, and trade over, this agent's data; in the order of the grants. */
export const dataAccessRecordSchema = array(AGENT_ID, MAX_ACCESS_GRANTS)
export type DataAccessRecord = Infer<typeof dataAccessRecordSchema>
