import type { ModuleCallErrorCode, ModuleCallResult } from './executor-types.ts'

/** What calls of one module, or of all, added up to in this executor. Metrics only: never part of a result. */
export interface Usage {
  readonly calls: number
  readonly fuelUsed: number
  /** Failed calls by code; codes that never occurred are left out. */
  readonly failures: Readonly<Partial<Record<ModuleCallErrorCode, number>>>
}

export interface ModuleUsage extends Usage {
  /** Lowercase hex SHA-256 of the module as registered. */
  readonly wasmHash: string
}

class Counter implements Usage {
  calls = 0
  fuelUsed = 0
  readonly failures: Partial<Record<ModuleCallErrorCode, number>> = {}

  add({ failure, fuelUsed }: ModuleCallResult): void {
    this.calls++
    this.fuelUsed = Math.min(this.fuelUsed + fuelUsed, Number.MAX_SAFE_INTEGER)
    if (failure !== undefined) this.failures[failure.code] = (this.failures[failure.code] ?? 0) + 1
  }

  copy(): Usage {
    const { calls, fuelUsed, failures } = this
    return { calls, fuelUsed, failures: { ...failures } }
  }
}

/** Counts calls by module, of at most `capacity` modules: one more displaces the one that was seen first. Totals keep everything. */
export class UsageByModule {
  private readonly total = new Counter()
  private readonly modules = new Map<string, Counter>()
  private readonly capacity: number

  constructor(capacity: number) {
    this.capacity = capacity
  }

  add(wasmHash: string, result: ModuleCallResult): void {
    this.total.add(result)
    let counter = this.modules.get(wasmHash)
    if (counter === undefined) {
      if (this.modules.size >= this.capacity) this.modules.delete(this.modules.keys().next().value!)
      this.modules.set(wasmHash, (counter = new Counter()))
    }
    counter.add(result)
  }

  totals(): Usage {
    return this.total.copy()
  }

  /** Sorted by hash. */
  byModule(): ModuleUsage[] {
    return Array.from(this.modules, ([wasmHash, counter]) => ({ wasmHash, ...counter.copy() }))
      .toSorted((a, b) => (a.wasmHash < b.wasmHash ? -1 : 1))
  }
}
