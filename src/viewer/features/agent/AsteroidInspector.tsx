import { X } from 'lucide-react'
import { navigate } from '../../app/location.ts'
import { bareAsteroid, useText } from '../../i18n/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import { Button, Fact, Facts, PeerText, Problem, Skeleton } from '../../ui/parts.tsx'
import { resultOf } from '../../ui/use-async.ts'
import type { AsteroidRecord } from '../../../world/index.ts'
import { FactoriesAt } from '../industry/FactoriesAt.tsx'
import { RawRecord } from './RecordViews.tsx'
import { TrustMark } from './TrustMark.tsx'
import { useRecord } from './use-record.ts'
import i from '../industry/industry.module.css'
import ui from '../../ui/ui.module.css'
import s from '../world/world.module.css'

const CM_PER_METER = 100

export default function AsteroidInspector({ id }: { id: string }) {
  const { t, f } = useText()
  const p = usePageText()
  const loaded = useRecord(id)
  const checked = resultOf(loaded)
  const asteroid = checked?.verified.value as AsteroidRecord | null | undefined
  return (
    <aside className={s.inspector} aria-label={t.asteroid.title}>
      <header className={s.inspectorHead}>
        <div className={s.inspectorTitle}>
          <h2>{t.asteroid.named(bareAsteroid(id))}</h2>
          <Button look="quiet-icon" aria-label={t.agent.close} onClick={() => navigate({ page: 'world' })}><X size={18} aria-hidden /></Button>
        </div>
        <div className={ui.row}><TrustMark checked={checked} failed={loaded.state === 'failed'} recordKey={id} /></div>
      </header>
      <span />
      <div className={s.inspectorBody} tabIndex={0}>
        {loaded.state === 'failed' && <Problem error={loaded.error} />}
        {checked === null ? loaded.state === 'loading' && <Skeleton lines={6} /> : asteroid === null || asteroid === undefined ? <p className={ui.empty}>{t.asteroid.notFound}</p> : (
          <Facts>
            <Fact name={t.asteroid.radius}>{t.asteroid.meters(f.int(asteroid.radius_cm / CM_PER_METER))}</Fact>
            <Fact name={t.asteroid.radiation}>{f.int(asteroid.radiation)}</Fact>
            <Fact name={t.asteroid.material}><PeerText value={asteroid.material} limit={40} /></Fact>
            <Fact name={t.asteroid.position}>{t.agent.km(f.km(asteroid.position.x), f.km(asteroid.position.y), f.km(asteroid.position.z))}</Fact>
            <Fact name={p.asteroid.ore} wide><ul className={i.materials}>{Object.entries(asteroid.elements).map(([element, amount]) => <li key={element}>{element} <b>{p.asteroid.tonnes(f.int(amount))}</b></li>)}</ul></Fact>
          </Facts>
        )}
        {checked !== null && asteroid != null && <FactoriesAt index={`factories_at/${bareAsteroid(id)}`} title={p.asteroid.factories} none={p.asteroid.noFactories} height={checked.verified.provenance.height} owner />}
        {checked !== null && <RawRecord record={checked.record} />}
      </div>
    </aside>
  )
}
