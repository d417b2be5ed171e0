/** The newest verified blocks and what happened in them, bounded. Newest first. */
import { createStore } from 'zustand/vanilla'
import type { BlockSummary } from '../../node/index.ts'
import type { Receipt, WorldEvent } from '../../world/index.ts'

/** Events kept for the feed: some minutes of a busy world; older ones are in the ledger. */
export const MAX_FEED_ITEMS = 2000
/** Blocks kept for the ledger list and the causes of shown events. */
export const MAX_FEED_BLOCKS = 256

export interface FeedItem {
  readonly id: string
  readonly height: number
  /** Proposer's clock of the block, milliseconds since 1970 UTC. */
  readonly time: number
  readonly event: WorldEvent
  /** Receipt of the action that caused the event directly, if it was an action of the same block. */
  readonly receipt: Receipt | null
}

export interface Feed {
  readonly blocks: readonly BlockSummary[]
  readonly items: readonly FeedItem[]
  /** Feed as it stood when it was paused; null while live. */
  readonly pausedItems: readonly FeedItem[] | null
}

export const emptyFeed: Feed = { blocks: [], items: [], pausedItems: null }

/** Bookkeeping about modules and trial runs, several in every block: on the pages of modules and blocks, but no news. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['module.runtime_charged', 'module.state_updated', 'module.tick_scheduled', 'governance.shadow_progress'])

/** The news of a block, newest first, each with the receipt of the action behind it. */
export function itemsOf(block: BlockSummary): FeedItem[] {
  const receipts = new Map(block.receipts.map((receipt) => [`action:${receipt.action_id}`, receipt]))
  return block.events.filter(({ kind }) => !BOOKKEEPING.has(kind)).map((event) => ({
    id: event.id, height: event.height, time: block.head.time, event, receipt: receipts.get(event.caused_by) ?? null,
  })).reverse()
}

/** Adds blocks in any order; a block that is already there is ignored. */
export function withBlocks(feed: Feed, added: readonly BlockSummary[]): Feed {
  const known = new Set(feed.blocks.map((block) => block.head.height))
  const fresh = added.filter((block) => !known.has(block.head.height) && known.add(block.head.height) !== undefined)
  if (fresh.length === 0) return feed
  const blocks = [...fresh, ...feed.blocks].sort((a, b) => b.head.height - a.head.height).slice(0, MAX_FEED_BLOCKS)
  const oldest = blocks.at(-1)!.head.height
  const news = fresh.filter((block) => block.head.height >= oldest).sort((a, b) => b.head.height - a.head.height).flatMap(itemsOf)
  const newest = feed.items[0]?.height ?? 0
  const items = news.every((item) => item.height > newest) ? [...news, ...feed.items] : [...news, ...feed.items].sort((a, b) => b.height - a.height || b.event.index - a.event.index)
  return { ...feed, blocks, items: items.slice(0, MAX_FEED_ITEMS) }
}

export const feedStore = createStore<Feed>(() => emptyFeed)

export const addBlocks = (blocks: readonly BlockSummary[]): void => feedStore.setState((feed) => withBlocks(feed, blocks))
export const setPaused = (paused: boolean): void => feedStore.setState((feed) => ({ pausedItems: paused ? feed.items : null }))
