import type { KernelPart } from '../part.ts'
import { societyRecords } from './records.ts'

/** Contracts, reputation, alliances, wars, crises, the council and achievements. */
export const society: KernelPart = { actions: [], appliers: [], due: [], directives: [], tickFacts: [], records: societyRecords }
