/** A module after its sections are checked; function bodies are still raw ranges of `bytes`. */
export interface ParsedModule {
  readonly bytes: Uint8Array
  readonly types: readonly FunctionType[]
  /** Type index of every function. There are no imports, so function i is body i. */
  readonly functions: readonly number[]
  readonly table: { readonly entries: number } | null
  readonly memory: MemoryType | null
  readonly globals: readonly GlobalVariable[]
  readonly exports: readonly ModuleExport[]
  readonly start: number | null
  readonly elements: readonly ElementSegment[]
  readonly dataSegments: readonly DataSegment[]
  /** A data count section is present: without it memory.init and data.drop are invalid (core 2.0 §3.3.6). */
  readonly hasDataCount: boolean
  readonly bodies: readonly Range[]
  /** Contents of the sections that are copied unchanged, without id and size. */
  readonly sections: ReadonlyMap<number, Range>
}

export interface Range {
  readonly start: number
  readonly end: number
}

/** Value types as bytes: I32 or I64. */
export type TypeList = Uint8Array

export interface FunctionType {
  readonly params: TypeList
  readonly results: TypeList
}

/** In pages of 64 KiB. `max` is already clamped to the limit, and the limit itself if none is declared. */
export interface MemoryType {
  readonly min: number
  readonly max: number
  readonly hasMaximum: boolean
}

export interface GlobalVariable {
  readonly type: number
  readonly mutable: boolean
  /** The constant expression without its `end`: one i32.const or i64.const. */
  readonly initial: Range
}

export type ExportKind = 'function' | 'table' | 'memory' | 'global'
export const EXPORT_KINDS: readonly ExportKind[] = ['function', 'table', 'memory', 'global']

export interface ModuleExport {
  readonly name: string
  readonly kind: ExportKind
  readonly index: number
}

export interface ElementSegment {
  readonly offset: number
  readonly functions: readonly number[]
}

/** `offset` is null for a passive segment. */
export interface DataSegment {
  readonly offset: number | null
  readonly size: number
}

export const Section = {
  custom: 0, type: 1, import: 2, function: 3, table: 4, memory: 5, global: 6, export: 7, start: 8, element: 9, code: 10, data: 11, dataCount: 12, tag: 13,
} as const

export function sameTypes(a: TypeList, b: TypeList): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
