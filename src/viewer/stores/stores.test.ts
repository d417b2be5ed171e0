import { describe, expect, it } from 'vitest'
import { blockSummary, receipt, worldEvent } from '../test-support/fixtures.ts'
import { MAX_FEED_BLOCKS, MAX_FEED_ITEMS, emptyFeed, withBlocks } from './feed.ts'
import { defaultSettings, parseSettings } from './settings.ts'
import { MAX_TOASTS, toast, toastStore } from './toasts.ts'

describe('the feed', () => {
  it('keeps newest first whatever order blocks arrive in, and each block once', () => {
    const blocks = [3, 1, 2, 3].map((height) => blockSummary(height, [worldEvent(height, 0), worldEvent(height, 1)]))
    const feed = blocks.reduce((state, block) => withBlocks(state, [block]), emptyFeed)
    expect(feed.blocks.map((block) => block.head.height)).toEqual([3, 2, 1])
    expect(feed.items.map((item) => item.id)).toEqual(['3-1', '3-0', '2-1', '2-0', '1-1', '1-0'])
    expect(withBlocks(emptyFeed, blocks).items.map((item) => item.id)).toEqual(feed.items.map((item) => item.id))
  })

  it('stays bounded and drops the oldest', () => {
    let feed = emptyFeed
    for (let height = 1; height <= MAX_FEED_BLOCKS + 20; height++) {
      feed = withBlocks(feed, [blockSummary(height, Array.from({ length: 12 }, (_, index) => worldEvent(height, index)))])
    }
    expect(feed.blocks).toHaveLength(MAX_FEED_BLOCKS)
    expect(feed.items).toHaveLength(MAX_FEED_ITEMS)
    expect(feed.items[0]!.height).toBe(MAX_FEED_BLOCKS + 20)
  })

  it('puts the receipt beside the event its action caused', () => {
    const rejected = receipt({ status: 'rejected', code: 'BUSY', hint: 'Wait.' })
    const event = worldEvent(5, 0, { kind: 'action.rejected', caused_by: `action:${rejected.action_id}` })
    expect(withBlocks(emptyFeed, [blockSummary(5, [event], [rejected])]).items[0]!.receipt).toBe(rejected)
  })

  it('leaves bookkeeping about modules out of the news, and in its block', () => {
    const feed = withBlocks(emptyFeed, [blockSummary(5, [worldEvent(5, 0, { kind: 'module.runtime_charged' }), worldEvent(5, 1), worldEvent(5, 2, { kind: 'module.call_failed' })])])
    expect(feed.items.map(({ id }) => id)).toEqual(['5-2', '5-1'])
    expect(feed.blocks[0]!.events).toHaveLength(3)
  })

  it('returns the very same state when nothing is new, so nothing renders again', () => {
    const feed = withBlocks(emptyFeed, [blockSummary(1)])
    expect(withBlocks(feed, [blockSummary(1)])).toBe(feed)
  })
})

describe('settings', () => {
  const defaults = defaultSettings({ languages: ['en-GB'] })

  it('begin with the language the browser prefers, and dark', () => {
    expect(defaultSettings({ languages: ['fr', 'zh-Hans-CN', 'en'] })).toMatchObject({ language: 'zh', theme: 'dark' })
    expect(defaults).toMatchObject({ language: 'en', theme: 'dark' })
  })

  it('survive broken storage: what cannot be read takes its default', () => {
    for (const stored of [null, '', '{', '[]', 'null', '7', '{"theme":5,"language":"xx","layers":3}']) expect(parseSettings(stored, defaults)).toEqual(defaults)
    expect(parseSettings('{"theme":"light","layers":{"heat":true}}', defaults)).toEqual({ ...defaults, theme: 'light', layers: { ...defaults.layers, heat: true } })
  })
})

describe('toasts', () => {
  it('never pile up', () => {
    for (let n = 0; n < MAX_TOASTS + 4; n++) toast('info', `notice ${n}`)
    expect(toastStore.getState().toasts.map((entry) => entry.text)).toEqual(['notice 4', 'notice 5', 'notice 6'])
  })
})
