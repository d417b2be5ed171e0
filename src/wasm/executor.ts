import type { Entrypoint, ReturnForm } from './abi-exports.ts'
import { ENTRYPOINTS } from './abi-exports.ts'
import { ContentHashes } from './content-hashes.ts'
import { MAX_FUEL, METER_VERSION } from './costs.ts'
import { WasmError } from './errors.ts'
import type { CallLimits, Executor, ExecutorConfig, ExecutorStats, ModuleCall, ModuleCallErrorCode, ModuleCallResult } from './executor-types.ts'
import { DEFAULT_LIMITS, PAGE_BYTES } from './limits.ts'
import { LiveInstance } from './live-instance.ts'
import type { Exit } from './live-instance.ts'
import { LruMap } from './lru-map.ts'
import { UsageByModule } from './module-usage.ts'
import { prepareModule } from './prepared-module.ts'
import type { PreparedModule } from './prepared-module.ts'

/** Compiled modules kept. Code of a typical module is some 100 KB. */
const DEFAULT_MAX_MODULES = 64
/** Chromium allows 125 instances with memory in a whole process (8 GB of address space each); other executors need theirs. */
const MAX_INSTANCES = 32
/** Cache keys remembered; more modules than any world has active. */
const MAX_KEYS = 1024
/** Modules whose calls are counted apart. */
const MAX_COUNTED_MODULES = 256
/** Bytes the host allocates for the struct return form: ptr and len, each u32 little-endian. */
const RETURN_SLOT_BYTES = 8

/** Texts that may enter receipts: fixed here, because every engine words its traps differently. */
const DETAIL = {
  fuel: 'fuel limit reached',
  stack: 'call stack exhausted',
  trap: 'the module trapped',
  badAlloc: 'alloc returned a range outside memory',
  badSlot: 'alloc returned a return slot outside memory',
  badOutput: 'the output lies outside memory',
  tooLarge: 'the output is larger than max_output_bytes',
} as const

/** A synchronous executor; see `Executor`. `maxModules` and `maxInstances` bound what it keeps. */
export function createExecutor(config: ExecutorConfig = {}): Executor {
  return new CachingExecutor(config)
}

class CachingExecutor implements Executor {
  private readonly hashes = new ContentHashes()
  private readonly modules: LruMap<string, PreparedModule | WasmError>
  /** Cache key last made for a content hash. */
  private readonly keys = new Map<string, { readonly pages: number; readonly key: string }>()
  /** One idle instance per module is enough: calls are synchronous and modules cannot call back. */
  private readonly idle: LruMap<PreparedModule, LiveInstance>
  private readonly usage = new UsageByModule(MAX_COUNTED_MODULES)
  private instantiations = 0
  private resets = 0
  private moduleHits = 0
  private moduleMisses = 0

  constructor(config: ExecutorConfig) {
    this.modules = new LruMap(Math.max(1, config.maxModules ?? DEFAULT_MAX_MODULES), (prepared) => {
      if (!(prepared instanceof WasmError)) this.idle.delete(prepared)
    })
    this.idle = new LruMap(Math.min(MAX_INSTANCES, Math.max(1, config.maxInstances ?? MAX_INSTANCES)))
  }

  call(request: ModuleCall): ModuleCallResult {
    assertLimits(request.limits)
    const hash = this.hashes.of(request.wasm, request.wasmHash)
    const result = this.run(request, hash)
    this.usage.add(hash, result)
    return result
  }

  prepare(wasm: Uint8Array, options: { readonly wasmHash?: string; readonly maxMemBytes?: number } = {}): void {
    const prepared = this.load(wasm, this.hashes.of(wasm, options.wasmHash), options.maxMemBytes ?? DEFAULT_LIMITS.memoryPages * PAGE_BYTES)
    if (prepared instanceof WasmError) throw prepared
  }

  stats(): ExecutorStats {
    const { instantiations, resets, moduleHits, moduleMisses } = this
    return {
      ...this.usage.totals(), modules: this.modules.size, instances: this.idle.size, instantiations, resets, moduleHits, moduleMisses,
      byModule: this.usage.byModule(),
    }
  }

  dispose(): void {
    this.modules.clear()
    this.idle.clear()
  }

  private run({ wasm, entrypoint: name, input, limits }: ModuleCall, hash: string): ModuleCallResult {
    const prepared = this.load(wasm, hash, limits.max_mem_bytes)
    if (prepared instanceof WasmError) return refusal(`the module may not run: ${prepared.code}`)
    const entrypoint = ENTRYPOINTS.find((known) => known === name)
    const form = entrypoint === undefined ? undefined : prepared.interface.entrypoints[entrypoint]
    if (entrypoint === undefined || form === undefined) return refusal('the module does not export this entrypoint')

    const instance = this.acquire(prepared)
    const result = runCall(instance, prepared.hasStart, entrypoint, form, input, limits)
    // Not reached when the engine failed: that instance is dropped with its exception.
    if (instance.reusable) this.idle.set(prepared, instance)
    return result
  }

  private load(wasm: Uint8Array, hash: string, maxMemBytes: number): PreparedModule | WasmError {
    const pages = Math.min(Math.floor(maxMemBytes / PAGE_BYTES), DEFAULT_LIMITS.memoryPages)
    const key = this.keyOf(hash, pages)
    const known = this.modules.get(key)
    if (known !== undefined) {
      this.moduleHits++
      return known
    }
    this.moduleMisses++
    this.hashes.verify(wasm, hash)
    const prepared = prepareOrRefuse(wasm, pages)
    this.modules.set(key, prepared)
    return prepared
  }

  /** Joining the parts anew would cost a microsecond per call; a module is nearly always asked for with the same pages. */
  private keyOf(hash: string, pages: number): string {
    const last = this.keys.get(hash)
    if (last?.pages === pages) return last.key
    const key = `${hash}/${METER_VERSION}/${pages}`
    if (this.keys.size >= MAX_KEYS) this.keys.clear()
    this.keys.set(hash, { pages, key })
    return key
  }

  /** An instance in its first state. It is out of the pool until the call ends well. */
  private acquire(prepared: PreparedModule): LiveInstance {
    const used = this.idle.get(prepared)
    if (used !== undefined) {
      this.idle.delete(prepared)
      used.reset()
      this.resets++
      return used
    }
    this.instantiations++
    return new LiveInstance(prepared)
  }
}

function prepareOrRefuse(wasm: Uint8Array, pages: number): PreparedModule | WasmError {
  try {
    return prepareModule(wasm, pages)
  } catch (error) {
    if (error instanceof WasmError) return error
    throw error
  }
}

/** start → alloc → write input → entrypoint → read output. Everything up to the output draws on the same fuel. */
function runCall(instance: LiveInstance, hasStart: boolean, entrypoint: Entrypoint, form: ReturnForm, input: Uint8Array, limits: CallLimits): ModuleCallResult {
  const fuel = limits.max_gas
  const fail = (code: ModuleCallErrorCode, detail: string): ModuleCallResult => ({ ok: false, failure: { code, detail }, fuelUsed: fuel - instance.fuelLeft() })
  instance.arm(fuel)
  if (hasStart) {
    const exit = instance.start()
    if (exit !== 'returned') return aborted(exit, fuel)
  }
  const allocated = instance.alloc(input.length)
  if (allocated !== 'returned') return aborted(allocated, fuel)
  const inputAt = (instance.result as number) >>> 0
  if (inputAt + input.length > instance.memory.length) return fail('INVALID_OUTPUT', DETAIL.badAlloc)
  instance.memory.set(input, inputAt)

  let slotAt = 0
  if (form === 'struct') {
    const exit = instance.alloc(RETURN_SLOT_BYTES)
    if (exit !== 'returned') return aborted(exit, fuel)
    slotAt = (instance.result as number) >>> 0
    if (slotAt + RETURN_SLOT_BYTES > instance.memory.length) return fail('INVALID_OUTPUT', DETAIL.badSlot)
  }
  const exit = form === 'struct'
    ? instance.enter(entrypoint, slotAt, inputAt, input.length)
    : instance.enter(entrypoint, inputAt, input.length)
  if (exit !== 'returned') return aborted(exit, fuel)
  const { memory } = instance
  const { ptr, len } = outputRange(form, instance.result, memory, slotAt)
  if (len > limits.max_output_bytes) return fail('OUTPUT_TOO_LARGE', DETAIL.tooLarge)
  if (ptr + len > memory.length) return fail('INVALID_OUTPUT', DETAIL.badOutput)
  return { ok: true, output: memory.slice(ptr, ptr + len), fuelUsed: fuel - instance.fuelLeft() }
}

function outputRange(form: ReturnForm, result: unknown, memory: Uint8Array<ArrayBuffer>, slotAt: number): { ptr: number; len: number } {
  switch (form) {
    case 'pair': {
      const [ptr, len] = result as [number, number]
      return { ptr: ptr >>> 0, len: len >>> 0 }
    }
    case 'packed': {
      const packed = BigInt.asUintN(64, result as bigint)
      return { ptr: Number(packed & 0xffff_ffffn), len: Number(packed >> 32n) }
    }
    case 'struct': {
      const slot = new DataView(memory.buffer, slotAt, RETURN_SLOT_BYTES)
      return { ptr: slot.getUint32(0, true), len: slot.getUint32(4, true) }
    }
  }
}

/** A call that did not return is charged its whole limit: after a trap the counter is stale, and a cheap trap would be free work. */
function aborted(exit: Exclude<Exit, 'returned'>, fuel: number): ModuleCallResult {
  return { ok: false, failure: { code: exit === 'fuel' ? 'OUT_OF_FUEL' : 'TRAP', detail: DETAIL[exit] }, fuelUsed: fuel }
}

/** Nothing ran. The detail names our own code, which is the same everywhere. */
function refusal(detail: string): ModuleCallResult {
  return { ok: false, failure: { code: 'SANDBOX_UNAVAILABLE', detail }, fuelUsed: 0 }
}

function assertLimits(limits: CallLimits): void {
  const bounds = { max_gas: MAX_FUEL, max_mem_bytes: Number.MAX_SAFE_INTEGER, max_output_bytes: Number.MAX_SAFE_INTEGER }
  for (const name of ['max_gas', 'max_mem_bytes', 'max_output_bytes'] as const) {
    const value = limits[name]
    if (!Number.isSafeInteger(value) || value < 0 || value > bounds[name]) {
      throw new RangeError(`limits.${name} must be an integer from 0 to ${bounds[name]}, got ${value}`)
    }
  }
}
