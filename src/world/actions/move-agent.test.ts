import { describe, expect, it } from 'vitest'
import { distanceCm, dockingPoint, positionAt } from '../geometry.ts'
import type { AsteroidRecord } from '../state/records.ts'
import { inhabitant, testGenesis, TestWorld } from '../testing/test-world.ts'

const ann = inhabitant('ann')
const move = (to: string): { kind: string; to: string } => ({ kind: 'move_agent', to })

describe('move_agent', () => {
  it('takes time, costs what the rule says and ends with an arrival', async () => {
    const world = new TestWorld()
    const before = world.agent(ann.id)
    const destination = dockingPoint(world.read('asteroid/0007') as AsteroidRecord, ann.id)
    const distance = distanceCm(before.position, destination)
    const blocks = Math.ceil(distance / 200_000)
    const { receipt, events } = await world.act(ann, move('asteroid/0007'))
    const cost = Math.ceil(distance / 100_000)
    expect(receipt).toMatchObject({ status: 'applied', fees: { electricity: cost, data: 0 } })
    expect(events[0]).toMatchObject({ kind: 'agent.departed', payload: { agent: ann.id, from_asteroid: before.location, to_asteroid: 'asteroid/0007', distance_cm: distance, nonce: 1 } })
    expect(world.agent(ann.id)).toMatchObject({ location: null, electricity: 100 - cost, motion: { depart_height: 1, arrive_height: 1 + blocks } })

    const arrivals = world.advanceTo(1 + blocks)
    expect(arrivals).toHaveLength(1)
    expect(arrivals[0]).toMatchObject({ height: 1 + blocks, kind: 'agent.arrived', caused_by: `schedule:${events[0]!.id}`, payload: { agent: ann.id, asteroid: 'asteroid/0007', position: destination } })
    expect(world.agent(ann.id)).toMatchObject({ location: 'asteroid/0007', position: destination, motion: null })
    expect(world.read(`schedule/${1 + blocks}`)).toBeNull()
  })

  it('shows the agent on its way without writing it', async () => {
    const world = new TestWorld()
    await world.act(ann, move('asteroid/0007'))
    const record = world.agent(ann.id)
    const { from, to } = record.motion!
    world.kernel.executeBlock(world.context(), [])
    expect(world.kernel.commit().writes.map(({ key }) => key)).not.toContain(ann.id)
    const { agents } = world.kernel.view()
    const index = agents.ids.indexOf(ann.id)
    const now = positionAt(record, 2)
    expect([agents.x[index], agents.y[index], agents.z[index]]).toEqual([now.x, now.y, now.z])
    expect([agents.prevX[index], agents.prevY[index]]).toEqual([from.x, from.y])
    expect(agents.activity[index]).toBe(1)
    expect(distanceCm(now, to)).toBeLessThan(distanceCm(from, to))
  })

  it('is refused to nowhere, to where the agent is, on the way and at work', async () => {
    const world = new TestWorld()
    const home = world.agent(ann.id).location!
    expect((await world.act(ann, move('asteroid/0061'))).receipt).toMatchObject({ code: 'ASTEROID_NOT_FOUND', detail: { asteroid: 'asteroid/0061' } })
    expect((await world.act(ann, move(home))).receipt.code).toBe('ZERO_DISTANCE')
    expect((await world.act(ann, move('asteroid/61'))).receipt.code).toBe('BAD_ACTION')
    await world.act(ann, move('asteroid/0007'))
    const { arrive_height } = world.agent(ann.id).motion!
    expect((await world.act(ann, move('asteroid/0008'))).receipt).toMatchObject({ code: 'ALREADY_MOVING', detail: { to: 'asteroid/0007', arrive_height } })
  })

  it('is refused when the rule does not exist but the place is the same', async () => {
    const world = new TestWorld(testGenesis({ modules: [] }))
    expect((await world.act(ann, move(world.agent(ann.id).location!))).receipt.code).toBe('ZERO_DISTANCE')
    expect((await world.act(ann, move('asteroid/0007'))).receipt).toMatchObject({ status: 'applied', fees: { electricity: 0 } })
  })

  it('is refused when the electricity does not suffice, and uses up the nonce all the same', async () => {
    const world = new TestWorld(testGenesis({ params: { start_electricity: 0 } }))
    const far = ['asteroid/0007', 'asteroid/0008'].find((id) => id !== world.agent(ann.id).location)!
    expect((await world.act(ann, move(far))).receipt).toMatchObject({ code: 'INSUFFICIENT_ELECTRICITY', detail: { available: 0 } })
    expect(world.agent(ann.id)).toMatchObject({ nonce: 1, motion: null })
  })
})
