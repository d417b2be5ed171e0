import v8 from 'node:v8'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createExecutor } from './executor.ts'
import { ExecutorHostFault } from './errors.ts'
import { wat } from './testdata/wat.ts'

// A machine short of memory, made to order: this engine refuses to grow any memory beyond four pages.
beforeAll(() => v8.setFlagsFromString('--wasm-max-mem-pages=4'))
afterAll(() => v8.setFlagsFromString('--wasm-max-mem-pages=65536'))

describe('an engine that refuses a growth the module is entitled to', () => {
  it('is a host fault, never a −1 the module could act on', () => {
    const wasm = wat(`(module (memory (export "memory") 1 256)
      (func (export "alloc") (param i32) (result i32) i32.const 0)
      (func (export "reduce") (param i32 i32) (result i32 i32)
        (i32.store (i32.const 0) (memory.grow (i32.load8_u (i32.const 0)))) i32.const 0 i32.const 4))`)
    const executor = createExecutor()
    const grow = (pages: number): unknown =>
      executor.call({ wasm, entrypoint: 'reduce', input: Uint8Array.of(pages), limits: { max_mem_bytes: 16 << 16, max_gas: 1_000_000, max_output_bytes: 10 } })
    expect(grow(3)).toMatchObject({ ok: true, output: Uint8Array.of(1, 0, 0, 0) })
    expect(() => grow(4)).toThrow(ExecutorHostFault)
    expect(grow(16)).toMatchObject({ ok: true, output: Uint8Array.of(255, 255, 255, 255) }) // over its own maximum: an ordinary refusal
    expect(grow(3)).toMatchObject({ ok: true })
  })
})
