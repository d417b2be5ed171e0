import type { KernelPart } from '../part.ts'

/** Contracts, reputation, alliances, wars, crises, the council and achievements. */
export const society: KernelPart = { actions: [], appliers: [], due: [], directives: [], tickFacts: [], records: [] }
