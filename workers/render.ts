import { RenderWorker } from '../src/viewer/render/worker-entry.ts'
import type { ToRenderer } from '../src/viewer/render/worker-entry.ts'

const renderer = new RenderWorker((message) => postMessage(message))
addEventListener('message', ({ data }: MessageEvent<ToRenderer>) => renderer.receive(data))
