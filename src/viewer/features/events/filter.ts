/** Which events the feed shows. Pure; the filter lives in the URL. */
import type { EventFilter } from '../../app/url.ts'
import type { FeedItem } from '../../stores/feed.ts'
import { agentsIn, familyOf } from './describe.ts'

export interface FilterContext {
  readonly nameOf: (id: string) => string
  /** The sentence shown for an event, which the text filter looks into. */
  readonly sentence: (item: FeedItem) => string
}

/** Stops looking once `limit` items are found. */
export function filterItems(items: readonly FeedItem[], filter: EventFilter, context: FilterContext, limit: number): FeedItem[] {
  const agent = filter.agent.trim().toLowerCase()
  const text = filter.text.trim().toLowerCase()
  const found: FeedItem[] = []
  for (const item of items) {
    if (found.length >= limit) break
    if (filter.kind !== '' && item.event.kind !== filter.kind && familyOf(item.event.kind) !== filter.kind) continue
    if (agent !== '' && !agentsIn(item.event).some((id) => id.includes(agent) || context.nameOf(id).toLowerCase().includes(agent))) continue
    if (text !== '' && !context.sentence(item).toLowerCase().includes(text) && !item.event.kind.includes(text) && !item.id.startsWith(text)) continue
    found.push(item)
  }
  return found
}
