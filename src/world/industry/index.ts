import { applier } from '../part.ts'
import type { KernelPart } from '../part.ts'
import { applyBuilt, applyBuildStarted, buildFactory, factoryReady } from './build-factory.ts'
import { applyDiscarded, discardMaterial } from './discard-material.ts'
import { applyMaintained, maintainFactory } from './maintain-factory.ts'
import { applyMined, applyMiningStarted, mineCompound, miningEnd } from './mine-compound.ts'
import { applyStageChanged } from './progress.ts'
import {
  factoriesAtSchema, factoriesOfSchema, factoryRecordSchema, industryRecordSchema, jobRecordSchema, productRecordSchema, transitRecordSchema, transitsOfSchema,
} from './records.ts'
import { applyRecycled, recycleFactory } from './recycle-factory.ts'
import { applyRefined, applyRefiningStarted, refineCompound, refiningEnd } from './refine-compound.ts'
import { applyRecipeCompleted, applyRecipeStarted, recipeEnd, scheduleRecipe } from './schedule-recipe.ts'
import { applyMaterialTransferred, applyTransitCompleted, applyTransitStarted, transferMaterial, transitEnd } from './transfer-material.ts'
import { applyValidated, validateProduct } from './validate-product.ts'

/** Mining, refining, factories, recipes, products and transits: the chain from raw ore to factory core. */
export const industry: KernelPart = {
  actions: [
    mineCompound, refineCompound, buildFactory, maintainFactory, recycleFactory, scheduleRecipe, validateProduct, transferMaterial, discardMaterial,
  ],
  appliers: [
    ['mining.started', applier(applyMiningStarted)],
    ['compound.mined', applier(applyMined)],
    ['refining.started', applier(applyRefiningStarted)],
    ['compound.refined', applier(applyRefined)],
    ['factory.build_started', applier(applyBuildStarted)],
    ['factory.built', applier(applyBuilt)],
    ['factory.maintained', applier(applyMaintained)],
    ['factory.recycled', applier(applyRecycled)],
    ['recipe.started', applier(applyRecipeStarted)],
    ['recipe.completed', applier(applyRecipeCompleted)],
    ['product.validated', applier(applyValidated)],
    ['material.transferred', applier(applyMaterialTransferred)],
    ['transit.started', applier(applyTransitStarted)],
    ['transit.completed', applier(applyTransitCompleted)],
    ['material.discarded', applier(applyDiscarded)],
    ['industry.stage_changed', applier(applyStageChanged)],
  ],
  due: [
    ['mining_end', miningEnd], ['refining_end', refiningEnd], ['factory_ready', factoryReady], ['recipe_end', recipeEnd], ['transit_end', transitEnd],
  ],
  directives: [],
  tickFacts: [],
  records: [
    [/^factory\/[0-9a-f]{16}$/, factoryRecordSchema],
    [/^job\/[0-9a-f]{16}$/, jobRecordSchema],
    [/^transit\/[0-9a-f]{16}$/, transitRecordSchema],
    [/^product\/[a-z0-9_.]+$/, productRecordSchema],
    [/^industry$/, industryRecordSchema],
    [/^factories_of\/[0-9a-f]{32}$/, factoriesOfSchema],
    [/^factories_at\/[0-9]{4,5}$/, factoriesAtSchema],
    [/^transits_of\/[0-9a-f]{32}$/, transitsOfSchema],
  ],
}
