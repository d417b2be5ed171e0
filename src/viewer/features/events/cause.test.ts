import { describe, expect, it } from 'vitest'
import { blockSummary, receipt, worldEvent } from '../../test-support/fixtures.ts'
import { causesOf } from './cause.ts'

const moved = receipt({ fees: { electricity: 3, data: 0 } })
const departed = worldEvent(10, 0, { kind: 'agent.departed', caused_by: `action:${moved.action_id}` })
const arrived = worldEvent(14, 2, { kind: 'agent.arrived', caused_by: 'schedule:10-0' })
const blocks = new Map([[10, blockSummary(10, [departed], [moved])], [14, blockSummary(14, [arrived])]])
const source = { block: async (height: number) => blocks.get(height) ?? null }

describe('why something happened', () => {
  it('leads from an arrival over the schedule and the departure to the signed action', async () => {
    expect(await causesOf(arrived, source)).toEqual([
      { kind: 'event', event: arrived }, { kind: 'schedule' }, { kind: 'event', event: departed },
      { kind: 'action', action_id: moved.action_id, receipt: moved, actionKind: 'move_agent' },
    ])
  })

  it('says so when the cause lies in a block that is not kept', async () => {
    expect((await causesOf(worldEvent(20, 0, { caused_by: 'event:3-1' }), source)).at(-1)).toEqual({ kind: 'missing' })
    expect((await causesOf(worldEvent(20, 0, { caused_by: 'schedule:nonsense' as never }), source)).at(-1)).toEqual({ kind: 'missing' })
  })

  it('ends at the block or genesis when no agent caused it, and never runs in circles', async () => {
    expect((await causesOf(worldEvent(20, 0), source)).at(-1)).toEqual({ kind: 'block' })
    const loop = worldEvent(30, 0, { caused_by: 'event:30-0' })
    expect(await causesOf(loop, { block: async () => blockSummary(30, [loop]) })).toHaveLength(2)
  })
})
