import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { OutlineError, outlineOf } from './wasm-outline.ts'

const { parseWat } = await wabt()
const compile = (source: string): Uint8Array => parseWat('m.wat', source).toBinary({ write_debug_names: true }).buffer

const module = compile(`(module
  (import "env" "now" (func $now (result i64)))
  (import "env" "base" (global $base i32))
  (memory (export "memory") 2 16)
  (table 4 funcref)
  (global (mut i32) (i32.const 0))
  (func $begin)
  (func (export "call") (param i32 i32) (result i64) (call $now))
  (start $begin)
  (elem (i32.const 0) $begin)
  (data (i32.const 0) "abc"))`)

describe('the outline of a module', () => {
  const outline = outlineOf(module)

  it('lists every section with its place, size and number of entries', () => {
    const sections = Object.fromEntries(outline.sections.map(({ name, entries }) => [name, entries]))
    expect(sections).toEqual({ type: 3, import: 2, function: 2, table: 1, memory: 1, global: 1, export: 2, start: null, element: 1, code: 2, data: 1, custom: null })
    expect(outline.sections.at(-1)).toMatchObject({ name: 'custom', label: 'name' })
    const last = outline.sections.at(-1)!
    expect(last.offset + last.size).toBe(module.length)
  })

  it('gives types of imports and exports, limits of the memory and the start function', () => {
    expect(outline.imports).toEqual([{ module: 'env', name: 'now', kind: 'function', type: '() → i64' }, { module: 'env', name: 'base', kind: 'global', type: 'i32' }])
    expect(outline.exports).toEqual([{ name: 'memory', kind: 'memory', type: '' }, { name: 'call', kind: 'function', type: '(i32, i32) → i64' }])
    expect(outline.memories).toEqual([{ min: 2, max: 16 }])
    expect(outline.start).toBe(1)
  })

  it('answers anything else with an error of its own, never with another one or a hang', () => {
    expect(() => outlineOf(new Uint8Array(3))).toThrow(OutlineError)
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(module.length), (noise, at) => {
      const damaged = Uint8Array.from([...module.subarray(0, at), ...noise])
      try {
        outlineOf(damaged)
      } catch (error) {
        expect(error).toBeInstanceOf(OutlineError)
      }
    }))
  })
})
