import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'
import { AGENT_ID, AGENT_NAME, ASTEROID_ID, materialsSchema } from '../state/records.ts'
import { MAX_FACTORIES_PER_AGENT, MAX_FACTORIES_PER_ASTEROID, MAX_TRANSITS_PER_AGENT } from './params.ts'

const { array, bool, int, literal, nullable, object, text } = schema

export const FACTORY_ID = text(24, /^factory\/[0-9a-f]{16}$/)
export const JOB_ID = text(20, /^job\/[0-9a-f]{16}$/)
export const TRANSIT_ID = text(24, /^transit\/[0-9a-f]{16}$/)
/** Who can hold materials: an agent or a factory. */
export const LEDGER_ID = text(38, /^(agent\/[0-9a-f]{32}|factory\/[0-9a-f]{16})$/)
/** Recipes, factory kinds and products: the module id without its set and group. */
export const SPEC_ID = text(48, /^[a-z0-9_]+(\.[a-z0-9_]+)*$/)
export const MATERIAL_ID = text(32, /^[a-z][a-z0-9_]*$/)

/** Durability of what is new. */
export const FULL_DURABILITY_PPM = 1_000_000
/** Most jobs a factory can run at a time. */
export const MAX_RECIPE_SLOTS = 16
/** Most units a factory can store. */
export const MAX_STORAGE_CAPACITY = 1_000_000
const MAX_TAGS = 8

/** What a module says a kind of factory is like. */
export const factorySpecSchema = object({
  display_name: AGENT_NAME,
  tier: int(1, 5),
  tags: array(text(32, /^[a-z0-9_.]+$/), MAX_TAGS),
  recipe_slots: int(1, MAX_RECIPE_SLOTS),
  /** Durability lost per block and running job. */
  wear_ppm_per_block: int(0, FULL_DURABILITY_PPM),
  /** Units its ledger holds. */
  storage_capacity: int(1, MAX_STORAGE_CAPACITY),
})
export type FactorySpec = Infer<typeof factorySpecSchema>

export const factoryRecordSchema = object({
  owner: AGENT_ID,
  factory_kind: SPEC_ID,
  asteroid: ASTEROID_ID,
  spec: factorySpecSchema,
  /** What it was built from. */
  build_cost: materialsSchema,
  started_height: int(1),
  /** Height construction ends at. */
  ready_height: int(1),
  /** False while under construction. */
  ready: bool(),
  /** As of `durability_height`; `durabilityAt` gives that of any later height. */
  durability_ppm: int(0, FULL_DURABILITY_PPM),
  durability_height: int(1),
  /** Running jobs, oldest first. */
  jobs: array(JOB_ID, MAX_RECIPE_SLOTS),
  /** What it stores. */
  materials: materialsSchema,
  /** Units running jobs will deliver. */
  reserved: int(0),
})
export type FactoryRecord = Infer<typeof factoryRecordSchema>

/** A recipe at work in a factory; gone when it is done. */
export const jobRecordSchema = object({
  factory: FACTORY_ID,
  requester: AGENT_ID,
  recipe_id: SPEC_ID,
  batches: int(1),
  /** Taken from the requester's cargo at the start. */
  consume: materialsSchema,
  /** Ore taken from the asteroid at the start. */
  extract: materialsSchema,
  /** What the factory gets at the end. */
  produce: materialsSchema,
  byproducts: materialsSchema,
  started_height: int(1),
  until_height: int(1),
})
export type JobRecord = Infer<typeof jobRecordSchema>

/** Material under way; gone when it has arrived. */
export const transitRecordSchema = object({
  agent: AGENT_ID,
  from: LEDGER_ID,
  to: LEDGER_ID,
  from_asteroid: ASTEROID_ID,
  to_asteroid: ASTEROID_ID,
  material: MATERIAL_ID,
  /** Units sent. */
  amount: int(1),
  priority: literal('urgent', 'standard'),
  loss_bps: int(0, 10_000),
  /** Cargo the receiving agent can hold; null when a factory receives. */
  capacity: nullable(int(0)),
  depart_height: int(1),
  arrive_height: int(1),
})
export type TransitRecord = Infer<typeof transitRecordSchema>
export type TransitPriority = TransitRecord['priority']

/** What the newest validation of a product said about it. */
export const productRecordSchema = object({
  material: MATERIAL_ID,
  /** Most units that count as one stack. */
  stack_limit: int(1, MAX_STORAGE_CAPACITY),
  tradable: bool(),
  /** Lowest first. */
  quality_levels: array(text(32), 8),
  notes: array(text(120), 8),
  validated_by: AGENT_ID,
  validated_height: int(1),
  /** Validations so far. */
  validations: int(1),
})
export type ProductRecord = Infer<typeof productRecordSchema>

export const INDUSTRY_STAGES = ['bootstrap', 'scale_out', 'governance'] as const
export type IndustryStage = (typeof INDUSTRY_STAGES)[number]

export const industryRecordSchema = object({
  stage: literal(...INDUSTRY_STAGES),
  completed_recipe_jobs: int(0),
  completed_transits: int(0),
  factories_built: int(0),
})
export type IndustryRecord = Infer<typeof industryRecordSchema>

// Indexes, oldest first; absent when empty.
export const factoriesOfSchema = array(FACTORY_ID, MAX_FACTORIES_PER_AGENT)
export const factoriesAtSchema = array(FACTORY_ID, MAX_FACTORIES_PER_ASTEROID)
export const transitsOfSchema = array(TRANSIT_ID, MAX_TRANSITS_PER_AGENT)
