/** From opening the page to a running node: lock, world file, pin, genesis, head, start. */
import type { NodeConfig } from '../../node/index.ts'
import { nodeStore, setBoot } from '../stores/node.ts'
import { killNode, startNode, stopNode } from './client.ts'
import { PageError, errorInfoOf } from './errors.ts'
import { parseNetworkFile } from './network-file.ts'
import type { NetworkFile } from './network-file.ts'
import { comparePin, pinWorld, pinnedWorld } from './pin.ts'
import { takeLock, tryLock } from './tab-lock.ts'
import type { TabLock } from './tab-lock.ts'

const NETWORK_FILE = 'network.json'
/** A solo world has its own pace; one block a second is easy to follow. */
const SOLO_BLOCK_INTERVAL_MS = 1000
/** A local server answers in milliseconds; a page must not wait for a dead one. */
const FILE_TIMEOUT_MS = 8000
const GENESIS_TIMEOUT_MS = 30_000
/** A large genesis with its modules is a few megabytes. */
const MAX_GENESIS_BYTES = 32 << 20
const MAX_HEAD_BYTES = 1 << 20

let lock: TabLock | null = null

const lockEvents = { onAsked: () => void handOver(), onStolen: () => lost() }

/** Starts the node of this tab, or shows who else runs it. Never throws: the outcome is in the node store. */
export async function boot(): Promise<void> {
  await guarded(async () => {
    lock = await tryLock(lockEvents)
    if (lock === null) setBoot({ stage: 'other-tab', moving: false })
    else await findWorld()
  })
}

/** Moves the node from the tab that runs it to this one. */
export async function takeOver(): Promise<void> {
  setBoot({ stage: 'other-tab', moving: true })
  await guarded(async () => {
    lock = await takeLock(lockEvents)
    await findWorld()
  })
}

/** Follows the world that this address serves now, instead of the one pinned before. */
export async function acceptWorld(served: string): Promise<void> {
  pinWorld(served)
  await guarded(findWorld)
}

/** Keeps the pinned world; nothing is connected. */
export const declineWorld = (): void => setBoot({ stage: 'declined' })

/** Tries again after a failure. */
export async function retryBoot(): Promise<void> {
  killNode()
  if (lock === null) await boot()
  else await guarded(findWorld)
}

async function findWorld(): Promise<void> {
  setBoot({ stage: 'loading' })
  const file = await loadNetworkFile()
  if (file === null) return startSolo()
  const verdict = comparePin(pinnedWorld(), file.world_id)
  if (verdict.kind === 'changed') return setBoot({ stage: 'pin-changed', pinned: verdict.pinned, served: file.world_id })
  if (verdict.kind === 'first') pinWorld(file.world_id)
  nodeStore.setState({ pinnedWorld: file.world_id, formerWorld: null })
  const [genesis, httpHead] = await Promise.all([loadGenesis(file.genesis), loadHead(file.head)])
  await start({ genesis, world_id: file.world_id, bootstrap: file.bootstrap, block_interval_ms: file.block_interval_ms, http_head: httpHead })
}

function startSolo(): Promise<void> {
  nodeStore.setState({ pinnedWorld: null, formerWorld: pinnedWorld() })
  return start({ genesis: null, world_id: null, bootstrap: [], block_interval_ms: SOLO_BLOCK_INTERVAL_MS, http_head: null })
}

async function start(config: NodeConfig): Promise<void> {
  setBoot({ stage: 'starting' })
  await startNode(config)
  setBoot({ stage: 'running' })
}

/** Null when there is no world file here: a static copy of the page. A file that is there but malformed is an error, never a solo world. */
async function loadNetworkFile(): Promise<NetworkFile | null> {
  let response: Response
  try {
    response = await fetch(new URL(NETWORK_FILE, document.baseURI), { cache: 'no-store', signal: AbortSignal.timeout(FILE_TIMEOUT_MS) })
  } catch {
    return null
  }
  if (!response.ok || !/json/.test(response.headers.get('content-type') ?? '')) return null
  let value: unknown
  try {
    value = await response.json()
  } catch (error) {
    throw new PageError('NETWORK_FILE_INVALID', 'The world file of this address is not JSON. Tell the operator of this address.', {}, { cause: error })
  }
  return parseNetworkFile(value, document.baseURI)
}

async function loadGenesis(url: string): Promise<Uint8Array> {
  try {
    return await loadBytes(url, MAX_GENESIS_BYTES, GENESIS_TIMEOUT_MS)
  } catch (error) {
    throw new PageError('GENESIS_UNREACHABLE', 'The genesis could not be loaded from this address. Check that the server runs, then try again.', {}, { cause: error })
  }
}

/** The head over HTTP only shortens the wait; without it the node asks its peers. */
async function loadHead(url: string): Promise<Uint8Array | null> {
  try {
    return await loadBytes(url, MAX_HEAD_BYTES, FILE_TIMEOUT_MS)
  } catch {
    return null
  }
}

async function loadBytes(url: string, limit: number, timeoutMs: number): Promise<Uint8Array> {
  const response = await fetch(url, { cache: 'no-store', headers: { Accept: 'application/cbor' }, signal: AbortSignal.timeout(timeoutMs) })
  if (!response.ok || response.body === null) throw new TypeError(`HTTP status ${response.status}`)
  const bytes = new Uint8Array(await new Response(bounded(response.body, limit)).arrayBuffer())
  if (bytes.length === 0) throw new TypeError('empty answer')
  return bytes
}

/** Breaks a stream off that grows past `limit` bytes, whatever its length header says. */
function bounded(stream: ReadableStream<Uint8Array<ArrayBuffer>>, limit: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let size = 0
  return stream.pipeThrough(new TransformStream({
    transform(chunk, controller) {
      size += chunk.length
      if (size > limit) controller.error(new RangeError(`more than ${limit} bytes`))
      else controller.enqueue(chunk)
    },
  }))
}

async function handOver(): Promise<void> {
  setBoot({ stage: 'released' })
  await stopNode().catch(() => undefined)
  lock?.release()
  lock = null
}

function lost(): void {
  lock = null
  killNode()
  setBoot({ stage: 'released' })
}

async function guarded(step: () => Promise<void>): Promise<void> {
  try {
    await step()
  } catch (error) {
    setBoot({ stage: 'failed', error: errorInfoOf(error) })
  }
}
