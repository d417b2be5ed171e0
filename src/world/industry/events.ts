import type { Settlement } from '../ledger.ts'
import type { Materials } from '../state/records.ts'
import type { FactorySpec, IndustryStage, TransitPriority } from './records.ts'

// Payloads of the events of this part. Amounts are whole units; only events that say so change the total of a material.

/** `amount` left the asteroid; `capacity` is what the agent can carry. */
export type MiningStarted = Settlement & {
  readonly agent: string
  readonly asteroid: string
  readonly material: string
  readonly amount: number
  readonly capacity: number
  readonly since_height: number
  readonly until_height: number
}
/** Creates `amount` of the material; `returned` did not fit and is back in the asteroid. */
export type CompoundMined = { readonly agent: string; readonly asteroid: string; readonly material: string; readonly amount: number; readonly returned: number }

/** Takes `consume` out of cargo; destroys it. */
export type RefiningStarted = Settlement & {
  readonly agent: string
  readonly asteroid: string
  readonly recipe_id: string
  readonly batches: number
  readonly consume: Materials
  /** Products and byproducts together. */
  readonly produce: Materials
  readonly capacity: number
  readonly since_height: number
  readonly until_height: number
}
/** Creates `produce` in cargo. */
export type CompoundRefined = { readonly agent: string; readonly asteroid: string; readonly recipe_id: string; readonly batches: number; readonly produce: Materials }

/** Takes `consume` out of the builder's cargo; destroys it. */
export type FactoryBuildStarted = Settlement & {
  readonly agent: string
  readonly factory: string
  readonly factory_kind: string
  readonly asteroid: string
  readonly consume: Materials
  readonly spec: FactorySpec
  readonly started_height: number
  readonly ready_height: number
}
export type FactoryBuilt = { readonly factory: string; readonly owner: string; readonly factory_kind: string; readonly asteroid: string }

/** Destroys `parts` spare parts of the agent's cargo. */
export type FactoryMaintained = Settlement & {
  readonly agent: string
  readonly factory: string
  readonly parts: number
  readonly durability_before_ppm: number
  readonly durability_ppm: number
  readonly height: number
}
/** Creates the part of `recovered` that fits into cargo with what was stored: `returned` is in cargo, `lost` is gone. */
export type FactoryRecycled = Settlement & {
  readonly agent: string
  readonly factory: string
  readonly factory_kind: string
  readonly asteroid: string
  readonly durability_ppm: number
  /** Out of the factory itself. */
  readonly recovered: Materials
  /** What it stored. */
  readonly stored: Materials
  readonly returned: Materials
  readonly lost: Materials
}

/** Takes `consume` out of cargo and `extract` out of the asteroid; destroys both. */
export type RecipeStarted = Settlement & {
  readonly agent: string
  readonly job: string
  readonly factory: string
  readonly recipe_id: string
  readonly asteroid: string
  readonly batches: number
  readonly consume: Materials
  readonly extract: Materials
  readonly produce: Materials
  readonly byproducts: Materials
  readonly power_required: number
  readonly started_height: number
  readonly until_height: number
}
/** Creates `produce` and `byproducts` in the factory's ledger. */
export type RecipeCompleted = {
  readonly job: string
  readonly factory: string
  readonly requester: string
  readonly recipe_id: string
  readonly asteroid: string
  readonly batches: number
  readonly produce: Materials
  readonly byproducts: Materials
  readonly durability_ppm: number
  readonly height: number
}

export type ProductValidated = Settlement & {
  readonly agent: string
  readonly product_id: string
  readonly material: string
  readonly amount: number
  readonly stack_limit: number
  readonly tradable: boolean
  readonly quality_levels: readonly string[]
  readonly notes: readonly string[]
  readonly height: number
}

export type MaterialTransferred = Settlement & {
  readonly agent: string
  readonly from: string
  readonly to: string
  readonly asteroid: string
  readonly material: string
  readonly amount: number
}
/** `amount` left the ledger `from`. */
export type TransitStarted = Settlement & {
  readonly agent: string
  readonly transit: string
  readonly from: string
  readonly to: string
  readonly from_asteroid: string
  readonly to_asteroid: string
  readonly material: string
  readonly amount: number
  readonly priority: TransitPriority
  readonly distance_cm: number
  readonly loss_bps: number
  readonly capacity: number | null
  readonly depart_height: number
  readonly arrive_height: number
}
/** Destroys `lost`, on the way or because the receiver was gone, elsewhere or full. `sent` is `received` + `lost`. */
export type TransitCompleted = {
  readonly transit: string
  readonly requester: string
  readonly from: string
  readonly to: string
  readonly material: string
  readonly sent: number
  readonly received: number
  readonly lost: number
  /** Null when everything that was not lost on the way was taken in. */
  readonly reason: 'receiver_gone' | 'receiver_elsewhere' | 'receiver_full' | null
}
/** Destroys `amount`. */
export type MaterialDiscarded = Settlement & { readonly agent: string; readonly from: string; readonly material: string; readonly amount: number }

export type IndustryStageChanged = { readonly from: IndustryStage; readonly to: IndustryStage }
