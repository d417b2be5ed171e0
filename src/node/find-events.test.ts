import { describe, expect, it } from 'vitest'
import { encodeCanonical } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import type { EventQuery } from './api.ts'
import { findEvents } from './find-events.ts'

const ID = 'ab'.repeat(32)
const eventAt = (height: number, index: number, kind: string, payload: Value): Value => (
  { id: `${height}-${index}`, height, index, caused_by: 'block', kind, payload, prev_hash: new Uint8Array(32) }
)

/** Blocks 1 to 600, of which 3 is gone; every hundredth has an event of the proposal, and each a tick. */
const storage = {
  head: async () => ({ height: 600, block_hash: new Uint8Array(32), state_root: new Uint8Array(32) }),
  readEvents: async (height: number) => (height === 3 || height > 600 ? null : encodeCanonical([
    eventAt(height, 0, 'world.tick', { height }),
    ...(height % 100 === 0 ? [eventAt(height, 1, 'governance.approved_by', { proposal_id: ID }), eventAt(height, 2, 'module.upgraded', { by: `proposal/${ID}` })] : []),
  ])),
}

async function all(query: EventQuery): Promise<{ ids: string[]; missing: number; calls: number }> {
  const ids: string[] = []
  let [missing, calls] = [0, 0]
  for (let from: number | null = query.from; from !== null; calls++) {
    const page = await findEvents(storage, { ...query, from })
    ids.push(...page.events.map(({ id }) => id))
    missing += page.missing
    from = page.next
  }
  return { ids, missing, calls }
}

describe('events of stored blocks', () => {
  it('are found by what they mention and by kind, in order, over several pages', async () => {
    const found = await all({ mentions: ID, kind: null, from: 1, to: 450 })
    expect(found).toEqual({ ids: ['100-1', '100-2', '200-1', '200-2', '300-1', '300-2', '400-1', '400-2'], missing: 1, calls: 2 })
    expect((await all({ mentions: ID, kind: 'governance.', from: 150, to: 300 })).ids).toEqual(['200-1', '300-1'])
    expect((await all({ mentions: null, kind: 'module.', from: 1, to: 250 })).ids).toEqual(['100-2', '200-2'])
    expect((await all({ mentions: 'cd'.repeat(32), kind: null, from: 1, to: 600 })).ids).toEqual([])
  })

  it('end at the newest block', async () => {
    expect((await all({ mentions: null, kind: 'world.', from: 599, to: 10_000 })).ids).toEqual(['599-0', '600-0'])
    expect(await findEvents(storage, { mentions: null, kind: null, from: 700, to: 800 })).toEqual({ events: [], next: null, missing: 0 })
  })

  it('are not looked for with nonsense', async () => {
    const good: EventQuery = { mentions: null, kind: null, from: 1, to: 2 }
    for (const change of [{ from: 0 }, { from: 1.5 }, { to: 0 }, { mentions: '' }, { mentions: 'x'.repeat(129) }, { kind: 'ü' }, { mentions: 7 as unknown as string }]) {
      await expect(findEvents(storage, { ...good, ...change })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    }
  })
})
