import { useDeferredValue, useEffect, useRef, useState } from 'react'
import { Pause, Play, X } from 'lucide-react'
import { useStore } from 'zustand'
import { navigate, useView } from '../../app/location.ts'
import { NO_FILTER } from '../../app/url.ts'
import type { EventFilter } from '../../app/url.ts'
import { useText } from '../../i18n/index.ts'
import { feedStore, setPaused } from '../../stores/feed.ts'
import type { FeedItem } from '../../stores/feed.ts'
import { nodeStore } from '../../stores/node.ts'
import { useNow } from '../../ui/clock.ts'
import { HeightLink } from '../../ui/links.tsx'
import { useNames } from '../../ui/names.ts'
import { Button, Empty, Field, Hidden, Page, Panel, Skeleton } from '../../ui/parts.tsx'
import { nameFrom, sentenceOf } from './describe.ts'
import type { EventFamily } from './describe.ts'
import { EventRow } from './EventRow.tsx'
import { filterItems } from './filter.ts'
import ui from '../../ui/ui.module.css'
import s from './events.module.css'

/** Rows at first and per "older": what a screen and a half holds. */
const STEP = 80
/** Screen readers hear at most one summary per two seconds (research/ui.md §4.4). */
const ANNOUNCE_MS = 2000

export default function EventsPage() {
  const { t, f } = useText()
  const view = useView()
  const filter = view.page === 'events' ? view.filter : NO_FILTER
  const [shown, setShown] = useState(STEP)
  const items = useStore(feedStore, (feed) => feed.pausedItems ?? feed.items)
  const names = useNames()
  const nameOf = nameFrom(names)
  const wanted = useDeferredValue(filter)
  const found = filterItems(items, wanted, { nameOf, sentence: (item) => sentenceOf(item.event, nameOf, t, f) }, shown + 1)
  const rows = found.slice(0, shown)
  return (
    <Page title={t.events.title} intro={t.events.intro}>
      <Filters filter={filter} />
      <Panel title={t.world.latest} flush aside={<span className={ui.note}>{t.events.showing(f.int(rows.length), f.int(items.length))}</span>}>
        <Feed rows={rows} empty={items.length === 0} />
        {found.length > shown && <div className={s.group}><Button onClick={() => setShown(shown + STEP)}>{t.events.older}</Button></div>}
      </Panel>
      <Announcer />
    </Page>
  )
}

function Filters({ filter }: { filter: EventFilter }) {
  const { t, f } = useText()
  const paused = useStore(feedStore, (feed) => feed.pausedItems)
  const missed = useStore(feedStore, (feed) => (feed.pausedItems === null ? 0 : feed.items.findIndex((item) => item.id === feed.pausedItems?.[0]?.id)))
  const change = (part: Partial<EventFilter>): void => navigate({ page: 'events', filter: { ...filter, ...part } }, { replace: true })
  const filtered = filter.kind !== '' || filter.agent !== '' || filter.text !== ''
  return (
    <div className={s.filters} role="search">
      <Field label={t.events.filterKind}>
        <select value={filter.kind} onChange={(event) => change({ kind: event.target.value })}>
          <option value="">{t.events.anyKind}</option>
          {(Object.keys(t.events.families) as EventFamily[]).map((family) => <option key={family} value={family}>{t.events.families[family]}</option>)}
        </select>
      </Field>
      <Field label={t.events.filterAgent}>
        <input value={filter.agent} maxLength={80} placeholder={t.events.agentPlaceholder} onChange={(event) => change({ agent: event.target.value })} />
      </Field>
      <Field label={t.events.filterText}>
        <input value={filter.text} maxLength={80} placeholder={t.events.textPlaceholder} onChange={(event) => change({ text: event.target.value })} />
      </Field>
      <div className={s.buttons}>
        <Button aria-pressed={paused !== null} onClick={() => setPaused(paused === null)}>
          {paused === null ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />}{paused === null ? t.events.pause : t.events.resume}
        </Button>
        {missed > 0 && <span className={ui.note}>{t.events.newSince(f.int(missed))}</span>}
        {filtered && <Button look="quiet" onClick={() => change(NO_FILTER)}><X size={16} aria-hidden />{t.events.clear}</Button>}
      </div>
    </div>
  )
}

function Feed({ rows, empty }: { rows: readonly FeedItem[]; empty: boolean }) {
  const { t, f } = useText()
  const ready = useStore(nodeStore, (node) => node.status?.head !== undefined && node.status?.head !== null)
  if (empty) return ready ? <Empty>{t.events.empty}</Empty> : <Skeleton lines={6} />
  if (rows.length === 0) return <Empty>{t.events.noMatch}</Empty>
  const groups = Map.groupBy(rows, (item) => item.height)
  return (
    <div className={s.feed} role="feed" aria-label={t.events.title}>
      {[...groups].map(([height, items]) => (
        <article key={height} className={s.group} aria-label={t.events.group(f.int(height))}>
          <div className={s.groupHead}><HeightLink height={height} /><small>{f.time(items[0]!.time)}</small></div>
          <div className={s.rows}>{items.map((item) => <EventRow key={item.id} item={item} />)}</div>
        </article>
      ))}
    </div>
  )
}

/** Tells screen readers about new events, gathered; silent while paused. */
function Announcer() {
  const { t, f } = useText()
  const names = useNames()
  const tick = useNow(ANNOUNCE_MS)
  const [message, setMessage] = useState('')
  const last = useRef(feedStore.getState().items[0]?.id)
  useEffect(() => {
    const { items, pausedItems } = feedStore.getState()
    const newest = items[0]
    if (pausedItems !== null || newest === undefined || newest.id === last.current) return
    const count = items.findIndex((item) => item.id === last.current)
    last.current = newest.id
    setMessage(t.events.announce(f.int(count === -1 ? items.length : count), sentenceOf(newest.event, nameFrom(names), t, f)))
  }, [tick, t, f, names])
  return <Hidden><span aria-live="polite">{message}</span></Hidden>
}
