import { FUNCREF, I32, I64, Op, refusedValueType } from './binary/opcodes.ts'
import { Reader, refuse } from './binary/reader.ts'
import { RESERVED_PREFIX } from './costs.ts'
import { PAGE_BYTES } from './limits.ts'
import type { ModuleLimits } from './limits.ts'
import { EXPORT_KINDS, Section } from './module.ts'
import type { DataSegment, ElementSegment, FunctionType, GlobalVariable, MemoryType, ModuleExport, ParsedModule, Range } from './module.ts'

/** Custom section names carry no meaning here; the bound only keeps the reader honest. */
const CUSTOM_NAME_BYTES = 65_536
/** Pages of a 32-bit memory (core 2.0 §3.2.4). */
const MAX_PAGES = 65_536
/** Required order of sections by id (core 2.0 §5.5.16): data count stands before code. */
const SECTION_ORDER = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11]

/**
 * Checks everything outside function bodies: encoding, order, counts, limits, indices, constant expressions, segments against the
 * initial sizes (so that instantiation cannot trap). Throws WasmError at the first rule broken.
 */
export function parseModule(bytes: Uint8Array, limits: ModuleLimits): ParsedModule {
  atMost(limits, 'moduleBytes', bytes.length, -1)
  const sections = findSections(bytes)
  const open = (id: number): Reader | null => {
    const range = sections.get(id)
    return range === undefined ? null : new Reader(bytes, range.start, range.end)
  }
  const vector = <T>(id: number, limit: keyof ModuleLimits | null, item: (reader: Reader, index: number) => T): T[] => {
    const reader = open(id)
    if (reader === null) return []
    const at = reader.pos
    const count = reader.u32()
    if (limit !== null) atMost(limits, limit, count, at)
    const items: T[] = []
    for (let i = 0; i < count; i++) items.push(item(reader, i))
    endOfSection(reader)
    return items
  }

  const types = vector(Section.type, 'types', (reader) => functionType(reader, limits))
  vector(Section.import, null, refuseImport)
  const functions = vector(Section.function, 'functions', (reader) => index(reader, types.length, 'type'))
  const table = vector(Section.table, null, (reader, i) => tableType(reader, i, limits))[0] ?? null
  const memory = vector(Section.memory, null, (reader, i) => memoryType(reader, i, limits))[0] ?? null
  const globals = vector(Section.global, 'globals', globalVariable)
  const counts = { function: functions.length, table: table === null ? 0 : 1, memory: memory === null ? 0 : 1, global: globals.length }
  const exports = exportSection(vector(Section.export, 'exports', (reader) => moduleExport(reader, counts, limits)))
  const start = startFunction(open(Section.start), functions, types)

  let elementItems = 0
  const elements = vector(Section.element, 'elementSegments', (reader) => {
    const segment = elementSegment(reader, table, functions.length, limits.elementItems - elementItems, limits)
    elementItems += segment.functions.length
    return segment
  })
  const declaredDataCount = dataCount(open(Section.dataCount))
  const bodies = vector(Section.code, null, (reader) => body(reader, limits))
  if (bodies.length !== functions.length) {
    refuse('WASM_COUNT_MISMATCH', `${functions.length} functions are declared and ${bodies.length} have a body`, sections.get(Section.code)?.start ?? -1)
  }
  const dataSegments = vector(Section.data, 'dataSegments', (reader) => dataSegment(reader, memory))
  if (declaredDataCount !== null && declaredDataCount !== dataSegments.length) {
    refuse('WASM_COUNT_MISMATCH', 'the data count section and the data section disagree', sections.get(Section.dataCount)!.start)
  }
  return {
    bytes, types, functions, table, memory, globals, exports, start, elements, dataSegments, bodies, sections,
    hasDataCount: declaredDataCount !== null,
  }
}

export function atMost(limits: ModuleLimits, limit: keyof ModuleLimits, actual: number, offset: number): void {
  const max = limits[limit]
  if (actual > max) refuse('WASM_LIMIT', `${limit} is ${actual}, at most ${max} are allowed`, offset, { limit, actual, max })
}

/** Value types of this version: the two integers. */
export function valueType(type: number, offset: number): number {
  if (type === I32 || type === I64) return type
  const { code, what } = refusedValueType(type)
  return refuse(code, `the module uses ${what}`, offset)
}

function findSections(bytes: Uint8Array): Map<number, Range> {
  const magic = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
  if (bytes.length < magic.length || magic.some((byte, i) => bytes[i] !== byte)) {
    refuse('WASM_BAD_HEADER', 'this is no WebAssembly 1 binary; pass the compiled .wasm file', 0)
  }
  const reader = new Reader(bytes, magic.length)
  const sections = new Map<number, Range>()
  let last = 0
  while (!reader.done) {
    const at = reader.pos
    const id = reader.u8()
    const size = reader.u32()
    const start = reader.pos
    reader.skip(size)
    if (id === Section.custom) {
      new Reader(bytes, start, start + size).name(CUSTOM_NAME_BYTES)
      continue
    }
    if (id === Section.tag) refuse('WASM_EXCEPTIONS', 'the module uses exception handling', at)
    const order = SECTION_ORDER[id]
    if (order === undefined) refuse('WASM_UNKNOWN_SECTION', `section ${id} is not known`, at)
    if (order <= last) refuse('WASM_SECTION_ORDER', `section ${id} is repeated or out of order`, at)
    last = order
    sections.set(id, { start, end: start + size })
  }
  return sections
}

function endOfSection(reader: Reader): void {
  if (!reader.done) refuse('WASM_SECTION_SIZE', 'a section is longer than its contents', reader.pos)
}

function functionType(reader: Reader, limits: ModuleLimits): FunctionType {
  const at = reader.pos
  const form = reader.u8()
  if (form !== 0x60) {
    if (form >= 0x4d && form <= 0x5f) refuse('WASM_GC', 'the module uses garbage collected types', at)
    refuse('WASM_BAD_ENCODING', 'a type is not a function type', at)
  }
  const list = (limit: 'params' | 'results'): Uint8Array => {
    const start = reader.pos
    const count = reader.u32()
    atMost(limits, limit, count, start)
    const from = reader.pos
    for (let i = 0; i < count; i++) valueType(reader.u8(), reader.pos - 1)
    return reader.bytes.subarray(from, reader.pos)
  }
  return { params: list('params'), results: list('results') }
}

function refuseImport(reader: Reader): never {
  const at = reader.pos
  const module = reader.name(CUSTOM_NAME_BYTES)
  const name = reader.name(CUSTOM_NAME_BYTES)
  return refuse('WASM_IMPORT', `${JSON.stringify(`${module}.${name}`)} is imported, but wasm-1 offers no imports; build it into the module`, at)
}

function index(reader: Reader, count: number, what: string): number {
  const at = reader.pos
  const value = reader.u32()
  return value < count ? value : refuse('WASM_BAD_INDEX', `${what} ${value} does not exist`, at)
}

function sizeLimits(reader: Reader): { min: number; max: number | null; at: number } {
  const at = reader.pos
  const flags = reader.u8()
  if (flags > 7) refuse('WASM_BAD_ENCODING', 'unknown flags on a size', at)
  if (flags >= 4) refuse('WASM_MEMORY64', 'the module uses 64-bit memory', at)
  if (flags >= 2) refuse('WASM_THREADS', 'the module uses shared memory', at)
  const min = reader.u32()
  const max = flags === 1 ? reader.u32() : null
  if (max !== null && max < min) refuse('WASM_BAD_LIMITS', `the maximum ${max} is below the minimum ${min}`, at)
  return { min, max, at }
}

function tableType(reader: Reader, position: number, limits: ModuleLimits): { entries: number } {
  const at = reader.pos
  if (position > 0) refuse('WASM_MULTI_TABLE', 'a module may have one table', at)
  if (reader.u8() !== FUNCREF) refuse('WASM_REFERENCE_TYPES', 'the table must hold plain function references', at)
  const { min } = sizeLimits(reader)
  atMost(limits, 'tableEntries', min, at)
  return { entries: min }
}

function memoryType(reader: Reader, position: number, limits: ModuleLimits): MemoryType {
  if (position > 0) refuse('WASM_MULTI_MEMORY', 'a module may have one memory', reader.pos)
  const { min, max, at } = sizeLimits(reader)
  if (min > MAX_PAGES || (max ?? 0) > MAX_PAGES) refuse('WASM_BAD_LIMITS', `a memory has at most ${MAX_PAGES} pages`, at)
  atMost(limits, 'memoryPages', min, at)
  return { min, max: Math.min(max ?? limits.memoryPages, limits.memoryPages), hasMaximum: max !== null }
}

/** One constant. Engines differ in what else they take here (extended-const, GC), and without imports nothing else is needed. */
function constantExpression(reader: Reader, wanted: number): { range: Range; i32: number } {
  const start = reader.pos
  const op = reader.u8()
  let i32 = 0
  if (op === Op.i32Const) i32 = reader.s32()
  else if (op === Op.i64Const) reader.skipS64()
  else refuse('WASM_BAD_CONST_EXPR', 'an initial value or offset must be one integer constant', start)
  const range = { start, end: reader.pos }
  if (reader.u8() !== Op.end) refuse('WASM_BAD_CONST_EXPR', 'an initial value or offset must be one integer constant', range.end)
  if ((op === Op.i32Const ? I32 : I64) !== wanted) refuse('WASM_TYPE_MISMATCH', 'a constant has the wrong type', start)
  return { range, i32 }
}

function globalVariable(reader: Reader): GlobalVariable {
  const type = valueType(reader.u8(), reader.pos - 1)
  const mutability = reader.u8()
  if (mutability > 1) refuse('WASM_BAD_ENCODING', 'unknown flags on a global', reader.pos - 1)
  return { type, mutable: mutability === 1, initial: constantExpression(reader, type).range }
}

function moduleExport(reader: Reader, counts: Readonly<Record<ModuleExport['kind'], number>>, limits: ModuleLimits): ModuleExport {
  const at = reader.pos
  const name = reader.name(limits.nameBytes)
  if (name.startsWith(RESERVED_PREFIX)) refuse('WASM_RESERVED_NAME', `export names starting with ${RESERVED_PREFIX} belong to the meter; rename ${JSON.stringify(name)}`, at)
  const kindAt = reader.pos
  const code = reader.u8()
  if (code === 4) refuse('WASM_EXCEPTIONS', 'the module uses exception handling', kindAt)
  const kind = EXPORT_KINDS[code] ?? refuse('WASM_BAD_ENCODING', 'unknown kind of export', kindAt)
  return { name, kind, index: index(reader, counts[kind], kind) }
}

function exportSection(exports: ModuleExport[]): ModuleExport[] {
  const names = new Set<string>()
  for (const { name } of exports) {
    if (names.has(name)) refuse('WASM_DUPLICATE_EXPORT', `${JSON.stringify(name)} is exported twice`, -1)
    names.add(name)
  }
  return exports
}

function startFunction(reader: Reader | null, functions: readonly number[], types: readonly FunctionType[]): number | null {
  if (reader === null) return null
  const at = reader.pos
  const start = index(reader, functions.length, 'function')
  endOfSection(reader)
  const type = types[functions[start]!]!
  if (type.params.length > 0 || type.results.length > 0) refuse('WASM_TYPE_MISMATCH', 'the start function must take and return nothing', at)
  return start
}

/** Active segments of function indices (flags 0 and 2): what compilers emit for call_indirect. The other forms serve reference types. */
function elementSegment(reader: Reader, table: { entries: number } | null, functionCount: number, room: number, limits: ModuleLimits): ElementSegment {
  const at = reader.pos
  const flags = reader.u32()
  if (flags > 7) refuse('WASM_BAD_ENCODING', 'unknown flags on an element segment', at)
  if (flags !== 0 && flags !== 2) refuse('WASM_REFERENCE_TYPES', 'only active element segments of function indices are allowed', at)
  const tableIndex = flags === 2 ? reader.u32() : 0
  if (table === null || tableIndex !== 0) refuse('WASM_BAD_INDEX', `table ${tableIndex} does not exist`, at)
  const offset = constantExpression(reader, I32).i32 >>> 0
  if (flags === 2 && reader.u8() !== 0) refuse('WASM_BAD_ENCODING', 'unknown kind of element', reader.pos - 1)
  const count = reader.u32()
  if (count > room) refuse('WASM_LIMIT', `there are more than ${limits.elementItems} function references`, at, { limit: 'elementItems', max: limits.elementItems })
  if (offset + count > table.entries) refuse('WASM_SEGMENT_OUT_OF_BOUNDS', 'an element segment lies outside the table', at)
  const functions: number[] = []
  for (let i = 0; i < count; i++) functions.push(index(reader, functionCount, 'function'))
  return { offset, functions }
}

function dataCount(reader: Reader | null): number | null {
  if (reader === null) return null
  const count = reader.u32()
  endOfSection(reader)
  return count
}

function body(reader: Reader, limits: ModuleLimits): Range {
  const at = reader.pos
  const size = reader.u32()
  atMost(limits, 'bodyBytes', size, at)
  const start = reader.pos
  reader.skip(size)
  return { start, end: reader.pos }
}

function dataSegment(reader: Reader, memory: MemoryType | null): DataSegment {
  const at = reader.pos
  const flags = reader.u32()
  if (flags > 2) refuse('WASM_BAD_ENCODING', 'unknown flags on a data segment', at)
  const memoryIndex = flags === 2 ? reader.u32() : 0
  if (flags !== 1 && (memory === null || memoryIndex !== 0)) refuse('WASM_BAD_INDEX', `memory ${memoryIndex} does not exist`, at)
  const offset = flags === 1 ? null : constantExpression(reader, I32).i32 >>> 0
  const size = reader.u32()
  reader.skip(size)
  if (offset !== null && offset + size > memory!.min * PAGE_BYTES) refuse('WASM_SEGMENT_OUT_OF_BOUNDS', 'a data segment lies outside the initial memory', at)
  return { offset, size }
}
