import { expect, it } from 'vitest'
import { decodeCanonical, encodeCanonical } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { createExecutor, decodeModuleOutput, encodeModuleInput } from '../wasm/index.ts'
import type { ModuleOutput } from '../wasm/index.ts'
import { builtinModules } from './index.ts'
import type { BuiltinModule } from './index.ts'

// The most the kernel's bounds let these modules be told must be well within their limits: they must never fail for being large.

const modules = new Map((await builtinModules(['m5'])).map((module) => [module.manifest.module_id, module]))
const executor = createExecutor({})
const HEIGHT = 9_000_000
/** Of the limit, at most this share: costs may shift a little with every build. */
const SHARE = 0.6

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0')
const agent = (number: number): string => `agent/${hex(number, 32)}`
const alliance = (number: number): string => `alliance/${hex(number, 16)}`

function run(moduleId: string, subject: { readonly facts?: Value; readonly event?: Value; readonly state?: Value }): { readonly output: ModuleOutput; readonly directives: readonly Value[] } {
  const { manifest, wasm } = modules.get(moduleId) as BuiltinModule
  const { facts, event, state } = subject
  const input = encodeModuleInput({
    ctx: {
      v: 'wasm-1', module_id: moduleId, module_version: manifest.version, trace_id: `tick-${HEIGHT}`, time: HEIGHT, stage: manifest.subscriptions.stage,
      origin: { kind: 'tick', id: String(HEIGHT) }, limits: manifest.limits,
    },
    event: encodeCanonical(event ?? { kind: 'tick', height: HEIGHT, facts: facts! }),
    ...(state === undefined ? {} : { state: encodeCanonical(state) }),
  })
  const result = executor.call({ wasm, wasmHash: manifest.wasm_hash, entrypoint: manifest.kind === 'reducer' ? 'reduce' : 'call', input, limits: manifest.limits })
  if (!result.ok) throw new Error(`${moduleId} failed: ${result.failure.code} ${result.failure.detail}`)
  const output = decodeModuleOutput(result.output)
  const directives = output.emits.flatMap(({ payload }) => (payload as { directives: Value[] }).directives)
  expect(result.fuelUsed / manifest.limits.max_gas).toBeLessThan(SHARE)
  expect(result.output.length / manifest.limits.max_output_bytes).toBeLessThan(SHARE)
  expect(output.emits.length).toBeLessThanOrEqual(manifest.limits.max_emits)
  expect(directives.length).toBeLessThanOrEqual(64)
  return { output, directives }
}

it('m5.gameplay.war.core: sixteen wars of full alliances, with as much weariness as it keeps', () => {
  const side = (number: number): Value => ({ alliance_id: alliance(number), members: Array.from({ length: 16 }, (_, index) => agent(number * 16 + index)), reputation: 16_000_000_000, score: 1_600_000_160 })
  const wars = Array.from({ length: 16 }, (_, index): Value => ({
    war_id: `war/${hex(index, 16)}`, intensity: 10, declared_height: HEIGHT - 30, ends_height: HEIGHT, over: true, aggressor: side(index * 2), defender: side(index * 2 + 1),
  }))
  const state = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [alliance(index), { points: 100, height: HEIGHT - index }]))
  const { output, directives } = run('m5.gameplay.war.core', { facts: { wars }, state })
  expect(directives.map((directive) => (directive as { type: string }).type).filter((type) => type === 'war_conclude')).toHaveLength(3)
  expect(output.tick_lifecycle).toEqual({ mode: 'wake_after_ticks', ticks: 1 })
  const kept = decodeCanonical(output.new_state!) as Record<string, { points: number; height: number }>
  expect(Object.keys(kept)).toHaveLength(64)
  // Tired as one can be, and tired anew.
  expect(kept[alliance(0)]).toEqual({ points: 100, height: HEIGHT })
})

it('m5.gameplay.governance.council: sixteen proposals with eight options each, closed at once', () => {
  const option = (index: number): Value => ({ name: `${'ö'.repeat(39)}${index}`, weight: index * 1_000_000 })
  const proposals = Array.from({ length: 16 }, (_, index): Value => ({
    key: `k${'x'.repeat(29)}${hex(index, 2)}`, proposer: agent(index), closes_height: HEIGHT, quorum_weight: 10_000_000, pass_threshold_bps: 10_000, closed: true,
    options: Array.from({ length: 8 }, (_unused, number) => option(number)),
  }))
  expect(run('m5.gameplay.governance.council', { facts: { proposals } }).directives).toHaveLength(16)
})

it('m5.gameplay.crisis.cycle: as many crises as can be, all over', () => {
  const active = Array.from({ length: 4 }, (_, index): Value => ({
    crisis_id: `crisis/${hex(index, 16)}`, kind: 'governance_deadlock', severity: 5, required: 1_000_000, contributed: 999_999, until_height: HEIGHT - 1, over: true,
  }))
  const facts = {
    spawned: 1_000_000, resolved: 0, timed_out: 999_996, last_spawn_height: HEIGHT - 1_000_000, max_active_crises: 4, crisis_interval_blocks: 1_000_000,
    crisis_cooldown_blocks: 1_000_000, crisis_blocks_max: 10_000, agents: 1_000_000, active,
  }
  const { directives } = run('m5.gameplay.crisis.cycle', { facts, state: { streak: 999_996, resolved: 0, timed_out: 999_996 } })
  expect(directives).toHaveLength(5)
  expect(directives[0]).toMatchObject({ type: 'crisis_timeout', penalty: 90 })
  expect(directives[4]).toEqual({ type: 'crisis_spawn', kind: 'solar_storm', severity: 5, lasts_blocks: 10_000 })
})

it('m5.gameplay.economic.overlay: as many as can help in one crisis', () => {
  const payload = { crisis_id: `crisis/${hex(1, 16)}`, kind: 'solar_storm', severity: 5, contributors: Array.from({ length: 64 }, (_, index) => ({ agent: agent(index), amount: 1_000_000, reputation: 12 })) }
  const { directives } = run('m5.gameplay.economic.overlay', { event: { id: '1-1', height: HEIGHT, caused_by: 'event:1-0', kind: 'crisis.resolved', payload } })
  expect(directives).toHaveLength(64)
})

it('m5.gameplay.meta.progression: as many as one tick tells of', () => {
  const pending = Array.from({ length: 32 }, (_, index): Value => ({ agent: agent(index), total: 6_000_000, achievements: ['bronze', 'silver', 'gold', 'platinum'], best_track: 'reliability' }))
  const { directives } = run('m5.gameplay.meta.progression', { facts: { pending, more: 224 } })
  expect(directives).toHaveLength(32)
})
