import { createMemoryDisk, openMemoryEngine, openMemoryStorage } from './memory.ts'
import { describeStorage } from './testing/behaviour-suite.ts'
import { describeEngine } from './testing/engine-suite.ts'
import { DEFAULT_OPTIONS } from './testing/harness.ts'
import type { Place } from './testing/harness.ts'

async function createPlace(): Promise<Place> {
  const disk = createMemoryDisk()
  return {
    open: (options) => openMemoryStorage({ ...DEFAULT_OPTIONS, ...options }, disk),
    engine: async () => openMemoryEngine(disk),
    remove: async () => {},
  }
}

describeEngine('memory', createPlace)
describeStorage('memory', createPlace)
