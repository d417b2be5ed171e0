import type { KernelPart } from '../part.ts'

/** Mining, refining, factories, recipes, products and transits: the chain from raw ore to factory core. */
export const industry: KernelPart = { actions: [], appliers: [], due: [], directives: [], tickFacts: [], records: [] }
