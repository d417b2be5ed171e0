/** The measurements that must run inside a browser tab. Bundled into a page of its own by `bench/browser.ts`. */
import { benchCertificate } from '../../light/bench/index.ts'
import type { ViewFrame } from '../../node/index.ts'
import { createRendererClient } from '../../viewer/render/index.ts'
import { benchStateUpdate, benchTransferBlock } from '../../world/bench/index.ts'
import { benchAbiCall, benchMetering } from '../../wasm/bench/index.ts'
import { ruleCall } from './rule-call.ts'
import { benchShadowRerun } from './shadow.ts'
import { localGenesis } from '../../node/agents/bench/index.ts'
import { benchInterrupt } from '../../node/executor/bench/index.ts'
import { spawnExecutorThread } from '../../node/executor/thread.browser.ts'
import { encodeGenesis } from '../../world/index.ts'
import executorWorkerUrl from '../../../workers/executor.ts?worker&url'
import renderWorkerUrl from '../../../workers/render.ts?worker&url'

const AGENTS = 10_000
/** Agents of belt-small as a testnet makes it. */
const SETTLED_AGENTS = 24
const WARM_UP_MS = 2_000
const MEASURED_SECONDS = 6
const BELT = 10_000_000

export interface RendererFigures {
  readonly agents: number
  /** Frames a second, one sample a second. */
  readonly fps: readonly number[]
  readonly medianFps: number
  readonly p95Ms: number
  readonly backend: string
  /** Tasks over 50 ms on the main thread while measuring (Long Tasks API), milliseconds each. */
  readonly longTasksMs: readonly number[]
}

/** Ten thousand agents, all moving, through the real worker, with frames from the node's format once a second. */
async function benchRenderer(): Promise<RendererFigures> {
  const canvas = document.createElement('canvas')
  canvas.style.cssText = 'position:fixed;inset:0;width:100vw;height:100vh'
  document.body.append(canvas)
  const client = createRendererClient(new Worker(renderWorkerUrl, { type: 'module' }))
  client.attach(canvas, { width: innerWidth, height: innerHeight, dpr: devicePixelRatio })
  const port = client.framePort()
  const frames = movingAgents()
  let height = 1
  port.postMessage(frames(height))
  const clock = setInterval(() => port.postMessage(frames(++height)), 1_000)
  const samples: { fps: number; p95Ms: number; backend: string; agents: number }[] = []
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS))
  const longTasksMs: number[] = []
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) longTasksMs.push(entry.duration)
  })
  observer.observe({ type: 'longtask' })
  await new Promise<void>((resolve) => {
    client.onStats((stats) => {
      samples.push(stats)
      if (samples.length >= MEASURED_SECONDS) resolve()
    })
  })
  clearInterval(clock)
  observer.disconnect()
  client.dispose()
  canvas.remove()
  const fps = samples.map((sample) => sample.fps)
  return {
    agents: samples.at(-1)!.agents,
    fps,
    medianFps: fps.toSorted((a, b) => a - b)[Math.floor(fps.length / 2)]!,
    p95Ms: Math.max(...samples.map((sample) => sample.p95Ms)),
    backend: samples.at(-1)!.backend,
    longTasksMs,
  }
}

/** Every agent goes round its own circle, so that all of them move between any two blocks. */
function movingAgents(): (height: number) => ViewFrame {
  const place = (agent: number, height: number): [number, number] => {
    const angle = height * 0.05 + agent
    const radius = BELT * (0.05 + 0.43 * ((agent * 0.618034) % 1))
    return [Math.round(BELT / 2 + radius * Math.cos(angle)), Math.round(BELT / 2 + radius * Math.sin(angle))]
  }
  return (height) => {
    const agents = {
      count: AGENTS, x: new Int32Array(AGENTS), y: new Int32Array(AGENTS), prevX: new Int32Array(AGENTS), prevY: new Int32Array(AGENTS), activity: new Uint8Array(AGENTS).fill(1),
    }
    for (let agent = 0; agent < AGENTS; agent++) {
      ;[agents.prevX[agent], agents.prevY[agent]] = place(agent, height - 1)
      ;[agents.x[agent], agents.y[agent]] = place(agent, height)
    }
    return {
      type: 'frame', height, block_interval_ms: 1_000, agents,
      roster: height === 1 ? { ids: Array.from({ length: AGENTS }, (_, i) => `agent/${i}`), names: Array.from({ length: AGENTS }, (_, i) => `a${i}`) } : null,
      asteroids: null, factories: null, transits: null,
    }
  }
}

const now = (): number => performance.now()
const bench = {
  certificate: benchCertificate, transferBlock: benchTransferBlock, stateUpdate: benchStateUpdate, renderer: benchRenderer,
  interrupt: async () => benchInterrupt(() => spawnExecutorThread(executorWorkerUrl), encodeGenesis(await localGenesis(SETTLED_AGENTS)), now),
  shadowRerun: () => benchShadowRerun(() => spawnExecutorThread(executorWorkerUrl)),
  metering: () => benchMetering({ now }), abiCall: async () => benchAbiCall({ now, call: await ruleCall() }),
}
export type PageBench = typeof bench
Object.assign(globalThis, { bench })
