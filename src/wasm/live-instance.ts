import type { Entrypoint } from './abi-exports.ts'
import { FAULT_EXPORT, FUEL_SHIFT, METER_EXPORT, RESET_EXPORT, STACK_GUARD_BIT, STACK_UNITS, START_EXPORT } from './costs.ts'
import { ExecutorHostFault } from './errors.ts'
import type { PreparedModule } from './prepared-module.ts'

/**
 * Largest initial memory that is cleaned rather than replaced. Rewriting 1 MiB takes about as long as a new instance with its
 * share of garbage collection; either way the module sees the same bytes.
 */
export const RESET_MAX_PAGES = 16

/** How one call into a module ended. `trap` and `stack` leave the counter stale (metering.md §3). */
export type Exit = 'returned' | 'fuel' | 'stack' | 'trap'

type ModuleFunction = (...args: number[]) => unknown

interface Exports {
  readonly memory: WebAssembly.Memory
  readonly alloc: (length: number) => number
  readonly [METER_EXPORT]: { value: bigint }
  readonly [FAULT_EXPORT]?: { value: number }
  readonly [START_EXPORT]?: () => void
  readonly [RESET_EXPORT]?: () => void
}

/** An instance in its first state, or able to return to it. Nothing about a previous call can be observed by the next. */
export class LiveInstance {
  private readonly exports: Exports & Readonly<Partial<Record<Entrypoint, ModuleFunction>>>
  private readonly prepared: PreparedModule
  private readonly image: Uint8Array
  private memoryView: Uint8Array<ArrayBuffer>
  /** What the function returned, if the last run ended with `returned`. */
  result: unknown = undefined

  constructor(prepared: PreparedModule) {
    this.prepared = prepared
    try {
      // Our instrumented module has no start section and its segments fit: only the engine itself can fail here.
      this.exports = new WebAssembly.Instance(prepared.compiled).exports as unknown as LiveInstance['exports']
    } catch (error) {
      throw new ExecutorHostFault('no memory for another instance', { cause: error })
    }
    this.memoryView = new Uint8Array(this.exports.memory.buffer as ArrayBuffer)
    this.image = this.memoryView.slice(0, prepared.resettable ? prepared.imageBytes : 0)
  }

  /** Linear memory as it is now; invalid after the next run, which may grow it. */
  get memory(): Uint8Array<ArrayBuffer> {
    const { buffer } = this.exports.memory
    if (this.memoryView.buffer !== buffer) this.memoryView = new Uint8Array(buffer as ArrayBuffer)
    return this.memoryView
  }

  /** False if this instance cannot be restored and must be dropped: it grew, or its module cannot be reset. */
  get reusable(): boolean {
    return this.prepared.resettable && this.memory.length === this.prepared.initialMemoryBytes
  }

  /** Back to the state right after instantiation: memory, and every mutable global. */
  reset(): void {
    const { memory, image } = this
    memory.set(image)
    memory.fill(0, image.length)
    this.exports[RESET_EXPORT]?.()
    this.result = undefined
  }

  arm(fuel: number): void {
    this.exports[METER_EXPORT].value = (BigInt(fuel) << BigInt(FUEL_SHIFT)) | BigInt(STACK_UNITS)
  }

  /** Fuel not yet used; negative when a call ended between two compares with more used than it had. */
  fuelLeft(): number {
    return Number(this.exports[METER_EXPORT].value >> BigInt(FUEL_SHIFT))
  }

  start(): Exit {
    return this.run(this.exports[START_EXPORT]!)
  }

  alloc(length: number): Exit {
    return this.run(this.exports.alloc, length)
  }

  enter(entrypoint: Entrypoint, ...args: number[]): Exit {
    return this.run(this.exports[entrypoint]!, ...args)
  }

  private run(entry: ModuleFunction, ...args: number[]): Exit {
    let trapped = false
    try {
      this.result = entry(...args)
    } catch (error) {
      // Anything but a wasm trap (a native stack overflow, say) differs between machines and must not become a result.
      if (!(error instanceof WebAssembly.RuntimeError)) throw new ExecutorHostFault('the engine threw something other than a trap', { cause: error })
      trapped = true
    }
    const counter = this.exports[METER_EXPORT].value
    if (!trapped) return counter < 0n ? 'fuel' : 'returned'
    if (this.exports[FAULT_EXPORT]?.value === 1) throw new ExecutorHostFault('the engine refused to grow a memory')
    if (counter < 0n) return 'fuel'
    return (counter & STACK_GUARD_BIT) === 0n ? 'trap' : 'stack'
  }
}
