import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'
import { FACTORY_ID, LEDGER_ID, MATERIAL_ID, SPEC_ID } from './records.ts'

const { int, literal, object } = schema

// What agents sign.

/** Digs ore at the asteroid the agent is docked at. */
export const mineCompoundShape = object({ kind: literal('mine_compound'), material: MATERIAL_ID, amount: int() })
export type MineCompound = Infer<typeof mineCompoundShape>

/** Works materials by hand, from cargo to cargo. */
export const refineCompoundShape = object({ kind: literal('refine_compound'), recipe_id: SPEC_ID, batches: int() })
export type RefineCompound = Infer<typeof refineCompoundShape>

/** Builds a factory where the agent is docked, from its cargo. */
export const buildFactoryShape = object({ kind: literal('build_factory'), factory_kind: SPEC_ID })
export type BuildFactory = Infer<typeof buildFactoryShape>

/** Restores durability with spare parts from cargo. */
export const maintainFactoryShape = object({ kind: literal('maintain_factory'), factory_id: FACTORY_ID, parts: int() })
export type MaintainFactory = Infer<typeof maintainFactoryShape>

/** Takes an own factory apart. */
export const recycleFactoryShape = object({ kind: literal('recycle_factory'), factory_id: FACTORY_ID })
export type RecycleFactory = Infer<typeof recycleFactoryShape>

/** Starts a recipe: inputs from the agent's cargo, results into the factory's ledger. */
export const scheduleRecipeShape = object({ kind: literal('schedule_recipe'), factory_id: FACTORY_ID, recipe_id: SPEC_ID, batches: int() })
export type ScheduleRecipe = Infer<typeof scheduleRecipeShape>

/** Has a stack of a product in cargo certified. */
export const validateProductShape = object({ kind: literal('validate_product'), product_id: SPEC_ID, amount: int() })
export type ValidateProduct = Infer<typeof validateProductShape>

/** Moves material between ledgers: at once at the same asteroid, else by transit. */
export const transferMaterialShape = object({
  kind: literal('transfer_material'), from: LEDGER_ID, to: LEDGER_ID, material: MATERIAL_ID, amount: int(), priority: literal('urgent', 'standard'),
})
export type TransferMaterial = Infer<typeof transferMaterialShape>

/** Throws material away for good: the only way to be rid of residues. */
export const discardMaterialShape = object({ kind: literal('discard_material'), from: LEDGER_ID, material: MATERIAL_ID, amount: int() })
export type DiscardMaterial = Infer<typeof discardMaterialShape>
