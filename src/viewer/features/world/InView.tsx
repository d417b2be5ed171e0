import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { agentView, formatView } from '../../app/url.ts'
import { useText } from '../../i18n/index.ts'
import type { RendererClient, VisibleEntity } from '../../render/contract.ts'
import { feedStore } from '../../stores/feed.ts'
import { learnNames } from '../../ui/names.ts'
import { Empty, PeerText } from '../../ui/parts.tsx'
import { compareBy, matches } from './in-view.ts'
import type { SortKey } from './in-view.ts'
import s from './world.module.css'

/** The list is a reading aid, not the map: nobody reads more. */
const LIMIT = 200

/** The map as a table: the same agents, for keyboards, screen readers and anyone who prefers names. */
export default function InView({ client, active }: { client: RendererClient; active: boolean }) {
  const { t, f } = useText()
  const [entities, setEntities] = useState<readonly VisibleEntity[]>([])
  const [query, setQuery] = useState('')
  const [sort, setSort] = useState<SortKey>('name')
  const height = useStore(feedStore, (feed) => feed.blocks[0]?.head.height ?? 0)
  useEffect(() => {
    if (!active) return
    let current = true
    void client.inView(LIMIT).then((found) => {
      if (!current) return
      const agents = found.filter((entity) => entity.kind === 'agent')
      learnNames(agents.map((agent) => [agent.id, agent.name] as const))
      setEntities(agents)
    })
    return () => { current = false }
  }, [client, active, height])
  const rows = entities.filter((entity) => matches(entity, query)).sort(compareBy(sort))
  const head = (key: SortKey, label: string) => (
    <th scope="col" aria-sort={sort === key ? 'ascending' : 'none'}><button type="button" onClick={() => setSort(key)}>{label}</button></th>
  )
  return (
    <section className={s.table} aria-label={t.world.inView}>
      <header>
        <input type="search" value={query} maxLength={60} placeholder={t.world.filter} aria-label={t.world.filter} onChange={(event) => setQuery(event.target.value)} />
        <small>{entities.length < LIMIT ? t.world.inViewCount(f.int(entities.length)) : t.world.inViewMore(f.int(LIMIT))}</small>
      </header>
      {rows.length === 0 ? <Empty>{entities.length === 0 ? t.world.noneInView : t.world.noneMatch}</Empty> : (
        <div className={s.tableScroll} tabIndex={0} role="group" aria-label={t.world.inView}>
          <table>
            <thead><tr>{head('name', t.world.name)}{head('activity', t.world.doing)}</tr></thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <th scope="row"><a href={formatView(agentView(row.id))}><PeerText value={row.name || row.id.slice(6, 14)} limit={32} /></a></th>
                  <td>{t.world.activity[row.activity]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
