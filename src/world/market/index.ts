import type { KernelPart } from '../part.ts'

/** The power market and the market of module artifacts. */
export const market: KernelPart = { actions: [], appliers: [], due: [], directives: [], tickFacts: [], records: [] }
