import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256, toHex } from '../codec/index.ts'
import { createExecutor } from './executor.ts'
import type { CallLimits, ModuleCall, ModuleCallResult } from './executor-types.ts'
import { ExecutorHostFault, ModuleHashMismatch, WasmError } from './errors.ts'
import { randomWasm1Module } from './testdata/random-module.ts'
import { Random } from './testdata/random.ts'
import { wat } from './testdata/wat.ts'

const LIMITS: CallLimits = { max_mem_bytes: 1 << 20, max_gas: 100_000, max_output_bytes: 1000 }
const INPUT = Uint8Array.of(1, 2, 3)

/** A bump allocator from 1024 on. */
const BUMP = `
  (memory (export "memory") 1 256)
  (global $heap (mut i32) (i32.const 1024))
  (func (export "alloc") (param $size i32) (result i32)
    (global.set $heap (i32.add (global.get $heap) (local.get $size)))
    (i32.sub (global.get $heap) (local.get $size)))`

/** A reducer with return form (i32, i32) and this body; locals 0 and 1 are the input's ptr and len. */
function reducer(body: string, rest = ''): Uint8Array {
  return wat(`(module ${BUMP} ${rest} (func $reduce (export "reduce") (param i32 i32) (result i32 i32) ${body}))`)
}

const ECHO: Readonly<Record<string, Uint8Array>> = {
  'multi-value': reducer('local.get 0 local.get 1'),
  'packed i64': wat(`(module ${BUMP} (func (export "reduce") (param i32 i32) (result i64)
    (i64.or (i64.shl (i64.extend_i32_u (local.get 1)) (i64.const 32)) (i64.extend_i32_u (local.get 0)))))`),
  'struct pointer': wat(`(module ${BUMP} (func (export "reduce") (param $out i32) (param $ptr i32) (param $len i32)
    (i32.store (local.get $out) (local.get $ptr)) (i32.store offset=4 (local.get $out) (local.get $len))))`),
}

function call(wasm: Uint8Array, change: Partial<ModuleCall> = {}): ModuleCallResult {
  return createExecutor().call({ wasm, entrypoint: 'reduce', input: INPUT, limits: LIMITS, ...change })
}

describe('return forms', () => {
  it.each(Object.entries(ECHO))('%s hands back the output', (_, wasm) => {
    const result = call(wasm)
    expect(result).toMatchObject({ ok: true, output: INPUT })
    expect(result.fuelUsed).toBeGreaterThan(0)
  })

  it.each(Object.entries(ECHO))('%s hands back an empty output', (_, wasm) => {
    expect(call(wasm, { input: new Uint8Array(0) })).toMatchObject({ ok: true, output: new Uint8Array(0) })
  })

  it('runs `call` beside `reduce`, each in its own form', () => {
    const wasm = wat(`(module ${BUMP}
      (func (export "reduce") (param i32 i32) (result i32 i32) i32.const 0 i32.const 0)
      (func (export "call") (param i32 i32) (result i64) i64.const 0x200000000))`)
    expect(call(wasm).output).toHaveLength(0)
    expect(call(wasm, { entrypoint: 'call' }).output).toHaveLength(2)
  })

  it('reads pointers as unsigned: an output at 2^31 and beyond is outside memory, not negative', () => {
    expect(call(reducer('i32.const -8 i32.const 4'))).toMatchObject({ ok: false, failure: { code: 'INVALID_OUTPUT' } })
  })
})

const LOOP = 'loop br 0 end unreachable'
const FAILURES: readonly (readonly [name: string, wasm: Uint8Array, code: string, detail: string, fuel: 'all' | 'some' | 'none', change?: Partial<ModuleCall>])[] = [
  ['an endless loop', reducer(LOOP), 'OUT_OF_FUEL', 'fuel limit reached', 'all'],
  ['an endless loop in alloc', wat(`(module (memory (export "memory") 1 256) (func (export "alloc") (param i32) (result i32) ${LOOP}) (func (export "reduce") (param i32 i32 i32)))`), 'OUT_OF_FUEL', 'fuel limit reached', 'all'],
  ['an endless loop in the alloc of the return slot', wat(`(module (memory (export "memory") 1 256) (global $n (mut i32) (i32.const 0))
    (func (export "alloc") (param i32) (result i32) (if (global.get $n) (then (loop br 0))) (global.set $n (i32.const 1)) i32.const 0) (func (export "reduce") (param i32 i32 i32)))`),
    'OUT_OF_FUEL', 'fuel limit reached', 'all'],
  ['an endless loop at start', reducer('local.get 0 local.get 1', '(func $s loop br 0 end) (start $s)'), 'OUT_OF_FUEL', 'fuel limit reached', 'all'],
  ['an endless loop of calls', reducer(`call $a ${LOOP}`, '(func $a loop call $b br 0 end) (func $b)'), 'OUT_OF_FUEL', 'fuel limit reached', 'all'],
  ['no fuel at all', ECHO['multi-value']!, 'OUT_OF_FUEL', 'fuel limit reached', 'all', { limits: { ...LIMITS, max_gas: 0 } }],
  ['a huge fill it cannot pay for', reducer('i32.const 0 i32.const 1 i32.const -1 memory.fill local.get 0 local.get 1'), 'OUT_OF_FUEL', 'fuel limit reached', 'all'],
  ['growth it cannot pay for', reducer('i32.const -1 memory.grow drop local.get 0 local.get 1'), 'OUT_OF_FUEL', 'fuel limit reached', 'all'],
  ['unreachable', reducer('unreachable'), 'TRAP', 'the module trapped', 'all'],
  ['division by zero', reducer('i32.const 1 i32.const 0 i32.div_s drop local.get 0 local.get 1'), 'TRAP', 'the module trapped', 'all'],
  ['a load outside memory', reducer('i32.const 65536 i32.load drop local.get 0 local.get 1'), 'TRAP', 'the module trapped', 'all'],
  ['an indirect call of the wrong type', reducer('i32.const 0 call_indirect (result i64) drop local.get 0 local.get 1', '(table 1 funcref) (func $f) (elem (i32.const 0) $f)'), 'TRAP', 'the module trapped', 'all'],
  ['a trap at start', reducer('local.get 0 local.get 1', '(func $s unreachable) (start $s)'), 'TRAP', 'the module trapped', 'all'],
  ['endless recursion', reducer('local.get 0 local.get 1 call $reduce'), 'TRAP', 'call stack exhausted', 'all'],
  ['endless recursion through the table', reducer('call $f local.get 0 local.get 1', '(table 1 funcref) (func $f i32.const 0 call_indirect) (elem (i32.const 0) $f)'), 'TRAP', 'call stack exhausted', 'all'],
  ['an output over the limit', reducer('i32.const 0 i32.const 1001'), 'OUTPUT_TOO_LARGE', 'the output is larger than max_output_bytes', 'some'],
  ['an output that starts outside memory', reducer('i32.const 70000 i32.const 1'), 'INVALID_OUTPUT', 'the output lies outside memory', 'some'],
  ['an output that ends outside memory', reducer('i32.const 65530 i32.const 7'), 'INVALID_OUTPUT', 'the output lies outside memory', 'some'],
  ['an output of no bytes that starts outside memory', reducer('i32.const 65537 i32.const 0'), 'INVALID_OUTPUT', 'the output lies outside memory', 'some'],
  ['an output whose end wraps around 32 bits', reducer('i32.const -4 i32.const 8'), 'INVALID_OUTPUT', 'the output lies outside memory', 'some'],
  ['an output of 4 GiB', reducer('i32.const 0 i32.const -1'), 'OUTPUT_TOO_LARGE', 'the output is larger than max_output_bytes', 'some'],
  ['a packed output whose end wraps around', wat(`(module ${BUMP} (func (export "reduce") (param i32 i32) (result i64) i64.const 0x00000008fffffffc))`), 'INVALID_OUTPUT', 'the output lies outside memory', 'some'],
  ['a packed output with all bits set', wat(`(module ${BUMP} (func (export "reduce") (param i32 i32) (result i64) i64.const -1))`), 'OUTPUT_TOO_LARGE', 'the output is larger than max_output_bytes', 'some'],
  ['a struct whose pointer lies', wat(`(module ${BUMP} (func (export "reduce") (param $out i32) (param i32 i32)
    (i64.store (local.get $out) (i64.const 0x00000008fffffffc))))`), 'INVALID_OUTPUT', 'the output lies outside memory', 'some'],
  ['alloc with room for all but the last byte of the input', wat(`(module (memory (export "memory") 1 256) (func (export "alloc") (param i32) (result i32) i32.const 65534) (func (export "reduce") (param i32 i32) (result i64) i64.const 0))`),
    'INVALID_OUTPUT', 'alloc returned a range outside memory', 'some'],
  ['memory grown to its limit and past it, giving up there', reducer('loop i32.const 1 memory.grow i32.const -1 i32.ne br_if 0 end unreachable'), 'TRAP', 'the module trapped', 'all'],
  ['memory grown to its limit and past it, writing there', reducer('i32.const 15 memory.grow drop (i32.store (i32.const 0x100000) (memory.grow (i32.const 1))) local.get 0 local.get 1'), 'TRAP', 'the module trapped', 'all'],
  ['memory grown until the fuel is gone', reducer('loop i32.const 0 memory.grow drop i32.const 1 memory.grow drop br 0 end unreachable'), 'OUT_OF_FUEL', 'fuel limit reached', 'all'],
  ['alloc that points outside memory', wat(`(module (memory (export "memory") 1 256) (func (export "alloc") (param i32) (result i32) i32.const -1) (func (export "reduce") (param i32 i32 i32)))`), 'INVALID_OUTPUT', 'alloc returned a range outside memory', 'some'],
  ['alloc with no room for the return slot', wat(`(module (memory (export "memory") 1 256) (func (export "alloc") (param i32) (result i32) i32.const 65533) (func (export "reduce") (param i32 i32 i32)))`), 'INVALID_OUTPUT', 'alloc returned a return slot outside memory', 'some'],
  ['an unknown entrypoint', ECHO['multi-value']!, 'SANDBOX_UNAVAILABLE', 'the module does not export this entrypoint', 'none', { entrypoint: 'call' }],
  ['an entrypoint that is no entrypoint', ECHO['multi-value']!, 'SANDBOX_UNAVAILABLE', 'the module does not export this entrypoint', 'none', { entrypoint: 'alloc' }],
  ['bytes that are no module', INPUT, 'SANDBOX_UNAVAILABLE', 'the module may not run: WASM_BAD_HEADER', 'none'],
  ['a module that needs more memory than it may have', ECHO['multi-value']!, 'SANDBOX_UNAVAILABLE', 'the module may not run: WASM_LIMIT', 'none', { limits: { ...LIMITS, max_mem_bytes: 65_535 } }],
]

describe('failures are told apart', () => {
  for (const [name, wasm, code, detail, fuel, change = {}] of FAILURES) {
    it(name, () => {
      const result = call(wasm, change)
      expect(result).toMatchObject({ ok: false, failure: { code, detail } })
      const limit = (change.limits ?? LIMITS).max_gas
      if (fuel === 'some') {
        expect(result.fuelUsed).toBeGreaterThan(0)
        expect(result.fuelUsed).toBeLessThan(limit)
      } else {
        expect(result.fuelUsed).toBe(fuel === 'all' ? limit : 0)
      }
    })
  }

  it('leave no trace: the next call on the same executor gives what a first call gives', () => {
    const flip = reducer('(if (i32.eqz (local.get 1)) (then unreachable)) (i32.store8 (i32.const 9) (i32.add (i32.load8_u (i32.const 9)) (i32.const 1))) i32.const 9 i32.const 1')
    const executor = createExecutor()
    const run = (input: Uint8Array): ModuleCallResult => executor.call({ wasm: flip, entrypoint: 'reduce', input, limits: LIMITS })
    const first = run(INPUT)
    expect(first).toMatchObject({ ok: true, output: Uint8Array.of(1) })
    expect(run(new Uint8Array(0))).toMatchObject({ ok: false, failure: { code: 'TRAP' } })
    expect(run(INPUT)).toEqual(first)
  })

  it('a failed growth within the declared bounds is visible to the module, one beyond them too', () => {
    const grow = reducer('(i32.store (i32.const 0) (i32.const 20) (memory.grow)) i32.const 0 i32.const 4')
    expect(call(grow).output).toEqual(Uint8Array.of(255, 255, 255, 255)) // 1 MiB allows 16 pages
    expect(call(grow, { limits: { ...LIMITS, max_mem_bytes: 21 << 16 } }).output).toEqual(Uint8Array.of(1, 0, 0, 0))
  })
})

describe('fuel', () => {
  it('is a safe integer, the same on every call', () => {
    const executor = createExecutor()
    const used = Array.from({ length: 5 }, () => executor.call({ wasm: ECHO['struct pointer']!, entrypoint: 'reduce', input: INPUT, limits: LIMITS }).fuelUsed)
    expect(new Set(used).size).toBe(1)
    expect(Number.isSafeInteger(used[0])).toBe(true)
  })

  it('used is exactly the least limit that suffices', () => {
    const wasm = reducer('(local $i i32) loop (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 0 (i32.lt_u (local.get $i) (i32.const 50))) end local.get 0 local.get 1')
    const { fuelUsed } = call(wasm)
    const withFuel = (max_gas: number): ModuleCallResult => call(wasm, { limits: { ...LIMITS, max_gas } })
    expect(withFuel(fuelUsed)).toMatchObject({ ok: true, fuelUsed })
    expect(withFuel(fuelUsed - 1)).toMatchObject({ ok: false, failure: { code: 'OUT_OF_FUEL' }, fuelUsed: fuelUsed - 1 })
  })

  it('refuses limits that are no integers in range, since they come from our own code', () => {
    for (const max_gas of [-1, 1.5, Number.NaN, 2 ** 47]) expect(() => call(ECHO['packed i64']!, { limits: { ...LIMITS, max_gas } })).toThrow(RangeError)
    expect(call(ECHO['packed i64']!, { limits: { ...LIMITS, max_gas: 2 ** 47 - 1 } }).ok).toBe(true)
  })
})

describe('instances', () => {
  it('are reset between calls with nothing left over: results and fuel equal those of fresh instances', () => {
    fc.assert(fc.property(fc.nat(), (seed) => {
      const random = new Random(seed)
      const wasm = randomWasm1Module(seed)
      const shared = createExecutor()
      const limits = { ...LIMITS, max_output_bytes: 10_000 }
      for (let i = 0; i < 6; i++) {
        const request: ModuleCall = {
          wasm,
          entrypoint: 'reduce',
          input: Uint8Array.from({ length: random.below(20) }, () => random.below(256)),
          limits: { ...limits, max_gas: random.pick([limits.max_gas, 2000, 300, 100]) },
        }
        expect(shared.call(request)).toEqual(createExecutor().call(request))
      }
    }), { numRuns: 60 })
  })

  it('are reused while they can be restored', () => {
    const executor = createExecutor()
    for (let i = 0; i < 10; i++) executor.call({ wasm: ECHO['multi-value']!, entrypoint: 'reduce', input: INPUT, limits: LIMITS })
    expect(executor.stats()).toMatchObject({ calls: 10, instantiations: 1, resets: 9, modules: 1, moduleHits: 9, moduleMisses: 1 })
  })

  it('are replaced when the module grew its memory or has passive segments', () => {
    const grows = reducer('i32.const 1 memory.grow drop local.get 0 local.get 1')
    const passive = reducer('data.drop 0 local.get 0 local.get 1', '(data "abc")')
    for (const wasm of [grows, passive]) {
      const executor = createExecutor()
      const results = Array.from({ length: 3 }, () => executor.call({ wasm, entrypoint: 'reduce', input: INPUT, limits: LIMITS }))
      expect(results.every((result) => result.ok)).toBe(true)
      expect(executor.stats()).toMatchObject({ instantiations: 3, resets: 0, instances: 0 })
    }
  })

  it('and compiled modules are bounded, whatever the caller does', () => {
    const executor = createExecutor({ maxModules: 40, maxInstances: 1000 })
    for (let i = 0; i < 50; i++) {
      const result = executor.call({ wasm: reducer(`i32.const ${i} i32.const 1`), entrypoint: 'reduce', input: INPUT, limits: LIMITS })
      expect(result.ok).toBe(true)
    }
    expect(executor.stats()).toMatchObject({ modules: 40, instances: 32 })
    executor.dispose()
    expect(executor.stats()).toMatchObject({ modules: 0, instances: 0 })
  })

  it('of one module under different memory limits are kept apart', () => {
    const size = reducer('(i32.store (i32.const 0) (i32.const 3) (memory.grow)) i32.const 0 i32.const 4')
    const executor = createExecutor()
    const run = (pages: number): Uint8Array | undefined =>
      executor.call({ wasm: size, entrypoint: 'reduce', input: INPUT, limits: { ...LIMITS, max_mem_bytes: pages << 16 } }).output
    expect([run(3)![0], run(4)![0], run(3)![0]]).toEqual([255, 1, 255])
  })

  it('are found by the hash of their bytes, whatever array holds them', () => {
    const executor = createExecutor()
    const wasm = ECHO['multi-value']!
    for (const bytes of [wasm, wasm.slice()]) executor.call({ wasm: bytes, entrypoint: 'reduce', input: INPUT, limits: LIMITS })
    expect(executor.stats()).toMatchObject({ moduleHits: 1, moduleMisses: 1 })
  })
})

describe('a content hash', () => {
  const good = ECHO['multi-value']!
  const evil = reducer('unreachable')
  const hashOf = (wasm: Uint8Array): string => toHex(sha256(wasm))

  it('is accepted when it is that of the bytes', () => {
    expect(call(good, { wasmHash: hashOf(good) })).toMatchObject({ ok: true, output: INPUT })
  })

  it('of other bytes is refused by throwing, before anything runs, and poisons nothing', () => {
    const executor = createExecutor()
    const run = (wasm: Uint8Array, wasmHash: string): ModuleCallResult => executor.call({ wasm, wasmHash, entrypoint: 'reduce', input: INPUT, limits: LIMITS })
    expect(() => run(evil, hashOf(good))).toThrow(expect.objectContaining({ code: 'MODULE_HASH_MISMATCH', detail: { expected: hashOf(good), actual: hashOf(evil) } }))
    expect(() => executor.prepare(evil, { wasmHash: hashOf(good) })).toThrow(ModuleHashMismatch)
    expect(executor.stats()).toMatchObject({ calls: 0, modules: 0 })
    expect(run(good, hashOf(good))).toMatchObject({ ok: true, output: INPUT })
    expect(() => run(evil, hashOf(good))).toThrow(ModuleHashMismatch)
    expect(run(good, hashOf(good))).toMatchObject({ ok: true, output: INPUT })
  })

  it('is checked anew before compiling: an array changed after it was hashed never gets into the cache', () => {
    const executor = createExecutor()
    const bytes = good.slice()
    const run = (pages: number): ModuleCallResult => executor.call({ wasm: bytes, entrypoint: 'reduce', input: INPUT, limits: { ...LIMITS, max_mem_bytes: pages << 16 } })
    const before = run(2)
    bytes[bytes.length - 1]! ^= 1
    expect(run(2)).toEqual(before) // found under its hash: what was compiled are the bytes of that hash
    expect(() => run(3)).toThrow(ModuleHashMismatch) // other pages, so it would be compiled again
  })
})

describe('stats', () => {
  it('count calls, fuel and failures, altogether and by module', () => {
    const executor = createExecutor()
    const modules = { echo: ECHO['multi-value']!, trap: reducer('unreachable') }
    const run = (wasm: Uint8Array, change: Partial<ModuleCall> = {}): ModuleCallResult => executor.call({ wasm, entrypoint: 'reduce', input: INPUT, limits: LIMITS, ...change })
    const echoed = run(modules.echo)
    run(modules.echo)
    run(modules.echo, { entrypoint: 'call' })
    run(modules.trap)
    const { calls, fuelUsed, failures, byModule } = executor.stats()
    expect({ calls, fuelUsed, failures }).toEqual({ calls: 4, fuelUsed: 2 * echoed.fuelUsed + LIMITS.max_gas, failures: { SANDBOX_UNAVAILABLE: 1, TRAP: 1 } })
    const expected = [
      { wasmHash: toHex(sha256(modules.echo)), calls: 3, fuelUsed: 2 * echoed.fuelUsed, failures: { SANDBOX_UNAVAILABLE: 1 } },
      { wasmHash: toHex(sha256(modules.trap)), calls: 1, fuelUsed: LIMITS.max_gas, failures: { TRAP: 1 } },
    ]
    expect(byModule).toEqual(expected.toSorted((a, b) => (a.wasmHash < b.wasmHash ? -1 : 1)))
  })

  it('are a copy, and stay bounded while the totals go on', () => {
    const executor = createExecutor({ maxModules: 2, maxInstances: 1 })
    const { byModule } = executor.stats()
    for (let i = 0; i < 300; i++) executor.call({ wasm: Uint8Array.of(i & 255, i >> 8), entrypoint: 'reduce', input: INPUT, limits: LIMITS })
    expect(byModule).toEqual([])
    const after = executor.stats()
    expect(after).toMatchObject({ calls: 300, failures: { SANDBOX_UNAVAILABLE: 300 } })
    expect(after.byModule).toHaveLength(256)
  })
})

describe('prepare', () => {
  it('compiles ahead, so that the first call finds the module', () => {
    const executor = createExecutor()
    executor.prepare(ECHO['multi-value']!, { maxMemBytes: LIMITS.max_mem_bytes })
    executor.call({ wasm: ECHO['multi-value']!, entrypoint: 'reduce', input: INPUT, limits: LIMITS })
    expect(executor.stats()).toMatchObject({ moduleHits: 1, moduleMisses: 1 })
  })

  it('throws why a module may not run', () => {
    expect(() => createExecutor().prepare(INPUT)).toThrow(WasmError)
  })
})

describe('an engine that fails', () => {
  it('is a host fault, never a result: native stack overflow inside a module', () => {
    // 1,000 frames are within the module's stack, but not within what is left of ours near its end.
    const deep = reducer('i32.const 1000 call $down local.get 0 local.get 1', '(func $down (param i32) local.get 0 if local.get 0 i32.const 1 i32.sub call $down end)')
    const executor = createExecutor()
    const request: ModuleCall = { wasm: deep, entrypoint: 'reduce', input: INPUT, limits: LIMITS }
    const expected = executor.call(request)
    expect(expected.ok).toBe(true)
    const outcomes: (ModuleCallResult | string)[] = []
    const descend = (): void => {
      try {
        descend()
      } catch {
        // Fewer frames of ours at every retry on the way back up.
      }
      if (outcomes.at(-1) === 'ok') return
      try {
        const result = executor.call(request)
        outcomes.push(JSON.stringify(result) === JSON.stringify(expected) ? 'ok' : result)
      } catch (error) {
        outcomes.push(error instanceof ExecutorHostFault ? 'host fault' : 'our own stack')
      }
    }
    descend()
    expect(new Set(outcomes)).toEqual(new Set(['our own stack', 'host fault', 'ok']))
  })
})
