import type { Value } from '../../codec/index.ts'
import type { StagedState, StateReader } from '../state/state.ts'
import { INDUSTRY_KEY, productKey } from './keys.ts'
import type { FactoryRecord, IndustryRecord, JobRecord, ProductRecord, TransitRecord } from './records.ts'

export const readFactory = (state: StateReader, id: string): FactoryRecord | null => state.get(id) as unknown as FactoryRecord | null
export const readJob = (state: StateReader, id: string): JobRecord | null => state.get(id) as unknown as JobRecord | null
export const readTransit = (state: StateReader, id: string): TransitRecord | null => state.get(id) as unknown as TransitRecord | null
export const readProduct = (state: StateReader, productId: string): ProductRecord | null => state.get(productKey(productId)) as unknown as ProductRecord | null

const BEGINNING: IndustryRecord = { stage: 'bootstrap', completed_recipe_jobs: 0, completed_transits: 0, factories_built: 0 }
export const readIndustry = (state: StateReader): IndustryRecord => (state.get(INDUSTRY_KEY) as unknown as IndustryRecord | null) ?? BEGINNING

/** Ids under an index, oldest first. */
export const readIndex = (state: StateReader, key: string): readonly string[] => (state.get(key) as unknown as readonly string[] | null) ?? []

export function addToIndex(state: StagedState, key: string, id: string): void {
  state.set(key, [...readIndex(state, key), id])
}

export function removeFromIndex(state: StagedState, key: string, id: string): void {
  const rest = readIndex(state, key).filter((other) => other !== id)
  state.set(key, rest.length === 0 ? null : rest)
}

/** The factory must exist. */
export function updateFactory(state: StagedState, id: string, change: Partial<FactoryRecord>): void {
  state.set(id, { ...readFactory(state, id)!, ...change } as unknown as Value)
}
