import { useStore } from 'zustand'
import { NO_FILTER, agentView, formatView } from '../../app/url.ts'
import { useText } from '../../i18n/index.ts'
import { feedStore } from '../../stores/feed.ts'
import type { FeedItem } from '../../stores/feed.ts'
import { useAgentName, useNames } from '../../ui/names.ts'
import { agentsIn, nameFrom, sentenceOf } from '../events/describe.ts'
import s from './world.module.css'

/** What fits over the map without hiding it. */
const LINES = 4

export function EventStrip() {
  const { t } = useText()
  const items = useStore(feedStore, (feed) => feed.pausedItems ?? feed.items)
  if (items.length === 0) return null
  return (
    <section className={s.strip} aria-label={t.world.latest}>
      <ol>{items.slice(0, LINES).map((item) => <Line key={item.id} item={item} />)}</ol>
      <a href={formatView({ page: 'events', filter: NO_FILTER })}>{t.world.allEvents}</a>
    </section>
  )
}

function Line({ item }: { item: FeedItem }) {
  const { t, f } = useText()
  const names = useNames()
  const [actor, other] = agentsIn(item.event)
  useAgentName(actor ?? '')
  useAgentName(other ?? '')
  const said = sentenceOf(item.event, nameFrom(names), t, f)
  const sentence = <bdi>{said}</bdi>
  return <li><small>{f.int(item.height)}</small>{actor === undefined ? <span title={said}>{sentence}</span> : <a href={formatView(agentView(actor))} title={said}>{sentence}</a>}</li>
}
