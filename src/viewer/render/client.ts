import type { Picked, RendererClient, RenderStats, VisibleEntity } from './contract.ts'
import type { FromRenderer, ToRenderer } from './protocol.ts'

/** The page's side of the render worker. Answers to questions asked of a worker that is gone never come. */
export function createRendererClient(worker: Worker): RendererClient {
  const picks = new Map<number, (picked: Picked | null) => void>()
  const views = new Map<number, (agents: readonly VisibleEntity[]) => void>()
  const listeners = new Set<(stats: RenderStats) => void>()
  let requests = 0
  const send = (message: ToRenderer, transfer: Transferable[] = []): void => worker.postMessage(message, transfer)
  const visibility = (): void => send({ type: 'visible', visible: !document.hidden })
  document.addEventListener('visibilitychange', visibility)

  worker.addEventListener('message', ({ data }: MessageEvent<FromRenderer>) => {
    switch (data.type) {
      case 'picked':
        picks.get(data.request)?.(data.picked)
        picks.delete(data.request)
        break
      case 'viewed':
        views.get(data.request)?.(data.agents)
        views.delete(data.request)
        break
      case 'stats':
        for (const listener of listeners) listener(data.stats)
    }
  })

  return {
    attach(canvas, size) {
      const offscreen = canvas.transferControlToOffscreen()
      send({ type: 'attach', canvas: offscreen, size }, [offscreen])
    },
    resize: (size) => send({ type: 'resize', size }),
    framePort() {
      const { port1, port2 } = new MessageChannel()
      send({ type: 'frames', port: port1 }, [port1])
      return port2
    },
    setCamera: (update) => send({ type: 'camera', update }),
    select: (id) => send({ type: 'select', id }),
    follow: (id) => send({ type: 'follow', id }),
    setLayers: (layers) => send({ type: 'layers', layers }),
    setTheme: (theme) => send({ type: 'theme', theme }),
    setReducedMotion: (reduced) => send({ type: 'motion', reduced }),
    pick: (x, y) => new Promise((resolve) => {
      const request = ++requests
      picks.set(request, resolve)
      send({ type: 'pick', request, x, y })
    }),
    inView: (limit) => new Promise((resolve) => {
      const request = ++requests
      views.set(request, resolve)
      send({ type: 'in-view', request, limit })
    }),
    onStats: (listener) => void listeners.add(listener),
    dispose() {
      document.removeEventListener('visibilitychange', visibility)
      worker.terminate()
    },
  }
}
