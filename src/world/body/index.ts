import type { KernelPart } from '../part.ts'

/** Bodies and their slots, data collection and access to data. */
export const body: KernelPart = { actions: [], appliers: [], due: [], directives: [], tickFacts: [], records: [] }
