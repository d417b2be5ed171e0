/** The running node of this tab, as the rest of the page sees it. */
import { proxy, transfer, wrap } from 'comlink'
import type { Remote } from 'comlink'
import nodeWorkerUrl from '../../../workers/node.ts?worker&url'
import type { BlockSummary, NodeApi, NodeConfig, NodeUpdate } from '../../node/index.ts'
import { addBlocks } from '../stores/feed.ts'
import { nodeStore, setBoot } from '../stores/node.ts'
import { createRtcHost } from '../../network/rtc/host.ts'
import type { RtcHost } from '../../network/rtc/host.ts'
import { createBatch } from './batch.ts'
import { PageError, errorInfoOf, installErrorTransfer } from './errors.ts'
import { noticeRefusals } from './notices.ts'
import { startWorker } from './worker-url.ts'

/** Ten updates of the page a second (research/ui.md §6.1). */
const UPDATE_INTERVAL_MS = 100
/** Blocks asked for after a reload: fills the feed and the ledger list. */
const RECENT_BLOCKS = 64

interface Running {
  readonly worker: Worker
  readonly api: Remote<NodeApi>
  readonly rtc: RtcHost | null
}

let running: Running | null = null
let waiting: { readonly promise: Promise<Remote<NodeApi>>; readonly resolve: (api: Remote<NodeApi>) => void } = Promise.withResolvers()

/** The node's interface as soon as it runs. Never rejects: callers show "loading" until then. */
export function whenNode(): Promise<Remote<NodeApi>> {
  return running === null ? waiting.promise : Promise.resolve(running.api)
}

/** Starts worker and node. Throws what the node throws; the worker is then gone again. */
export async function startNode(config: NodeConfig): Promise<void> {
  installErrorTransfer()
  const worker = startWorker(nodeWorkerUrl, 'node')
  const { promise: crashed, reject: crash } = Promise.withResolvers<never>()
  crashed.catch(() => undefined)
  worker.onerror = (event) => {
    const error = new PageError('WORKER_FAILED', `The node worker stopped: ${event.message || 'its script could not be loaded'}. Reload the page.`)
    crash(error)
    if (running?.worker === worker) setBoot({ stage: 'failed', error: errorInfoOf(error) })
  }
  const api = wrap<NodeApi>(worker)
  let rtc: RtcHost | null = null
  const updates = createBatch<NodeUpdate>(UPDATE_INTERVAL_MS, applyUpdates)
  try {
    const startup = async (): Promise<void> => {
      rtc = await offerRtc(api)
      await api.subscribe(proxy((update: NodeUpdate) => updates.push(update)))
      await api.start(config)
    }
    await Promise.race([startup(), crashed])
  } catch (error) {
    ;(rtc as RtcHost | null)?.dispose()
    worker.terminate()
    throw error
  }
  running = { worker, api, rtc }
  waiting.resolve(api)
  addBlocks(await api.recentBlocks(RECENT_BLOCKS))
}

/** Stops the node cleanly, storage last. Safe to call when none runs. */
export async function stopNode(): Promise<void> {
  if (running === null) return
  const { worker, api, rtc } = running
  running = null
  waiting = Promise.withResolvers()
  try {
    await api.stop()
  } finally {
    rtc?.dispose()
    worker.terminate()
  }
}

/** Ends the worker at once, for a tab that lost its right to run a node. The last block is one transaction: nothing tears. */
export function killNode(): void {
  running?.rtc?.dispose()
  running?.worker.terminate()
  running = null
  waiting = Promise.withResolvers()
}

export async function attachRendererPort(port: MessagePort): Promise<void> {
  const api = await whenNode()
  await api.attachRenderer(transfer(port, [port]))
}

/** Peer connections exist only on the main thread; their broker must stand before the node starts dialling. Browsers without WebRTC do with websockets. */
async function offerRtc(api: Remote<NodeApi>): Promise<RtcHost | null> {
  if (typeof RTCPeerConnection === 'undefined') return null
  const { port1, port2 } = new MessageChannel()
  const host = createRtcHost(port1)
  await api.attachRtc(transfer(port2, [port2]))
  return host
}

function applyUpdates(updates: readonly NodeUpdate[]): void {
  const blocks: BlockSummary[] = []
  for (const update of updates) if (update.type === 'block') blocks.push(update.block)
  const status = updates.findLast((update) => update.type === 'status')?.status
  if (blocks.length > 0) addBlocks(blocks)
  if (status === undefined) return
  noticeRefusals(nodeStore.getState().status, status)
  nodeStore.setState({ status })
}
