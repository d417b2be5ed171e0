import { useText } from '../../i18n/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import type { AllianceRecord, MetaRecord, Standing } from '../../../world/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { Fact, Facts, PeerText } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { FactoriesAt } from '../industry/FactoriesAt.tsx'
import { ModuleLink } from '../modules/ModuleLink.tsx'
import s from '../world/world.module.css'
import i from '../industry/industry.module.css'
import ui from '../../ui/ui.module.css'

interface Body {
  readonly view: { readonly mass_kg: number; readonly radius_cm: number; readonly thrust_limit: number; readonly cross_section_cm2: number }
  readonly slots: readonly { readonly slot_id: string; readonly slot_type: 'power' | 'sensor' | 'mobility' | 'cognitive' | 'cargo' | 'universal'; readonly module: string | null }[]
}

interface Relations {
  readonly alliance: AllianceRecord | null
  readonly standing: Standing | null
  readonly meta: MetaRecord | null
  readonly body: Body | null
  readonly orders: readonly string[]
  readonly artifacts: readonly string[]
}

async function relationsOf(id: string): Promise<Relations> {
  const node = await whenNode()
  const hex = id.slice('agent/'.length)
  const record = async (key: string): Promise<unknown> => (await node.query(key)).value
  const [member, standing, meta, body, orders, artifacts] = await Promise.all(['alliance_of', 'standing', 'meta', 'body', 'power_orders_of', 'artifacts_of'].map((kind) => record(`${kind}/${hex}`)))
  const allianceId = (member as { readonly alliance_id?: string } | null)?.alliance_id
  return {
    alliance: allianceId === undefined ? null : await record(allianceId) as AllianceRecord | null,
    standing: standing as Standing | null, meta: meta as MetaRecord | null, body: body as Body | null,
    orders: (orders ?? []) as readonly string[], artifacts: (artifacts ?? []) as readonly string[],
  }
}

/** What an agent is among others, what it owns, and how its body is made. */
export function AgentSociety({ id, height }: { id: string; height: number }) {
  const { t, f } = useText()
  const p = usePageText()
  const relations = resultOf(useAsync(id, height, () => relationsOf(id)))
  const { alliance = null, standing = null, meta = null, body = null, orders = [], artifacts = [] } = relations ?? {}
  return (
    <>
      <section>
        <h3 className={s.sectionTitle}>{p.agent.social}</h3>
        <Facts>
          <Fact name={p.agent.alliance}>{alliance === null ? p.agent.noAlliance : <PeerText value={alliance.name} limit={40} />}</Fact>
          <Fact name={p.agent.contracts}>{p.agent.standing(f.int(standing?.open_contracts ?? 0), f.int(standing?.settled ?? 0), f.int(standing?.failed ?? 0))}</Fact>
          <Fact name={p.agent.achievements}>{p.agent.points(f.int(meta?.total ?? 0))}{meta !== null && meta.achievements.length > 0 && ` · ${meta.achievements.join(', ')}`}</Fact>
          {orders.length > 0 && <Fact name={p.agent.orders}>{f.int(orders.length)}</Fact>}
          {artifacts.length > 0 && <Fact name={p.agent.artifacts}>{f.int(artifacts.length)}</Fact>}
        </Facts>
      </section>
      <FactoriesAt index={`factories_of/${id.slice('agent/'.length)}`} title={p.agent.factories} none={p.agent.noFactories} height={height} />
      <section>
        <h3 className={s.sectionTitle}>{p.agent.body}</h3>
        {relations === null ? <p className={ui.note}>{t.app.loading}</p> : body === null ? <p className={ui.note}>{p.agent.defaultBody}</p> : (
          <>
            <ul className={i.slots}>
              {body.slots.map(({ slot_id, slot_type, module }) => (
                <li key={slot_id}><small>{p.agent.slotTypes[slot_type]}</small>{module === null ? <span className={ui.muted}>{p.agent.free}</span> : module.includes('.') ? <ModuleLink id={module} /> : <code>{module.slice(0, 12)}…</code>}</li>
              ))}
            </ul>
            <p className={ui.note}>{(Object.keys(p.agent.view) as (keyof Body['view'])[]).map((name) => `${p.agent.view[name]}: ${f.int(body.view[name])}`).join(' · ')}</p>
          </>
        )}
      </section>
    </>
  )
}
