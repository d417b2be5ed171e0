import { deleteDB } from 'idb'
import { openIndexedDbEngine, openIndexedDbStorage } from '../indexeddb.ts'
import { describeStorage } from './behaviour-suite.ts'
import { describeEngine } from './engine-suite.ts'
import { DEFAULT_OPTIONS } from './harness.ts'
import type { Place } from './harness.ts'

let places = 0

async function createPlace(): Promise<Place> {
  const name = `test-${Date.now()}-${places++}`
  return {
    open: (options) => openIndexedDbStorage({ ...DEFAULT_OPTIONS, ...options, name }),
    engine: () => openIndexedDbEngine(name),
    remove: () => deleteDB(name),
  }
}

export function describeIndexedDb(name: string): void {
  describeEngine(name, createPlace)
  describeStorage(name, createPlace)
}
