import { useText } from '../../i18n/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import type { PageCatalog } from '../../i18n/pages/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { nodeStore } from '../../stores/node.ts'
import { verifyRecord } from '../../trust/verify-record.ts'
import { HeightLink } from '../../ui/links.tsx'
import { Badge, Empty, Panel, PeerText, Problem, Skeleton, TableScroll } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { ModuleLink } from './ModuleLink.tsx'
import { provenList } from './records.ts'
import { useRecheck } from './ModulesPage.tsx'
import ui from '../../ui/ui.module.css'
import s from './modules.module.css'

/** The queue is bounded by the world; more than this nobody reads. */
const SHOWN_EFFECTS = 60

interface Capability {
  readonly key: string
  readonly effect_kinds: readonly string[]
  readonly expires_height: number | null
}

interface Policy {
  readonly when: Readonly<Record<string, string | undefined>>
  readonly decision: 'allow' | 'deny'
}

interface Effect {
  readonly intent_id: string
  readonly module_id: string
  readonly kind: string
  readonly cap_ref: string
  readonly height: number
  readonly expires_height: number
  readonly state: 'queued' | 'expired'
}

interface Outside {
  readonly height: number
  readonly capabilities: readonly Capability[]
  readonly policies: readonly Policy[]
  readonly queued: number
  readonly effects: readonly Effect[]
}

async function loadOutside(): Promise<Outside> {
  const node = await whenNode()
  const worldId = nodeStore.getState().pinnedWorld
  const proven = async (key: string): Promise<unknown> => (await verifyRecord(await node.query(key), worldId)).value
  const [capabilities, effects, policies, queue] = await Promise.all([provenList('capability/'), provenList('effect/', SHOWN_EFFECTS), proven('effects/policies'), proven('effects/queue')])
  return {
    height: capabilities.height,
    capabilities: [...capabilities.records].map(([key, value]) => ({ key, ...(value as unknown as Omit<Capability, 'key'>) })),
    policies: (policies ?? []) as readonly Policy[],
    queued: (queue as { readonly queued?: number } | null)?.queued ?? 0,
    effects: [...effects.records.values()] as unknown as readonly Effect[],
  }
}

/** What modules may have done outside, by whose permission, and what waits. */
export function Effects() {
  const { f } = useText()
  const p = usePageText()
  const loaded = useAsync('effects', useRecheck(), loadOutside)
  const outside = resultOf(loaded)
  return (
    <Panel title={p.modules.effects} aside={outside !== null && <span className={ui.note}>{p.modules.queued(f.int(outside.queued))}</span>}>
      <p className={ui.note}>{p.modules.effectsIntro}</p>
      {loaded.state === 'failed' && <Problem error={loaded.error} />}
      {outside === null ? loaded.state === 'loading' && <Skeleton lines={3} /> : (
        <>
          <section><h3>{p.modules.capabilities}</h3><Capabilities outside={outside} /></section>
          <section><h3>{p.modules.policies}</h3><Policies policies={outside.policies} /></section>
          <section><h3>{p.modules.queue}</h3><Queue effects={outside.effects} /></section>
        </>
      )}
    </Panel>
  )
}

function Capabilities({ outside: { capabilities, height } }: { outside: Outside }) {
  const { f } = useText()
  const p = usePageText()
  if (capabilities.length === 0) return <Empty>{p.modules.noCapabilities}</Empty>
  return (
    <TableScroll label={p.modules.capabilities}>
      <table>
        <thead><tr><th scope="col">{p.modules.module}</th><th scope="col">{p.modules.capability}</th><th scope="col">{p.modules.kinds}</th><th scope="col">{p.modules.expires}</th></tr></thead>
        <tbody>
          {capabilities.map(({ key, effect_kinds, expires_height }) => {
            const [, module = '', name = ''] = key.split('/')
            return (
              <tr key={key}>
                <th scope="row"><ModuleLink id={module} /></th><td><PeerText value={name} limit={64} /></td><td><PeerText value={effect_kinds.join(', ')} limit={200} /></td>
                <td>{expires_height === null ? p.modules.never : expires_height < height ? p.modules.expired : f.int(expires_height)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </TableScroll>
  )
}

/** In order. */
export function Policies({ policies }: { policies: readonly Policy[] }) {
  const p = usePageText()
  if (policies.length === 0) return <p className={ui.note}>{p.modules.noPolicies}</p>
  return (
    <ol className={s.policies}>
      {policies.map(({ when, decision }, index) => (
        <li key={index}><Badge tone={decision === 'allow' ? 'ok' : 'warn'}>{p.modules.decision[decision]}</Badge> <PeerText value={conditionOf(when, p)} limit={240} /></li>
      ))}
    </ol>
  )
}

function conditionOf(when: Policy['when'], p: PageCatalog): string {
  const parts = Object.entries(when).map(([field, value]) => `${field} = ${value}`)
  return parts.length === 0 ? p.modules.anyEffect : parts.join(' · ')
}

function Queue({ effects }: { effects: readonly Effect[] }) {
  const p = usePageText()
  if (effects.length === 0) return <Empty>{p.modules.noEffects}</Empty>
  return (
    <TableScroll label={p.modules.queue}>
      <table className={s.mixed}>
        <thead><tr><th scope="col">{p.modules.effect}</th><th scope="col">{p.modules.askedBy}</th><th scope="col">{p.modules.state}</th><th scope="col" data-num>{p.modules.expires}</th></tr></thead>
        <tbody>
          {effects.map(({ intent_id, kind, module_id, height, state, expires_height }) => (
            <tr key={intent_id}>
              <th scope="row"><PeerText value={kind} limit={64} /> <small><PeerText value={intent_id} limit={40} /></small></th>
              <td><ModuleLink id={module_id} /> <small><HeightLink height={height} /></small></td>
              <td><Badge tone={state === 'queued' ? 'info' : 'muted'}>{p.modules.states[state]}</Badge></td><td data-num><HeightLink height={expires_height} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableScroll>
  )
}
