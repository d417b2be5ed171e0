import { X } from 'lucide-react'
import { navigate } from '../../app/location.ts'
import { useText } from '../../i18n/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import type { FactoryRecord, JobRecord, TransitRecord } from '../../../world/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { AgentLink, AsteroidLink } from '../../ui/links.tsx'
import { Badge, Button, Fact, Facts, PeerText, Problem, Progress, Skeleton } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { partDone } from '../agent/position.ts'
import { RawRecord } from '../agent/RecordViews.tsx'
import { TrustMark } from '../agent/TrustMark.tsx'
import { useRecord } from '../agent/use-record.ts'
import { conditionOf, durabilityAt, FULL_PPM } from './condition.ts'
import { LedgerLink } from './links.tsx'
import { Materials, unitsOf } from './materials.tsx'
import i from './industry.module.css'
import s from '../world/world.module.css'
import ui from '../../ui/ui.module.css'

/** Transits looked through for those from or to a factory. */
const MAX_TRANSITS = 300

export default function FactoryInspector({ id }: { id: string }) {
  const { t } = useText()
  const p = usePageText()
  const loaded = useRecord(id)
  const checked = resultOf(loaded)
  const factory = checked?.verified.value as FactoryRecord | null | undefined
  return (
    <aside className={s.inspector} aria-label={p.factory.title}>
      <header className={s.inspectorHead}>
        <div className={s.inspectorTitle}>
          <div><h2><PeerText value={factory?.spec.display_name ?? p.factory.title} limit={40} /></h2><small className={ui.muted}><code>{id.slice('factory/'.length)}</code></small></div>
          <Button look="quiet-icon" aria-label={t.agent.close} onClick={() => navigate({ page: 'world' })}><X size={18} aria-hidden /></Button>
        </div>
        <div className={ui.row}><TrustMark checked={checked} failed={loaded.state === 'failed'} recordKey={id} /></div>
      </header>
      <span />
      <div className={s.inspectorBody} tabIndex={0}>
        {loaded.state === 'failed' && <Problem error={loaded.error} />}
        {checked === null ? loaded.state === 'loading' && <Skeleton lines={7} /> : factory === null || factory === undefined
          ? <div className={ui.empty}><h3>{p.factory.notFound}</h3><p>{p.factory.notFoundNext}</p></div>
          : <FactoryNow id={id} factory={factory} height={checked.verified.provenance.height} />}
        {checked !== null && <RawRecord record={checked.record} />}
      </div>
    </aside>
  )
}

function FactoryNow({ id, factory, height }: { id: string; factory: FactoryRecord; height: number }) {
  const { t, f } = useText()
  const p = usePageText()
  const durability = durabilityAt(factory, height)
  const percent = (ppm: number): string => p.factory.ppm(f.decimal(ppm / (FULL_PPM / 100)))
  const used = unitsOf(factory.materials) + factory.reserved
  const condition = conditionOf(factory, height)
  return (
    <>
      <section className={s.doing}>
        <p><Badge tone={CONDITION_TONES[condition]}>{p.factory[condition]}</Badge> <PeerText value={factory.factory_kind} limit={48} /></p>
        {!factory.ready && (
          <>
            <Progress part={partDone(factory.started_height, factory.ready_height, height)} label={t.agent.progress} />
            <small>{p.factory.ready(f.int(factory.ready_height), t.app.blocks(f.int(Math.max(0, factory.ready_height - height))))}</small>
          </>
        )}
      </section>
      <div className={s.meters}>
        <div className={s.meter}><span>{p.factory.durability}</span><b>{percent(durability)}</b><Progress part={durability / FULL_PPM} label={p.factory.durability} /></div>
        <div className={s.meter}><span>{p.factory.storage}</span><b>{p.factory.storageOf(f.int(used), f.int(factory.spec.storage_capacity))}</b><Progress part={used / factory.spec.storage_capacity} label={p.factory.storage} /></div>
      </div>
      <Materials of={factory.materials} none={p.factory.empty} />
      <Facts>
        <Fact name={p.economy.owner}><AgentLink id={factory.owner} /></Fact>
        <Fact name={p.economy.place}><AsteroidLink id={factory.asteroid} /></Fact>
        <Fact name={p.factory.tier}>{f.int(factory.spec.tier)}</Fact>
        <Fact name={p.factory.wear}>{percent(factory.spec.wear_ppm_per_block)}</Fact>
        <Fact name={p.factory.tags}><PeerText value={factory.spec.tags.join(', ')} limit={160} /></Fact>
        <Fact name={p.factory.cost}><Materials of={factory.build_cost} none={t.app.none} /></Fact>
      </Facts>
      <Jobs factory={factory} height={height} />
      <Transits id={id} height={height} />
    </>
  )
}

const CONDITION_TONES = { building: 'info', idle: 'muted', running: 'ok', wornOut: 'bad' } as const

function Jobs({ factory, height }: { factory: FactoryRecord; height: number }) {
  const { t, f } = useText()
  const p = usePageText()
  const loaded = useAsync(factory.jobs.join(), height, async () => {
    const node = await whenNode()
    return Promise.all(factory.jobs.map(async (id) => [id, (await node.query(id)).value as JobRecord | null] as const))
  })
  const jobs = (resultOf(loaded) ?? []).filter((entry): entry is readonly [string, JobRecord] => entry[1] !== null)
  return (
    <section className={s.doing}>
      <h3 className={s.sectionTitle}>{p.factory.jobs} · {p.factory.slots(f.int(factory.jobs.length), f.int(factory.spec.recipe_slots))}</h3>
      {factory.jobs.length === 0 && <p className={ui.note}>{p.factory.noJobs}</p>}
      {jobs.map(([id, job]) => (
        <div key={id} className={s.doing}>
          <p className={i.line}><PeerText value={p.factory.job(job.recipe_id, f.int(job.batches))} limit={80} /> <small>{p.factory.requester}</small> <AgentLink id={job.requester} /></p>
          <Progress part={partDone(job.started_height, job.until_height, height)} label={t.agent.progress} />
          <small>{p.factory.finishes(f.int(job.until_height), t.app.blocks(f.int(Math.max(0, job.until_height - height))))}</small>
          <Materials of={job.produce} none={t.app.none} />
        </div>
      ))}
    </section>
  )
}

function Transits({ id, height }: { id: string; height: number }) {
  const { t, f } = useText()
  const p = usePageText()
  const loaded = useAsync(id, height, async () => {
    const node = await whenNode()
    const { keys } = await node.list('transit/', MAX_TRANSITS)
    const records = await Promise.all(keys.map(async (key) => [key, (await node.query(key)).value as TransitRecord | null] as const))
    return records.filter((entry): entry is readonly [string, TransitRecord] => entry[1] !== null && (entry[1].from === id || entry[1].to === id))
  })
  const transits = resultOf(loaded) ?? []
  return (
    <section className={s.doing}>
      <h3 className={s.sectionTitle}>{p.factory.transits}</h3>
      {transits.length === 0 && <p className={ui.note}>{p.factory.noTransits}</p>}
      {transits.map(([key, transit]) => (
        <div key={key} className={s.doing}>
          <p className={i.line}><PeerText value={p.factory.transit(f.int(transit.amount), transit.material)} limit={80} /> <small>{transit.from === id ? p.factory.to : p.factory.from}</small> <LedgerLink id={transit.from === id ? transit.to : transit.from} /></p>
          <Progress part={partDone(transit.depart_height, transit.arrive_height, height)} label={t.agent.progress} />
          <small>{p.factory.arrives(f.int(transit.arrive_height), t.app.blocks(f.int(Math.max(0, transit.arrive_height - height))))}</small>
        </div>
      ))}
    </section>
  )
}
