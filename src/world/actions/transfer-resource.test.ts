import { describe, expect, it } from 'vitest'
import type { ValueMap } from '../../codec/index.ts'
import { inhabitant, testGenesis, TestWorld } from '../testing/test-world.ts'

const ann = inhabitant('ann')
const bob = inhabitant('bob')
const give = (amount: number, resource = 'electricity', to = bob.id): ValueMap => ({ kind: 'transfer_resource', to, resource, amount })

/** Both agents at the same asteroid: bob comes to ann. */
async function together(params: object = {}): Promise<TestWorld> {
  const world = new TestWorld(testGenesis({ params }))
  await world.travel(bob, world.agent(ann.id).location!)
  return world
}

describe('transfer_resource', () => {
  it('moves resources between agents at one asteroid, and makes none', async () => {
    const world = await together()
    const before = world.agent(bob.id)
    const { receipt, events } = await world.act(ann, give(30))
    expect(receipt.status).toBe('applied')
    expect(events).toMatchObject([{ kind: 'resource.transferred', payload: { agent: ann.id, to: bob.id, resource: 'electricity', amount: 30 } }])
    expect(world.agent(ann.id).electricity).toBe(70)
    expect(world.agent(bob.id).electricity).toBe(before.electricity + 30)
    await world.act(ann, give(20, 'data'))
    expect([world.agent(ann.id).data, world.agent(bob.id).data]).toEqual([0, 40])
  })

  it('is refused at a distance and on the way', async () => {
    const world = new TestWorld()
    expect(world.agent(ann.id).location).not.toBe(world.agent(bob.id).location)
    expect((await world.act(ann, give(1))).receipt).toMatchObject({ code: 'NOT_CO_LOCATED', detail: { module_id: 'm1.rule.transfer' } })
    await world.act(bob, { kind: 'move_agent', to: world.agent(ann.id).location! })
    expect((await world.act(ann, give(1))).receipt.code).toBe('NOT_CO_LOCATED')
  })

  it('is refused without the means, without a recipient, to oneself and for senseless amounts', async () => {
    const world = await together()
    const nobody = `agent/${'0'.repeat(32)}`
    expect((await world.act(ann, give(101))).receipt).toMatchObject({ code: 'INSUFFICIENT_ELECTRICITY', detail: { required: 101, available: 100 } })
    expect((await world.act(ann, give(21, 'data'))).receipt.code).toBe('INSUFFICIENT_DATA')
    expect((await world.act(ann, give(1, 'data', nobody))).receipt).toMatchObject({ code: 'AGENT_NOT_FOUND', detail: { agent: nobody } })
    expect((await world.act(ann, give(1, 'data', ann.id))).receipt.code).toBe('SELF_TRANSFER')
    for (const amount of [0, 2 ** 40 + 1, Number.MAX_SAFE_INTEGER]) expect((await world.act(ann, give(amount))).receipt.code).toBe('INVALID_AMOUNT')
    for (const [amount, resource, to] of [[-1, 'data', bob.id], [1, 'water', bob.id], [1, '__proto__', bob.id], [1, 'data', 'agent/BOB'], [1, 'data', 'treasury']] as const) {
      expect((await world.act(ann, give(amount, resource, to))).receipt.code).toBe('BAD_ACTION')
    }
  })

  it('never overfills the recipient', async () => {
    const world = await together({ start_electricity: 150 })
    const { electricity } = world.agent(bob.id)
    expect((await world.act(ann, give(200 - electricity + 1))).receipt.code).toBe('STORAGE_FULL')
    expect((await world.act(ann, give(200 - electricity))).receipt.status).toBe('applied')
    expect(world.agent(bob.id).electricity).toBe(200)
  })

  it('is bounded by the capacity of the world when no module sets one', async () => {
    const world = new TestWorld(testGenesis({ modules: [] }))
    expect((await world.act(ann, give(100))).receipt.status).toBe('applied')
    expect((await world.act(bob, give(101, 'electricity', ann.id))).receipt.status).toBe('applied')
    const cid = inhabitant('cid')
    expect((await world.act(cid, give(100, 'electricity', ann.id))).receipt).toMatchObject({ code: 'STORAGE_FULL', detail: { balance: 101, amount: 100, capacity: 200 } })
  })
})
