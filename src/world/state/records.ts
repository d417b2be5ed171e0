import { HASH_TEXT, schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'
import { MODULE_ID, moduleManifestSchema } from '../module-manifest.ts'
import { worldParamsSchema } from '../params.ts'

const { array, fixedBytes, int, literal, nullable, object, record, text, union } = schema

export const AGENT_ID = text(38, /^agent\/[0-9a-f]{32}$/)
export const ASTEROID_ID = text(14, /^asteroid\/[0-9]{4,5}$/)
/** `<height>-<index>`. */
export const EVENT_ID = text(33, /^[0-9]{1,16}-[0-9]{1,16}$/)
/**
 * Names are shown to people: no control, invisible or direction-changing characters. Ranges of code units, since what
 * a Unicode property covers differs between engines.
 */
export const AGENT_NAME = text(32, /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u061b\u061d-\u180d\u180f-\u200a\u2010-\u2027\u202f-\u205f\u2070-\ufefe\uff00-\uffef]+$/)

/** Length of the belt on each axis, centimetres: 100 km × 100 km × 10 km. */
export const BELT_CM = { x: 10_000_000, y: 10_000_000, z: 1_000_000 } as const

const coordinate = int(-20_000_000, 20_000_000)
/** Centimetres from the corner of the belt. */
export const vectorSchema = object({ x: coordinate, y: coordinate, z: coordinate })
export type Vector = Infer<typeof vectorSchema>

const motionSchema = object({
  from: vectorSchema,
  to: vectorSchema,
  to_asteroid: ASTEROID_ID,
  depart_height: int(1),
  arrive_height: int(1),
})
export type Motion = Infer<typeof motionSchema>

const working = { asteroid: ASTEROID_ID, since_height: int(1), until_height: int(1) }
const harvestTaskSchema = object({
  kind: literal('harvest'),
  ...working,
  /** What the rules promised; what does not fit below `capacity` at the end is lost. */
  amount: int(0),
  capacity: int(0),
})
export type HarvestTask = Infer<typeof harvestTaskSchema>

/** Whole units by material, at most so many kinds in one ledger. */
export const materialsSchema = record(int(0), 64, 32)
export type Materials = Infer<typeof materialsSchema>

/** What an agent is busy with at an asteroid; it can do nothing else until `until_height`. */
const taskSchema = union('kind', {
  harvest: harvestTaskSchema,
  /** Digging: `amount` was taken out of the asteroid already. */
  mine: object({ kind: literal('mine'), ...working, material: text(32), amount: int(1), capacity: int(0) }),
  /** Working materials by hand: inputs were taken already. */
  refine: object({ kind: literal('refine'), ...working, recipe_id: text(64), batches: int(1), produce: materialsSchema, capacity: int(0) }),
  /** Surveying for data. */
  collect: object({ kind: literal('collect'), ...working, amount: int(0) }),
})
export type Task = Infer<typeof taskSchema>

export const agentRecordSchema = object({
  public_key: fixedBytes(32),
  name: AGENT_NAME,
  /** Nonce of the last action that counted; 0 before the first. */
  nonce: int(0),
  /** Where it is docked; null on the way. */
  location: nullable(ASTEROID_ID),
  /** Where it stands, or started from while `motion` is set; `positionAt` interpolates. */
  position: vectorSchema,
  motion: nullable(motionSchema),
  task: nullable(taskSchema),
  electricity: int(0),
  data: int(0),
  /** What it carries. */
  materials: materialsSchema,
  registered_at: int(0),
  reputation: int(),
})
export type AgentRecord = Infer<typeof agentRecordSchema>

export const MATERIALS = ['silicate', 'metal', 'ice', 'carbon', 'composite'] as const
export type Material = (typeof MATERIALS)[number]

export const asteroidRecordSchema = object({
  position: vectorSchema,
  radius_cm: int(1),
  material: literal(...MATERIALS),
  /** Level from 0 (none) to 100. */
  radiation: int(0, 1000),
  /** What can be mined, whole tonnes by element symbol. */
  elements: record(int(0), 32, 2),
})
export type AsteroidRecord = Infer<typeof asteroidRecordSchema>

/** Constants of the world, the same at every height. */
export const configRecordSchema = object({
  world_id: text(97),
  asteroids: int(1),
  params: worldParamsSchema,
})
export type ConfigRecord = Infer<typeof configRecordSchema>

export const headRecordSchema = object({
  height: int(0),
  agent_count: int(0),
  event_count: int(0),
  /** Hash of the newest event; zero bytes before the first. */
  last_event_hash: fixedBytes(32),
})
export type HeadRecord = Infer<typeof headRecordSchema>

export const recentBlockSchema = object({ height: int(0), block_hash: fixedBytes(32) })
export type RecentBlock = Infer<typeof recentBlockSchema>

/** A state the world can go back to: that after the block of `height`. */
export const checkpointSchema = object({ height: int(0), state_root: HASH_TEXT })
export type Checkpoint = Infer<typeof checkpointSchema>

export const treasurySchema = object({ electricity: int(0), data: int(0) })
export type Treasury = Infer<typeof treasurySchema>

/** `<module_id>#<n>`. */
export const INSTANCE_ID = text(70, /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+#[1-9][0-9]{0,3}$/)
/** Those a genesis may list, and number 1. */
const MAX_INSTANCES_OF_MODULE = 257

export const moduleRecordSchema = object({
  manifest: moduleManifestSchema,
  /** Version the world runs; the manifest is that of this version. */
  active_version: text(32),
  since_height: int(0),
  /** Ids of its instances, ascending. */
  instances: array(INSTANCE_ID, MAX_INSTANCES_OF_MODULE),
})
export type ModuleRecord = Infer<typeof moduleRecordSchema>

/** Who may sign modules; the node id is in the key. */
export const signerRecordSchema = object({ public_key: fixedBytes(32) })
export type SignerRecord = Infer<typeof signerRecordSchema>

/** What an instance sees: everything, what one agent does and what happens to it, or what happens at one asteroid. */
export const instanceTargetSchema = union('kind', {
  world: object({ kind: literal('world') }),
  self_agent: object({ kind: literal('self_agent'), agent: AGENT_ID }),
  location_infrastructure: object({ kind: literal('location_infrastructure'), asteroid: ASTEROID_ID }),
})
export type InstanceTarget = Infer<typeof instanceTargetSchema>

export const moduleInstanceRecordSchema = object({
  module_id: MODULE_ID,
  target: instanceTargetSchema,
  /** Who pays for its calls; null for the world, which pays nobody. */
  owner: nullable(AGENT_ID),
  /** Next height a tick module is called at; null while suspended, and for other modules. */
  wake_height: nullable(int(0)),
})
export type ModuleInstanceRecord = Infer<typeof moduleInstanceRecordSchema>

/** Most double votes remembered per validator; further ones change nothing. */
export const MAX_SLASHES = 128

/** Outlives the validator's place in the set, so that its nonce is never reused and no double vote is punished twice. */
export const validatorRecordSchema = object({
  public_key: fixedBytes(32),
  nonce: int(0),
  /** Heights of punished double votes, ascending. */
  slashed_heights: array(int(1), MAX_SLASHES),
})
export type ValidatorRecord = Infer<typeof validatorRecordSchema>

/** Most entries in one page of the schedule: keeps the record small however many agents arrive at once. */
export const SCHEDULE_PAGE_ENTRIES = 128

export const scheduleEntrySchema = object({
  /** Which handler of the kernel's parts takes it. */
  kind: text(32, /^[a-z_]+$/),
  /** State key of what it is about. */
  subject: text(64),
  /** The event that scheduled it: the cause of what will happen. */
  cause: EVENT_ID,
})
export type ScheduleEntry = Infer<typeof scheduleEntrySchema>
export const schedulePageSchema = array(scheduleEntrySchema, SCHEDULE_PAGE_ENTRIES)
export type SchedulePage = readonly ScheduleEntry[]
/** Heights, both included. */
export const overdueSchema = object({ from: int(1), to: int(1) })
export type Overdue = Infer<typeof overdueSchema>
