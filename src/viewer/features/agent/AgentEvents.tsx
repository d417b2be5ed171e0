import { useStore } from 'zustand'
import { useText } from '../../i18n/index.ts'
import { feedStore } from '../../stores/feed.ts'
import { HeightLink } from '../../ui/links.tsx'
import { Empty } from '../../ui/parts.tsx'
import { agentsIn } from '../events/describe.ts'
import { EventRow } from '../events/EventRow.tsx'
import s from '../world/world.module.css'

/** As many as one reads in a panel; the events page has the rest. */
const SHOWN = 25

/** The agent's newest events, each with its cause. */
export function AgentEvents({ id }: { id: string }) {
  const { t } = useText()
  const items = useStore(feedStore, (feed) => feed.items)
  const own = items.filter((item) => agentsIn(item.event).includes(id)).slice(0, SHOWN)
  if (own.length === 0) return <Empty>{t.agent.noEvents}</Empty>
  return (
    <ol className={s.eventList}>
      {own.map((item) => <li key={item.id}><small><HeightLink height={item.height} /></small><EventRow item={item} link={false} /></li>)}
    </ol>
  )
}
