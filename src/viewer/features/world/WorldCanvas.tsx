import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import renderWorkerUrl from '../../../../workers/render.ts?worker&url'
import { navigate, useView } from '../../app/location.ts'
import { agentView } from '../../app/url.ts'
import { useText } from '../../i18n/index.ts'
import { attachRendererPort } from '../../node-client/client.ts'
import { nodeStore } from '../../stores/node.ts'
import { startWorker } from '../../node-client/worker-url.ts'
import { createRendererClient } from '../../render/index.ts'
import type { RenderStats, RendererClient, SurfaceSize } from '../../render/contract.ts'
import { settingsStore } from '../../stores/settings.ts'
import { provideWorldControl } from './control.ts'
import { listenForGestures } from './gestures.ts'
import s from './world.module.css'

export interface CanvasCallbacks {
  readonly onClient: (client: RendererClient | null) => void
  readonly onStats: (stats: RenderStats) => void
  readonly onFailure: () => void
}

/**
 * The map. A canvas can be handed to a worker once, so element, worker and client are made together in one effect and go together;
 * React sees only the host element.
 */
export function WorldCanvas({ onClient, onStats, onFailure }: CanvasCallbacks) {
  const { t } = useText()
  const host = useRef<HTMLDivElement>(null)
  const [client, setClient] = useState<RendererClient | null>(null)
  useEffect(() => {
    const element = host.current!
    const stop = new AbortController()
    try {
      const made = mount(element, onStats, onFailure, stop.signal)
      setClient(made)
      onClient(made)
    } catch {
      onFailure()
    }
    return () => {
      stop.abort()
      setClient(null)
      onClient(null)
      element.replaceChildren()
    }
    // Callbacks are stable setters; the map lives as long as the page shows it.
  }, [])
  useEffect(() => {
    host.current?.querySelector('canvas')?.setAttribute('aria-label', t.world.canvas)
  }, [t, client])
  useRendererSettings(client)
  return <div ref={host} className={s.canvasHost} />
}

function mount(host: HTMLElement, onStats: (stats: RenderStats) => void, onFailure: () => void, signal: AbortSignal): RendererClient {
  const canvas = document.createElement('canvas')
  if (!('transferControlToOffscreen' in canvas)) throw new TypeError('OffscreenCanvas is missing')
  canvas.tabIndex = 0
  canvas.setAttribute('role', 'application')
  host.replaceChildren(canvas)
  const worker = startWorker(renderWorkerUrl, 'render')
  worker.onerror = onFailure
  const client = createRendererClient(worker)
  client.attach(canvas, sizeOf(host))
  client.onStats(onStats)
  const resize = new ResizeObserver(() => {
    const size = sizeOf(host)
    if (size.width > 1 && size.height > 1) client.resize(size)
  })
  resize.observe(host)
  listenForGestures(canvas, {
    pan: (dx, dy) => client.setCamera({ panBy: { dx, dy } }),
    zoom: (x, y, factor) => client.setCamera({ zoomAt: { x, y, factor } }),
    reset: () => client.setCamera({ reset: true }),
    select: (x, y, firmly) => void select(client, x, y, firmly),
  }, signal)
  provideWorldControl({ reset: () => client.setCamera({ reset: true }), center: (id) => client.setCamera({ center: id }) })
  // Every run of the node gets a port of its own: the node may be started again after a failure or a move between tabs.
  const attach = (): void => void attachRendererPort(client.framePort()).catch(onFailure)
  attach()
  const unsubscribe = nodeStore.subscribe(({ boot }, before) => {
    if (boot.stage === 'starting' && before.boot.stage !== 'starting' && startedBefore) attach()
    if (boot.stage === 'running') startedBefore = true
  })
  let startedBefore = nodeStore.getState().boot.stage === 'running'
  signal.addEventListener('abort', () => {
    unsubscribe()
    resize.disconnect()
    provideWorldControl(null)
    client.dispose()
    worker.terminate()
  })
  return client
}

async function select(client: RendererClient, x: number, y: number, firmly: boolean): Promise<void> {
  const picked = await client.pick(x, y)
  if (picked === null) return
  navigate(picked.kind === 'agent' ? agentView(picked.id, 'now', firmly) : { page: picked.kind, id: picked.id })
}

function sizeOf(host: HTMLElement): SurfaceSize {
  // Beyond two device pixels per CSS pixel nobody sees a difference in dots, and the picture costs four times as much.
  return { width: Math.max(1, host.clientWidth), height: Math.max(1, host.clientHeight), dpr: Math.min(2, devicePixelRatio) }
}

/** Passes settings and the selection on; the URL is where the selection lives. */
function useRendererSettings(client: RendererClient | null): void {
  const view = useView()
  const theme = useStore(settingsStore, (settings) => settings.theme)
  const layers = useStore(settingsStore, (settings) => settings.layers)
  const reduced = useStore(settingsStore, (settings) => settings.reducedMotion)
  const selected = view.page === 'agent' || view.page === 'asteroid' || view.page === 'factory' ? view.id : null
  const followed = view.page === 'agent' && view.follow ? view.id : null
  useEffect(() => client?.setTheme(theme), [client, theme])
  useEffect(() => client?.setLayers(layers), [client, layers])
  useEffect(() => client?.select(selected), [client, selected])
  useEffect(() => client?.follow(followed), [client, followed])
  useEffect(() => {
    const query = matchMedia('(prefers-reduced-motion: reduce)')
    const apply = (): void => client?.setReducedMotion(reduced || query.matches)
    apply()
    query.addEventListener('change', apply)
    return () => query.removeEventListener('change', apply)
  }, [client, reduced])
}
