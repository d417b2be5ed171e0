import { Suspense, lazy, useState } from 'react'
import { Layers, ListTree, LocateFixed, Minus, Plus } from 'lucide-react'
import { useStore } from 'zustand'
import { useView } from '../../app/location.ts'
import { useTrust } from '../../app/TrustChip.tsx'
import { useText } from '../../i18n/index.ts'
import type { RenderStats, RendererClient, WorldLayers } from '../../render/contract.ts'
import { nodeStore } from '../../stores/node.ts'
import { STANDSTILL_INTERVALS } from '../../trust/trust-state.ts'
import { changeSettings, settingsStore } from '../../stores/settings.ts'
import { Button, Skeleton } from '../../ui/parts.tsx'
import { EventStrip } from './EventStrip.tsx'
import { Intro } from './Intro.tsx'
import { WorldCanvas } from './WorldCanvas.tsx'
import s from './world.module.css'
import ui from '../../ui/ui.module.css'

const Inspector = lazy(() => import('../agent/Inspector.tsx'))
const AsteroidInspector = lazy(() => import('../agent/AsteroidInspector.tsx'))
const FactoryInspector = lazy(() => import('../industry/FactoryInspector.tsx'))
const InView = lazy(() => import('./InView.tsx'))

/** Canvas, and around it: caption, layers, the table of what is in view, the newest events, the inspector. */
export function WorldPage({ active }: { active: boolean }) {
  const { t } = useText()
  const view = useView()
  const [client, setClient] = useState<RendererClient | null>(null)
  const [stats, setStats] = useState<RenderStats | null>(null)
  const [failed, setFailed] = useState(false)
  const [panel, setPanel] = useState<'layers' | 'view' | null>(null)
  const toggle = (which: 'layers' | 'view'): void => setPanel(panel === which ? null : which)
  return (
    <div className={s.stage} data-inspecting={view.page !== 'world' || undefined}>
      <h1 className={ui.hidden}>{t.world.title}</h1>
      {failed ? <RendererFailed /> : <WorldCanvas onClient={setClient} onStats={setStats} onFailure={() => setFailed(true)} />}
      <Waiting />
      <div className={s.left}>
        {panel === null && <Intro client={client} agents={stats?.agents ?? null} />}
        <div className={s.bar}>
          <Button look="icon" aria-expanded={panel === 'layers'} aria-label={t.world.layers} title={t.world.layers} onClick={() => toggle('layers')}><Layers size={17} aria-hidden /></Button>
          <Button aria-expanded={panel === 'view'} onClick={() => toggle('view')}><ListTree size={17} aria-hidden />{t.world.inView}</Button>
        </div>
        {panel === 'layers' && <LayersPanel />}
        {panel === 'view' && client !== null && <Suspense fallback={<Skeleton lines={4} />}><InView client={client} active={active} /></Suspense>}
      </div>
      <div className={s.zoom} role="group" aria-label={t.help.onMap}>
        <Button look="icon" aria-label={t.world.zoomIn} onClick={() => zoom(client, 1.5)}><Plus size={17} aria-hidden /></Button>
        <Button look="icon" aria-label={t.world.zoomOut} onClick={() => zoom(client, 1 / 1.5)}><Minus size={17} aria-hidden /></Button>
        <Button look="icon" aria-label={t.world.reset} title={t.world.reset} onClick={() => client?.setCamera({ reset: true })}><LocateFixed size={17} aria-hidden /></Button>
      </div>
      <EventStrip />
      {stats !== null && <FrameRate stats={stats} />}
      <Suspense fallback={<aside className={s.inspector}><Skeleton lines={7} /></aside>}>
        {view.page === 'agent' && <Inspector id={view.id} tab={view.tab} following={view.follow} />}
        {view.page === 'asteroid' && <AsteroidInspector id={view.id} />}
        {view.page === 'factory' && <FactoryInspector id={view.id} />}
      </Suspense>
    </div>
  )
}

function zoom(client: RendererClient | null, factor: number): void {
  const canvas = document.querySelector('canvas')
  if (client !== null && canvas !== null) client.setCamera({ zoomAt: { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2, factor } })
}

function LayersPanel() {
  const { t } = useText()
  const layers = useStore(settingsStore, (settings) => settings.layers)
  return (
    <fieldset className={s.floating}>
      <legend className={ui.hidden}>{t.world.layers}</legend>
      {(Object.keys(layers) as (keyof WorldLayers)[]).map((layer) => (
        <label key={layer} className={ui.check}>
          <input type="checkbox" checked={layers[layer]} onChange={(event) => changeSettings({ layers: { ...layers, [layer]: event.target.checked } })} />
          {t.world.layerNames[layer]}
        </label>
      ))}
    </fieldset>
  )
}

/** Over the map while nothing is verified yet, and when the world stands still. */
function Waiting() {
  const { t, f } = useText()
  const trust = useTrust()
  const boot = useStore(nodeStore, (node) => node.boot.stage)
  const intervalMs = useStore(nodeStore, (node) => node.status?.block_interval_ms ?? 0)
  if (trust.kind === 'stale') {
    if (trust.forMs < STANDSTILL_INTERVALS * intervalMs) return null // the chip says it already
    return <div className={s.notice} role="status" data-tone="warn"><h2>{t.world.stoppedTitle}</h2><p>{t.world.stoppedBody(f.span(trust.forMs))}</p></div>
  }
  if (trust.kind !== 'verifying') return null
  return (
    <div className={s.notice} role="status">
      <h2>{boot === 'loading' ? t.boot.loading : boot === 'starting' ? t.boot.starting : t.world.connecting}</h2>
      <p>{t.world.connectingBody}</p>
    </div>
  )
}

function RendererFailed() {
  const { t } = useText()
  return <div className={s.failed}><h2>{t.world.rendererFailed}</h2><p>{t.world.rendererNext}</p></div>
}

function FrameRate({ stats }: { stats: RenderStats }) {
  const { t, f } = useText()
  return <span className={s.frameRate} data-fps={Math.round(stats.fps)} aria-hidden>{t.world.fps(f.int(Math.round(stats.fps)), stats.backend)}</span>
}
