import { describe, expect, it } from 'vitest'
import type { AsteroidRecord } from '../state/records.ts'
import { deciding, emitting, decision } from '../testing/hand-made.ts'
import { inhabitant, testGenesis, TestWorld } from '../testing/test-world.ts'

const ann = inhabitant('ann')
const harvest = (blocks: number): { kind: string; blocks: number } => ({ kind: 'harvest_radiation', blocks })

/** An asteroid with, or without, radiation that costs the least to reach. */
function asteroidWith(world: TestWorld, wanted: (radiation: number) => boolean): string {
  const { asteroids } = world.kernel.view()
  const { position } = world.agent(ann.id)
  const [nearest] = asteroids.ids
    .filter((_, index) => wanted(asteroids.radiation[index]!))
    .map((id) => ({ id, away: Math.hypot((world.read(id) as AsteroidRecord).position.x - position.x, (world.read(id) as AsteroidRecord).position.y - position.y) }))
    .sort((a, b) => a.away - b.away)
  return nearest!.id
}

describe('harvest_radiation', () => {
  it('takes its blocks and then credits what the rule promised', async () => {
    const world = new TestWorld()
    const place = asteroidWith(world, (radiation) => radiation >= 20)
    await world.travel(ann, place)
    const { electricity, nonce } = world.agent(ann.id)
    const { radiation } = world.read(place) as AsteroidRecord
    const { receipt, events } = await world.act(ann, harvest(3))
    const start = world.kernel.height()
    const amount = 3 * (1 + Math.floor(radiation / 10))
    expect(receipt.status).toBe('applied')
    expect(events[0]).toMatchObject({ kind: 'harvest.started', payload: { agent: ann.id, asteroid: place, blocks: 3, amount, capacity: 200, until_height: start + 3 } })
    expect(world.agent(ann.id)).toMatchObject({ electricity, nonce: nonce + 1, task: { kind: 'harvest', until_height: start + 3 } })
    const done = world.advanceTo(start + 3)
    expect(done).toMatchObject([{ kind: 'agent.harvested', caused_by: `schedule:${events[0]!.id}`, payload: { agent: ann.id, amount, promised: amount } }])
    expect(world.agent(ann.id)).toMatchObject({ electricity: electricity + amount, task: null })
  })

  it('keeps the agent busy meanwhile', async () => {
    const world = new TestWorld()
    await world.travel(ann, asteroidWith(world, (radiation) => radiation >= 20))
    await world.act(ann, harvest(5))
    expect(world.kernel.view().agents.activity[world.kernel.view().agents.ids.indexOf(ann.id)]).toBe(2)
    expect((await world.act(ann, harvest(5))).receipt.code).toBe('BUSY')
    expect((await world.act(ann, { kind: 'move_agent', to: 'asteroid/0001' })).receipt).toMatchObject({ code: 'BUSY', detail: { task: 'harvest' } })
  })

  it('is refused where there is no radiation, on the way, and for no or too many blocks', async () => {
    const world = new TestWorld()
    await world.travel(ann, asteroidWith(world, (radiation) => radiation === 0))
    expect((await world.act(ann, harvest(1))).receipt.code).toBe('NO_RADIATION')
    for (const blocks of [0, 21, Number.MAX_SAFE_INTEGER]) expect((await world.act(ann, harvest(blocks))).receipt).toMatchObject({ code: 'INVALID_AMOUNT', detail: { max: 20 } })
    expect((await world.act(ann, harvest(-1))).receipt.code).toBe('BAD_ACTION')
    await world.act(ann, { kind: 'move_agent', to: asteroidWith(world, (radiation) => radiation > 0) })
    expect((await world.act(ann, harvest(1))).receipt.code).toBe('ALREADY_MOVING')
  })

  it('credits no more than fits, and nothing starts when nothing fits', async () => {
    const onHarvest = { subscriptions: { action_kinds: ['harvest_radiation'], event_kinds: [], stage: 'pre_action' } } as const
    const generous = (capacity: number): TestWorld => new TestWorld(testGenesis({
      modules: [emitting('t.power', [decision('modify', { override: { kind: 'emit_harvest', blocks: 2, amount: 1_000 } }), { kind: 'power.storage_limit', payload: { capacity } }], onHarvest)],
      scenario: 'belt-small',
    }))
    const world = generous(130)
    await world.travel(ann, asteroidWith(world, (radiation) => radiation > 0))
    await world.act(ann, harvest(1))
    expect(world.advanceTo(world.kernel.height() + 2).at(-1)).toMatchObject({ kind: 'agent.harvested', payload: { amount: 30, promised: 1_000 } })
    expect(world.agent(ann.id).electricity).toBe(130)
    expect((await world.act(ann, harvest(1))).receipt).toMatchObject({ code: 'STORAGE_FULL', detail: { capacity: 130 } })
  })

  it('needs a rule that says how much: no other electricity comes into the world', async () => {
    for (const modules of [[], [deciding('t.yes', 'allow', {}, { subscriptions: { action_kinds: ['*'], event_kinds: [], stage: 'pre_action' } })]]) {
      const world = new TestWorld(testGenesis({ modules }))
      await world.travel(ann, asteroidWith(world, (radiation) => radiation > 0))
      expect((await world.act(ann, harvest(1))).receipt.code).toBe('RULE_MISSING')
    }
  })
})
