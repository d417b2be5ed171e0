import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeCanonical, encodeCanonical, sha256, toHex } from '../src/codec/index.ts'
import type { Value } from '../src/codec/index.ts'
import { createExecutor, decodeModuleOutput, encodeModuleInput } from '../src/wasm/index.ts'
import type { ModuleCallInput, ModuleCallResult, ModuleOutput } from '../src/wasm/index.ts'
import { compileModule } from './build/compile.ts'
import { compilerVersionOf, readToolchain } from './build/toolchain.ts'

/** Answers about whatever it is asked, with every form of output. */
const PROBE = `
import { Item, ListWriter, MapWriter, Output, Writer, allow, decodeActionCall, decodeEventCall, decodeTickCall, plan } from './sdk'
export { alloc } from './sdk'

export function call(ptr: usize, len: usize): u64 {
  const judged = decodeActionCall(ptr, len)
  const facts = judged.facts
  const sums = new MapWriter()
  const each = facts.field('stock').entries()
  while (each.next()) sums.intAt(each.key, each.value.int() + facts.field('more').intOr('iron', -5))
  return plan('t.plan', sums.done()).decide(allow().costElectricity(3).note(judged.action.find('missing') == null ? 'absent' : 'present')).pack()
}

export function reduce(ptr: usize, len: usize): u64 {
  const tick = decodeTickCall(ptr, len)
  if (tick.stage.isText('tick')) {
    const facts = tick.facts
    const answer = new Output().emit('t.tick', new MapWriter().bool('told', facts != null).int('height', tick.height).done())
    return (facts ? answer.wakeAfter(facts.field('ticks').int()) : answer.suspend()).pack()
  }
  const event = decodeEventCall(ptr, len)
  if (event.isKind('t.order')) return reordered(event.payload)
  const before = event.state
  const state = new MapWriter()
    .int('calls', before ? before.field('calls').int() + 1 : 1)
    .item('last', event.id)
    .item('because', event.causedBy)
    .item('of', event.kind)
    .null('no')
    .text('a', 'x')
    .put('list', new ListWriter().int(-1).text('y').item(event.payload).put(new Writer().bool(true)).done())
  return new Output()
    .keep(state.done())
    .direct(new ListWriter().put(new MapWriter().text('type', 'war_conclude').done()))
    .effect('http.fetch', 'net', new MapWriter().text('path', '/').done())
    .emit('t.same', new Writer().bool(before ? before.field('of').equals(event.kind) : false))
    .pack()
}

/** A map of the pairs in the payload, in their order, and what is found in it under each key. */
function reordered(payload: Item): u64 {
  const map = new MapWriter()
  const pairs = payload.list()
  while (pairs.hasNext()) {
    const pair = pairs.next().list()
    map.itemAt(pair.next(), pair.next())
  }
  return new Output().emit('t.map', map.done()).pack()
}
`

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LIMITS = { max_mem_bytes: 524_288, max_gas: 5_000_000, max_call_rate: 100, max_output_bytes: 65_536, max_effects: 4, max_emits: 8 }

let folder: string
let wasm: Uint8Array
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sdk-'))
  await cp(join(ROOT, 'artifacts/modules/sdk'), join(folder, 'probe/sdk'), { recursive: true })
  await writeFile(join(folder, 'probe/probe.ts'), PROBE)
  wasm = await compileModule({ sourceRoot: folder, entry: 'probe/probe.ts', folders: ['probe'], compilerVersion: compilerVersionOf(await readToolchain(ROOT)) })
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

const executor = createExecutor({})

function ask(entrypoint: 'call' | 'reduce', stage: string, about: Omit<ModuleCallInput, 'ctx'>): ModuleCallResult {
  const ctx = { v: 'wasm-1' as const, module_id: 't.probe', module_version: '1.0.0', trace_id: 't', time: 7, stage, origin: { kind: 'event', id: '1-2' }, limits: LIMITS }
  return executor.call({ wasm, wasmHash: toHex(sha256(wasm)), entrypoint, input: encodeModuleInput({ ctx, ...about }), limits: LIMITS })
}

/** Its output, which must be canonical to the last byte. */
function answer(...question: Parameters<typeof ask>): ModuleOutput {
  const result = ask(...question)
  if (!result.ok) throw new Error(result.failure.code)
  decodeCanonical(result.output)
  return decodeModuleOutput(result.output)
}

const event = (kind: string, payload: Value): Uint8Array => encodeCanonical({ id: '1-2', height: 7, caused_by: 'block', kind, payload })

describe('a call about an action', () => {
  const judged = (action: Value, facts: Value): Uint8Array => encodeCanonical({ action_id: 'ab', actor: 'agent/1', action, facts })

  it('reads optional fields and every field of a map, and answers with a plan and a decision', () => {
    const decision = (note: string): Value => ({ verdict: 'allow', cost: { electricity: 3 }, notes: [note], override_action: null })
    expect(answer('call', 'pre_action', { action: judged({ kind: 'x' }, { stock: { iron: 1, zinc: 20, ux: 300 }, more: {} }) }).emits).toEqual([
      { kind: 't.plan', payload: { iron: -4, zinc: 15, ux: 295 } }, { kind: 'rule.decision', payload: decision('absent') },
    ])
    expect(answer('call', 'pre_action', { action: judged({ kind: 'x', missing: 0 }, { stock: { iron: 1 }, more: { iron: 10 } }) }).emits).toEqual([
      { kind: 't.plan', payload: { iron: 11 } }, { kind: 'rule.decision', payload: decision('present') },
    ])
  })

  it('traps without an action', () => {
    expect(ask('call', 'pre_action', {}).failure?.code).toBe('TRAP')
  })
})

describe('a call about an event', () => {
  it('reads the event and the state, and answers with a state, directives and effects', () => {
    const told = (of: string, calls: number, payload: Value): Value => ({ calls, last: '1-2', because: 'block', of, no: null, a: 'x', list: [-1, 'y', payload, true] })
    const first = answer('reduce', 'post_event', { event: event('t.one', { n: 5 }) })
    expect(first).toEqual({
      new_state: encodeCanonical(told('t.one', 1, { n: 5 })),
      effects: [{ kind: 'http.fetch', cap_ref: 'net', params: { path: '/' } }],
      emits: [{ kind: 'gameplay.lifecycle.directives', payload: { directives: [{ type: 'war_conclude' }] } }, { kind: 't.same', payload: false }],
    })
    const second = answer('reduce', 'post_event', { event: event('t.one', 'ü'), state: first.new_state! })
    expect(second.new_state).toEqual(encodeCanonical(told('t.one', 2, 'ü')))
    expect(second.emits[1]).toEqual({ kind: 't.same', payload: true })
    expect(answer('reduce', 'post_event', { event: event('t.two', 0), state: second.new_state! }).emits[1]).toEqual({ kind: 't.same', payload: false })
  })

  it('traps without an event, and on a state it did not write', () => {
    expect(ask('reduce', 'post_event', {}).failure?.code).toBe('TRAP')
    expect(ask('reduce', 'post_event', { event: event('t.one', 0), state: Uint8Array.of(0xff) }).failure?.code).toBe('TRAP')
    expect(ask('reduce', 'post_event', { event: event('t.one', 0), state: encodeCanonical({ count: 1 }) }).failure?.code).toBe('TRAP')
  })
})

describe('a tick', () => {
  it('may come with facts or without, and says when to come next', () => {
    expect(answer('reduce', 'tick', {})).toEqual({ effects: [], emits: [{ kind: 't.tick', payload: { told: false, height: 7 } }], tick_lifecycle: { mode: 'suspend' } })
    expect(answer('reduce', 'tick', { event: encodeCanonical({ kind: 'tick', height: 7, facts: { ticks: 300 } }) })).toEqual({
      effects: [], emits: [{ kind: 't.tick', payload: { told: true, height: 7 } }], tick_lifecycle: { mode: 'wake_after_ticks', ticks: 300 },
    })
  })
})

describe('a map writer', () => {
  const write = (pairs: readonly (readonly [string, Value])[]): ModuleCallResult => ask('reduce', 'post_event', { event: event('t.order', pairs as unknown as Value) })

  it('puts fields in canonical order, whatever the order they come in', () => {
    const keys = fc.uniqueArray(fc.oneof(fc.string({ maxLength: 4 }), fc.string({ unit: 'grapheme', maxLength: 40 })), { maxLength: 40 })
    const value = fc.oneof(fc.integer(), fc.constant(null), fc.string({ unit: 'grapheme', maxLength: 30 }), fc.array(fc.nat(), { maxLength: 4 }))
    fc.assert(fc.property(keys.filter((all) => !all.includes('__proto__')), fc.infiniteStream(value), (names, values) => {
      const pairs = names.map((name): [string, Value] => [name, values.next().value as Value])
      const { output } = write(pairs)
      expect(output).toEqual(encodeCanonical({ effects: [], emits: [{ kind: 't.map', payload: Object.fromEntries(pairs) }] }))
    }), { numRuns: 300 })
  })

  it('grows far beyond its first room', () => {
    const pairs = Array.from({ length: 200 }, (_, index): [string, Value] => [`key ${(index * 7919) % 200}`, 'x'.repeat(index)])
    expect(write(pairs).output).toEqual(encodeCanonical({ effects: [], emits: [{ kind: 't.map', payload: Object.fromEntries(pairs) }] }))
  })

  it('traps on a name given twice', () => {
    for (const pairs of [[['a', 1], ['a', 1]], [['b', 1], ['a', 2], ['b', 3]], [['a', 1], ['b', 2], ['c', 3], ['a', 4]]] as const) expect(write(pairs).failure?.code).toBe('TRAP')
  })
})
