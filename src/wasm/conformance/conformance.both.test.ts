import { describe, expect, it } from 'vitest'
import { CHARGING_RULES, EXACT_CHARGING } from '../costs.ts'
import { instrument, validateModule } from '../instrument.ts'
import { callExport, startInstance } from '../testdata/raw-run.ts'
import type { Outcome } from '../testdata/raw-run.ts'
import { wat } from '../testdata/wat.ts'
import { CALL_SCRIPTS } from './calls.ts'
import { CONTROL_SCRIPTS } from './control.ts'
import { MEMORY_SCRIPTS } from './memory.ts'
import { NUMERIC } from './numeric.ts'
import { TRAP } from './script.ts'
import type { Script } from './script.ts'
import { VARIABLE_SCRIPTS } from './variables.ts'

/**
 * Semantics of the WebAssembly core specification, for everything this version accepts, in our own cases: the engine by itself,
 * and the metered module under both ways of charging, all have to give what the specification says.
 */
const SECTIONS: Readonly<Record<string, readonly Script[]>> = {
  'integer instructions': NUMERIC,
  memory: MEMORY_SCRIPTS,
  'locals, globals, operands': VARIABLE_SCRIPTS,
  'control constructs': CONTROL_SCRIPTS,
  'calls and tables': CALL_SCRIPTS,
}

const FORMS: Readonly<Record<string, (wasm: Uint8Array) => Uint8Array<ArrayBuffer>>> = {
  plain: (wasm) => wasm.slice(),
  metered: (wasm) => instrument(wasm, {}, { abi: 'none' }, CHARGING_RULES).wasm,
  'metered exactly': (wasm) => instrument(wasm, {}, { abi: 'none' }, EXACT_CHARGING).wasm,
}

/** Enough for a growth by 2^32 − 1 pages, which is charged before it is refused. */
const AMPLE_FUEL = 2 ** 46
/** Expectations checked, so that an empty table of cases cannot pass for a good one. */
let checked = 0

function play({ steps, memory }: Script, wasm: Uint8Array<ArrayBuffer>, form: string): string[] {
  const instance = startInstance(new WebAssembly.Module(wasm))
  const wrong: string[] = []
  const check = (what: string, actual: string, expected: string): void => {
    checked++
    if (actual !== expected) wrong.push(`${form}: ${what} gave ${actual}, not ${expected}`)
  }
  for (const [name, args, expected] of steps) check(`${name}(${args.join()})`, callExport(instance, name, args, AMPLE_FUEL).result, expected)
  if (memory !== undefined) {
    const actual = new Uint8Array((instance.exports['memory'] as WebAssembly.Memory).buffer)
    const differs = actual.findIndex((byte, at) => byte !== (memory[at] ?? 0))
    check('the first byte that differs in memory', String(differs), '-1')
  }
  return wrong
}

/** With one unit less than it uses a call runs out of fuel; with exactly as much it ends the same. */
function playWithBareFuel({ steps }: Script, wasm: Uint8Array<ArrayBuffer>): string[] {
  const module = new WebAssembly.Module(wasm)
  const wrong: string[] = []
  const [name, args] = steps.find(([, , expected]) => expected !== TRAP) ?? []
  if (name === undefined) return wrong
  const run = (fuel?: number): Outcome => callExport(startInstance(module), name, args!, fuel)
  const free = run()
  const bare = run(free.fuelUsed)
  const short = run(free.fuelUsed - 1)
  if (bare.result !== free.result || bare.fuelUsed !== free.fuelUsed) wrong.push(`${name} with bare fuel gave ${bare.result}`)
  if (short.result !== 'out of fuel') wrong.push(`${name} with one unit less gave ${short.result}`)
  checked += 2
  return wrong
}

for (const [section, scripts] of Object.entries(SECTIONS)) {
  describe(section, () => {
    it.each(scripts.map((script) => [script.name, script] as const))('%s', (_, script) => {
      const wasm = wat(script.wat)
      expect(validateModule(wasm, {}, { abi: 'none' })).toEqual({ ok: true, errors: [] })
      const wrong = Object.entries(FORMS).flatMap(([form, make]) => play(script, make(wasm), form))
      expect([...wrong, ...playWithBareFuel(script, FORMS['metered']!(wasm))]).toEqual([])
    })
  })
}

it('is a suite of many cases', () => {
  expect(checked).toBeGreaterThan(100_000)
})
