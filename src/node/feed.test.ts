import { describe, expect, it } from 'vitest'
import type { BlockSummary } from './api.ts'
import { Feed, FEED_BLOCKS } from './feed.ts'

function block(height: number, actionIds: readonly string[] = []): BlockSummary {
  const head = { height } as BlockSummary['head']
  return {
    head,
    receipts: actionIds.map((action_id) => ({ action_id, status: 'applied' }) as BlockSummary['receipts'][number]),
    events: actionIds.map((action_id) => ({ id: `${height}`, caused_by: `action:${action_id}` }) as unknown as BlockSummary['events'][number]),
  }
}

describe('the feed', () => {
  it('finds blocks and receipts with the events their action caused', () => {
    const feed = new Feed()
    feed.push(block(1, ['a']))
    feed.push(block(2, ['b', 'c']))
    expect(feed.at(2)!.receipts).toHaveLength(2)
    expect(feed.at(3)).toBeNull()
    expect(feed.receipt('c')).toMatchObject({ height: 2, receipt: { action_id: 'c' }, events: [{ caused_by: 'action:c' }] })
    expect(feed.receipt('x')).toBeNull()
    expect(feed.recent(1).map(({ head }) => head.height)).toEqual([2])
    expect(feed.recent(-1)).toEqual([])
  })

  it('is bounded and forgets receipts with their blocks, but not those of a later block', () => {
    const feed = new Feed()
    feed.push(block(1, ['again', 'once']))
    for (let height = 2; height <= FEED_BLOCKS; height++) feed.push(block(height))
    feed.push(block(FEED_BLOCKS + 1, ['again']))
    expect(feed.recent(1_000)).toHaveLength(FEED_BLOCKS)
    expect(feed.receipt('once')).toBeNull()
    expect(feed.receipt('again')?.height).toBe(FEED_BLOCKS + 1)
  })
})
