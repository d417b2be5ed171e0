import { checkInterface } from './abi-exports.ts'
import type { ModuleInterface } from './abi-exports.ts'
import { FUNCREF, I32, I64, Op } from './binary/opcodes.ts'
import { Writer } from './binary/writer.ts'
import { planFunctions } from './call-graph.ts'
import { CHARGING_RULES, FAULT_EXPORT, METER_EXPORT, RESET_EXPORT, START_EXPORT } from './costs.ts'
import type { ChargingRules } from './costs.ts'
import { emitFunctions } from './emit.ts'
import { WasmError } from './errors.ts'
import type { WasmErrorCode } from './errors.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import type { ModuleLimits } from './limits.ts'
import { EXPORT_KINDS, Section, sameTypes } from './module.ts'
import type { FunctionType, ParsedModule, TypeList } from './module.ts'
import { parseModule } from './parse.ts'
import { validateBodies } from './validate-body.ts'

export interface ModuleOptions {
  /** `none` skips the check of exports: any valid integer module, for tests and measurements. Default `wasm-1`. */
  readonly abi?: 'wasm-1' | 'none'
}

export interface ValidationError {
  readonly code: WasmErrorCode
  readonly message: string
  /** Byte of the module where the rule is broken, or -1. */
  readonly offset: number
}

export interface ValidationResult {
  readonly ok: boolean
  readonly errors: readonly ValidationError[]
}

/** Everything an executor needs to know about an accepted module. */
export interface InstrumentedModule {
  readonly wasm: Uint8Array<ArrayBuffer>
  readonly parsed: ParsedModule
  /** Null with `abi: 'none'`. */
  readonly interface: ModuleInterface | null
  /** A `$$reset` export restores all mutable globals. */
  readonly hasReset: boolean
}

/** Says whether a module may run here, and if not, why and where. Reports the first error found; never throws for bad bytes. */
export function validateModule(bytes: Uint8Array, limits: Partial<ModuleLimits> = {}, options: ModuleOptions = {}): ValidationResult {
  try {
    instrument(bytes, limits, options)
    return { ok: true, errors: [] }
  } catch (error) {
    if (!(error instanceof WasmError)) throw error
    const { code, message, offset } = error
    return { ok: false, errors: [{ code, message, offset }] }
  }
}

/**
 * The module with fuel and stack accounting built in; the same bytes on every engine. Throws WasmError where validateModule reports.
 * Added exports: `$$m` (counter, see costs.ts), `$$fault` (where memory may grow), `$$start` (instead of a start section), `$$reset`.
 */
export function instrumentModule(bytes: Uint8Array, limits: Partial<ModuleLimits> = {}, options: ModuleOptions = {}): Uint8Array<ArrayBuffer> {
  return instrument(bytes, limits, options).wasm
}

export function instrument(
  bytes: Uint8Array, limits: Partial<ModuleLimits> = {}, options: ModuleOptions = {}, rules: ChargingRules = CHARGING_RULES,
): InstrumentedModule {
  const bounds: ModuleLimits = { ...DEFAULT_LIMITS, ...limits }
  const parsed = parseModule(bytes, bounds)
  const bodies = validateBodies(parsed, bounds)
  const moduleInterface = options.abi === 'none' ? null : checkInterface(parsed)
  const plans = planFunctions(parsed, bodies, bounds, rules)

  const types = new TypeAppender(parsed.types)
  const meterGlobal = parsed.globals.length
  const faultGlobal = bodies.some(({ flow }) => flow.grows > 0) ? meterGlobal + 1 : null
  const code = emitFunctions({ module: parsed, plans, meterGlobal, faultGlobal, blockTypeIndex: (results) => types.index({ params: NO_TYPES, results }) })
  const hasReset = parsed.globals.some((variable) => variable.mutable)
  const resetType = hasReset ? types.index({ params: NO_TYPES, results: NO_TYPES }) : -1
  const wasm = assemble(parsed, code, types.added, meterGlobal, faultGlobal, resetType)
  return { wasm, parsed, interface: moduleInterface, hasReset }
}

const NO_TYPES: TypeList = new Uint8Array(0)

/** Function types the meter needs besides the module's own; appended, so that no index moves. */
class TypeAppender {
  readonly added: FunctionType[] = []
  private readonly original: readonly FunctionType[]

  constructor(original: readonly FunctionType[]) {
    this.original = original
  }

  index(wanted: FunctionType): number {
    const same = (type: FunctionType): boolean => sameTypes(type.params, wanted.params) && sameTypes(type.results, wanted.results)
    const own = this.original.findIndex(same)
    if (own >= 0) return own
    const known = this.added.findIndex(same)
    return this.original.length + (known >= 0 ? known : this.added.push(wanted) - 1)
  }
}

/** Puts the sections together: changed ones rewritten, the others copied, custom sections dropped. */
function assemble(module: ParsedModule, code: Writer, addedTypes: readonly FunctionType[], meterGlobal: number, faultGlobal: number | null, resetType: number): Uint8Array<ArrayBuffer> {
  const { bytes, sections } = module
  const out = new Writer(bytes.length + code.length + 1024)
  out.copy(bytes, 0, 8)
  const unchanged = (id: number): void => {
    const range = sections.get(id)
    if (range === undefined) return
    out.section(id, (content) => content.copy(bytes, range.start, range.end))
  }
  /** A vector section with items appended to the original ones. */
  const extended = (id: number, originalCount: number, addedCount: number, add: (content: Writer) => void): void => {
    if (originalCount + addedCount === 0) return
    out.section(id, (content) => {
      content.u32(originalCount + addedCount)
      const range = sections.get(id)
      if (range !== undefined) content.copy(bytes, range.start + vectorHeader(bytes, range.start), range.end)
      add(content)
    })
  }
  const resetCount = resetType >= 0 ? 1 : 0
  const resetFunction = module.functions.length

  extended(Section.type, module.types.length, addedTypes.length, (content) => {
    for (const { params, results } of addedTypes) {
      content.u8(0x60)
      for (const list of [params, results]) {
        content.u32(list.length)
        content.bytes(list)
      }
    }
  })
  extended(Section.function, module.functions.length, resetCount, (content) => {
    if (resetCount > 0) content.u32(resetType)
  })
  if (module.table !== null) out.section(Section.table, (content) => bounded(content, module.table!.entries, module.table!.entries, FUNCREF))
  if (module.memory !== null) out.section(Section.memory, (content) => bounded(content, module.memory!.min, module.memory!.max))
  extended(Section.global, module.globals.length, faultGlobal === null ? 1 : 2, (content) => {
    content.bytes(Uint8Array.of(I64, 1, Op.i64Const, 0, Op.end))
    if (faultGlobal !== null) content.bytes(Uint8Array.of(I32, 1, Op.i32Const, 0, Op.end))
  })
  const addedExports: [name: string, kind: (typeof EXPORT_KINDS)[number], index: number][] = [[METER_EXPORT, 'global', meterGlobal]]
  if (faultGlobal !== null) addedExports.push([FAULT_EXPORT, 'global', faultGlobal])
  if (module.start !== null) addedExports.push([START_EXPORT, 'function', module.start])
  if (resetCount > 0) addedExports.push([RESET_EXPORT, 'function', resetFunction])
  extended(Section.export, module.exports.length, addedExports.length, (content) => {
    for (const [name, kind, index] of addedExports) {
      content.name(name)
      content.u8(EXPORT_KINDS.indexOf(kind))
      content.u32(index)
    }
  })
  unchanged(Section.element)
  unchanged(Section.dataCount)
  if (module.functions.length + resetCount > 0) {
    out.section(Section.code, (content) => {
      content.u32(module.functions.length + resetCount)
      content.append(code)
      if (resetCount > 0) resetBody(content, module)
    })
  }
  unchanged(Section.data)
  return out.finish()
}

/** Bytes of the count in front of a vector, in whatever length the module wrote it. */
function vectorHeader(bytes: Uint8Array, start: number): number {
  let length = 1
  while (bytes[start + length - 1]! >= 0x80) length++
  return length
}

/** One table or memory with a maximum: unbounded ones differ between engines in where they stop growing. */
function bounded(content: Writer, min: number, max: number, elementType?: number): void {
  content.u32(1)
  if (elementType !== undefined) content.u8(elementType)
  content.u8(1)
  content.u32(min)
  content.u32(max)
}

/** `$$reset`: every mutable global of the module gets its initial value. Free, and out of the module's reach. */
function resetBody(content: Writer, module: ParsedModule): void {
  const body = new Writer(256)
  body.u32(0)
  module.globals.forEach(({ mutable, initial }, index) => {
    if (!mutable) return
    body.copy(module.bytes, initial.start, initial.end)
    body.u8(Op.globalSet)
    body.u32(index)
  })
  body.u8(Op.end)
  content.u32(body.length)
  content.append(body)
}
