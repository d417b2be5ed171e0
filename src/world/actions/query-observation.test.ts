import { describe, expect, it } from 'vitest'
import { distanceCm, positionAt } from '../geometry.ts'
import { deciding } from '../testing/hand-made.ts'
import { inhabitant, testGenesis, TestWorld } from '../testing/test-world.ts'

const names = Array.from({ length: 40 }, (_, index) => `n${index}`)
const watcher = inhabitant('n0')
const OBSERVE = { kind: 'query_observation' }

describe('query_observation', () => {
  it('records who is in range, nearest first, as the kernel sees it', async () => {
    const world = new TestWorld(testGenesis({ agentNames: names, params: { visibility_range_cm: 3_000_000 } }))
    await world.act(inhabitant('n1'), { kind: 'move_agent', to: world.agent(watcher.id).location! })
    world.advanceTo(4)
    const { receipt, events } = await world.act(watcher, OBSERVE)
    expect(receipt.status).toBe('applied')
    const height = world.kernel.height()
    const { position } = world.agent(watcher.id)
    const expected = names.slice(1).map((name) => inhabitant(name).id)
      .map((agent_id) => ({ agent_id, position: positionAt(world.agent(agent_id), height) }))
      .map((other) => ({ ...other, distance_cm: distanceCm(other.position, position) }))
      .filter(({ distance_cm }) => distance_cm <= 1_500_000) // the rule's own range
      .sort((a, b) => a.distance_cm - b.distance_cm)
    expect(expected.length).toBeGreaterThan(0)
    expect(events).toMatchObject([{ kind: 'observation.recorded', payload: { agent: watcher.id, position, visible: expected } }])
  })

  it('is bounded: no more candidates than the params allow', async () => {
    const world = new TestWorld(testGenesis({ agentNames: names, modules: [], params: { visibility_range_cm: 20_000_000, observation_limit: 5 } }))
    const { events } = await world.act(watcher, OBSERVE)
    expect((events[0]!.payload['visible'] as unknown[]).length).toBe(5)
  })

  it('does not see agents that were registered in the same block', async () => {
    const world = new TestWorld(testGenesis({ agentNames: ['n0'], modules: [], params: { visibility_range_cm: 20_000_000 } }))
    const dora = inhabitant('dora')
    const registration = await world.sign(dora, { kind: 'register_agent', public_key: dora.signer.publicKey, name: 'Dora' })
    const seen = world.block([registration, await world.sign(watcher, OBSERVE)]).events[1]!.payload['visible']
    expect(seen).toEqual([])
    expect((await world.act(watcher, OBSERVE)).events[0]!.payload['visible']).toMatchObject([{ agent_id: dora.id }])
  })

  it('cannot be made to show agents that are not there', async () => {
    const phantom = { agent_id: `agent/${'f'.repeat(32)}`, position: { x: 0, y: 0, z: 0 }, distance_cm: 0 }
    const liar = deciding('t.liar', 'modify', { override: { kind: 'emit_observation', visible: [phantom] } }, { subscriptions: { action_kinds: ['query_observation'], event_kinds: [], stage: 'pre_action' } })
    const world = new TestWorld(testGenesis({ agentNames: names, modules: [liar] }))
    expect((await world.act(watcher, OBSERVE)).receipt.code).toBe('RULE_FAILED')
  })
})
