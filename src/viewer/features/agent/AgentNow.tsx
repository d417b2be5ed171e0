import { formatView } from '../../app/url.ts'
import { bareAsteroid, peerText, useText } from '../../i18n/index.ts'
import type { Catalog } from '../../i18n/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import type { PageCatalog } from '../../i18n/pages/index.ts'
import { toHexText } from '../../ui/hex-text.ts'
import { AsteroidLink } from '../../ui/links.tsx'
import { CopyButton, Fact, Facts, Hex, Progress } from '../../ui/parts.tsx'
import type { AgentRecord } from '../../../world/index.ts'
import { Materials, unitsOf } from '../industry/materials.tsx'
import { AgentSociety } from './AgentSociety.tsx'
import { partDone, shownPosition } from './position.ts'
import s from '../world/world.module.css'

/** Electricity an agent holds when full, as the storage rule of this world has it; only the length of the bar depends on it. */
const FULL_BAR = 200

export function AgentNow({ id, agent, height, link }: { id: string; agent: AgentRecord; height: number; link: string }) {
  const { t, f } = useText()
  const position = shownPosition(agent, height)
  const p = usePageText()
  return (
    <>
      <Doing agent={agent} height={height} />
      <section>
        <h3 className={s.sectionTitle}>{t.agent.resources}</h3>
        <div className={s.meters}>
          <div className={s.meter}><span>{t.agent.electricity}</span><b>{f.int(agent.electricity)}</b><Progress part={agent.electricity / FULL_BAR} label={t.agent.electricity} /></div>
          <div className={s.meter}><span>{t.agent.data}</span><b>{f.int(agent.data)}</b></div>
          <div className={s.meter}><span>{p.agent.cargo}</span><b>{p.agent.cargoUnits(f.int(unitsOf(agent.materials)))}</b></div>
        </div>
        <Materials of={agent.materials} none={p.agent.noCargo} />
      </section>
      <AgentSociety id={id} height={height} />
      <Facts>
        <Fact name={t.agent.position}>{t.agent.km(f.km(position.x), f.km(position.y), f.km(position.z))}</Fact>
        <Fact name={t.agent.registered}>{agent.registered_at === 0 ? t.why.genesis : f.int(agent.registered_at)}</Fact>
        <Fact name={t.agent.nonce}>{f.int(agent.nonce)}</Fact>
        <Fact name={t.agent.reputation}>{f.int(agent.reputation)}</Fact>
        <Fact name={t.agent.key}><Hex value={toHexText(agent.public_key)} edge={8} /></Fact>
        <Fact name={t.agent.copyLink}><code>{link.slice(0, 16)}…</code><CopyButton value={new URL(link, location.href).href} /></Fact>
      </Facts>
    </>
  )
}

function taskText(task: NonNullable<AgentRecord['task']>, t: Catalog, p: PageCatalog): string {
  switch (task.kind) {
    case 'harvest': return t.agent.harvesting
    case 'mine': return p.agent.mining(peerText(task.material, 40))
    case 'refine': return p.agent.refining(peerText(task.recipe_id, 64))
    case 'collect': return p.agent.collecting
  }
}

function Doing({ agent, height }: { agent: AgentRecord; height: number }) {
  const { t, f } = useText()
  const p = usePageText()
  const { motion, task, location: place } = agent
  const left = (until: number): string => (until <= height ? t.agent.due : t.app.blocks(f.int(until - height)))
  return (
    <section className={s.doing}>
      <h3 className={s.sectionTitle}>{t.agent.activity}</h3>
      {motion !== null ? (
        <>
          <p><a href={formatView({ page: 'asteroid', id: motion.to_asteroid })}>{t.agent.moving(t.asteroid.named(bareAsteroid(motion.to_asteroid)))}</a></p>
          <Progress part={partDone(motion.depart_height, motion.arrive_height, height)} label={t.agent.progress} />
          <small>{t.agent.arrives(f.int(motion.arrive_height), left(motion.arrive_height))}</small>
        </>
      ) : task !== null ? (
        <>
          <p>{taskText(task, t, p)} · <AsteroidLink id={task.asteroid} /></p>
          <Progress part={partDone(task.since_height, task.until_height, height)} label={t.agent.progress} />
          <small>{t.agent.finishes(f.int(task.until_height), left(task.until_height))}</small>
        </>
      ) : <p>{t.agent.idle}{place !== null && <> · <AsteroidLink id={place} /></>}</p>}
    </section>
  )
}
