import { I32, I64 } from './binary/opcodes.ts'
import { refuse } from './binary/reader.ts'
import type { FunctionType, ParsedModule } from './module.ts'

/**
 * How an entrypoint hands back where its output lies; told apart by the type of the export.
 * - `pair`: (ptr, len) → (ptr, len), WebAssembly multi-value
 * - `packed`: (ptr, len) → i64, low 32 bits ptr, high 32 bits len
 * - `struct`: (out, ptr, len) → (), the host allocates 8 bytes at `out` and reads ptr and len there, little-endian
 */
export type ReturnForm = 'pair' | 'packed' | 'struct'

export const ENTRYPOINTS = ['reduce', 'call'] as const
export type Entrypoint = (typeof ENTRYPOINTS)[number]

export interface ModuleInterface {
  readonly entrypoints: Readonly<Partial<Record<Entrypoint, ReturnForm>>>
}

/** The exports of interface `wasm-1`: `memory` with a declared maximum, `alloc(len) → ptr`, and `reduce` or `call`. Throws WasmError. */
export function checkInterface(module: ParsedModule): ModuleInterface {
  const find = (name: string): ParsedModule['exports'][number] | undefined => module.exports.find((entry) => entry.name === name)
  if (find('memory')?.kind !== 'memory') refuse('WASM_NO_MEMORY', 'export the memory as "memory"', -1)
  if (!module.memory!.hasMaximum) refuse('WASM_NO_MEMORY_MAXIMUM', 'declare a maximum memory, in pages of 64 KiB (linkers: --max-memory, asc: --maximumMemory)', -1)
  const typeOf = (name: string): FunctionType | null => {
    const entry = find(name)
    return entry?.kind === 'function' ? module.types[module.functions[entry.index]!]! : null
  }
  const alloc = typeOf('alloc')
  if (alloc === null) refuse('WASM_NO_ALLOC', 'export a function "alloc(len: i32) -> i32"', -1)
  if (signature(alloc) !== 'i>i') refuse('WASM_BAD_SIGNATURE', '"alloc" must take one i32 and return one i32', -1)

  const entrypoints: Partial<Record<Entrypoint, ReturnForm>> = {}
  for (const name of ENTRYPOINTS) {
    if (find(name) === undefined) continue
    const type = typeOf(name)
    const form = type === null ? undefined : RETURN_FORMS[signature(type)]
    if (form === undefined) {
      refuse('WASM_BAD_SIGNATURE', `"${name}" must be a function (i32, i32) -> (i32, i32), (i32, i32) -> i64 or (i32, i32, i32) -> ()`, -1)
    }
    entrypoints[name] = form
  }
  if (entrypoints.reduce === undefined && entrypoints.call === undefined) {
    refuse('WASM_NO_ENTRYPOINT', 'export "reduce" (a reducer) or "call" (a pure module)', -1)
  }
  return { entrypoints }
}

const RETURN_FORMS: Readonly<Record<string, ReturnForm>> = { 'ii>ii': 'pair', 'ii>I': 'packed', 'iii>': 'struct' }
const LETTERS: Readonly<Record<number, string>> = { [I32]: 'i', [I64]: 'I' }

function signature({ params, results }: FunctionType): string {
  const letters = (types: Uint8Array): string => Array.from(types, (type) => LETTERS[type]).join('')
  return `${letters(params)}>${letters(results)}`
}
