import { useText } from '../../i18n/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import type { FactoryRecord } from '../../../world/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { AgentLink } from '../../ui/links.tsx'
import { PeerText, Skeleton } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { conditionOf } from './condition.ts'
import { FactoryLink } from './links.tsx'
import i from './industry.module.css'
import s from '../world/world.module.css'
import ui from '../../ui/ui.module.css'

/** Factories under an index of the state (`factories_at/…`, `factories_of/…`), as links. `owner`: who they belong to is worth saying. */
export function FactoriesAt({ index, title, none, height, owner = false }: { index: string; title: string; none: string; height: number; owner?: boolean }) {
  const { t } = useText()
  const p = usePageText()
  const loaded = useAsync(index, height, async () => {
    const node = await whenNode()
    const ids = ((await node.query(index)).value ?? []) as readonly string[]
    return Promise.all(ids.map(async (id) => [id, (await node.query(id)).value as FactoryRecord | null] as const))
  })
  const factories = resultOf(loaded)
  return (
    <section>
      <h3 className={s.sectionTitle}>{title}</h3>
      {factories === null ? loaded.state === 'loading' && <Skeleton lines={1} /> : factories.length === 0 ? <p className={ui.note}>{none}</p> : (
        <ul className={i.mixed}>
          {factories.map(([id, factory]) => factory !== null && (
            <li key={id}><FactoryLink id={id} name={factory.spec.display_name} /> · {p.factory[conditionOf(factory, height)]} <small className={ui.muted}><PeerText value={factory.factory_kind} limit={48} /></small>{owner && <> · <AgentLink id={factory.owner} /></>}</li>
          ))}
        </ul>
      )}
      {loaded.state === 'failed' && <p className={ui.note}>{t.app.unknown}</p>}
    </section>
  )
}
