import { FAULT_EXPORT, METER_EXPORT, START_EXPORT } from '../costs.ts'
import { I32 } from '../binary/opcodes.ts'
import { Random } from './random.ts'

/** What a call did, comparable between plain and metered runs. */
export interface Outcome {
  /** Result values as text, or how it ended otherwise. */
  readonly result: string
  readonly memory: Uint8Array
  readonly fuelUsed: number
}

/** Stack given to raw runs: the most the field holds, so that only fuel limits them. */
const STACK = 0x7fffn

export type Argument = number | bigint

export function randomArguments(params: readonly number[], seed: number): Argument[] {
  const random = new Random(seed)
  return params.map((type) => {
    const value = random.pick([0, 1, -1, random.below(256), random.u32() | 0])
    return type === I32 ? value : BigInt(value)
  })
}

/** Calls one export of a fresh instance; `fuel` arms the counter of a metered module and pays for its start function too. */
export function runExport(module: WebAssembly.Module, name: string, args: readonly Argument[], fuel?: number): Outcome {
  return callStarted(new WebAssembly.Instance(module), true, name, args, fuel)
}

/** An instance whose start function, if it has one, has run: what instantiation alone gives for a plain module. */
export function startInstance(module: WebAssembly.Module): WebAssembly.Instance {
  const instance = new WebAssembly.Instance(module)
  const exports = instance.exports as Record<string, unknown>
  const meter = exports[METER_EXPORT] as { value: bigint } | undefined
  if (meter !== undefined) meter.value = (BigInt(2 ** 40) << 16n) | STACK
  ;(exports[START_EXPORT] as (() => void) | undefined)?.()
  return instance
}

/** Calls one export of an instance as it is. */
export function callExport(instance: WebAssembly.Instance, name: string, args: readonly Argument[], fuel?: number): Outcome {
  return callStarted(instance, false, name, args, fuel)
}

function callStarted(instance: WebAssembly.Instance, start: boolean, name: string, args: readonly Argument[], fuel?: number): Outcome {
  const exports = instance.exports as Record<string, unknown>
  const meter = exports[METER_EXPORT] as { value: bigint } | undefined
  if (meter !== undefined) meter.value = (BigInt(fuel ?? 2 ** 40) << 16n) | STACK
  let result: string
  try {
    if (start) (exports[START_EXPORT] as (() => void) | undefined)?.()
    const value = (exports[name] as (...values: Argument[]) => unknown)(...args)
    result = (Array.isArray(value) ? value : [value]).map(String).join()
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error
    result = 'trap'
  }
  const counter = meter?.value ?? 0n
  if (counter < 0n) result = 'out of fuel'
  else if ((counter & 0x8000n) !== 0n) result = 'stack overflow'
  else if (meter !== undefined && result !== 'trap' && (counter & 0xffffn) !== STACK) result = 'stack not given back'
  if ((exports[FAULT_EXPORT] as { value: number } | undefined)?.value === 1) result = 'host fault'
  const memory = exports['memory'] as WebAssembly.Memory | undefined
  return {
    result,
    memory: memory === undefined ? new Uint8Array(0) : new Uint8Array(memory.buffer as ArrayBuffer),
    fuelUsed: (fuel ?? 2 ** 40) - Number(counter >> 16n),
  }
}
