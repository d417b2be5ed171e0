/**
 * A node for the length of one command: it trusts the hash of the genesis and nothing else, verifies every certificate, executes what it is given,
 * and is then asked like any other node. What it prints about itself goes to standard error.
 */
import { randomBytes } from 'node:crypto'
import { AppError, schema, sha256, toHex, WORLD_ID } from '../../codec/index.ts'
import type { Infer, Value } from '../../codec/index.ts'
import { verifyStateValue } from '../../light/index.ts'
import { createNetworkHost } from '../../network/index.ts'
import { consensusTimeouts, WorldNode } from '../../node/index.ts'
import type { EventPage, EventQuery, NodeStatus, ReceiptAt, RerunProgress, ShadowRerun } from '../../node/index.ts'
import { spawnExecutorThread } from '../../node/executor/thread.node.ts'
import { openMemoryStorage } from '../../storage/index.ts'
import { decodeGenesis, HEAD_KEY, MAX_GENESIS_BYTES, worldIdOf } from '../../world/index.ts'
import type { StateReader } from '../../world/index.ts'
import type { FlagSpec } from '../flags.ts'

const { array, int, object, text } = schema

export const CHAIN_FLAGS = {
  node: { type: 'text', default: 'http://127.0.0.1:8080', value: 'URL', help: 'page address of a node to get genesis and addresses from' },
  world: { type: 'text', default: null, value: 'WORLD_ID', help: 'refuse any other world (default: the one the address names, printed)' },
  timeout: { type: 'integer', default: 180, min: 5, max: 86_400, value: 'SECONDS', help: 'longest wait for the head of the chain, and for a receipt' },
} as const satisfies Record<string, FlagSpec>

const FETCH_TIMEOUT_MS = 30_000
const MAX_NETWORK_FILE_BYTES = 64 << 10
const PROGRESS_MS = 2_000
/** A record is read again when a block came between two of a group. */
const READ_ATTEMPTS = 20
const MAX_RECORDS = 256

export interface ChainInit {
  /** As `npm start` prints it. */
  readonly url: string
  /** Null takes whatever world the address names. */
  readonly world: string | null
  readonly timeoutMs: number
  /** One line about what goes on. */
  readonly note: (line: string) => void
  /** Replay every block instead of starting from a snapshot, so that the whole history is at hand. */
  readonly fromGenesis?: boolean
}

/** Records of one height, each with its proof checked against the certified state root. */
export interface RecordsAt extends StateReader {
  readonly height: number
  readonly stateRoot: Uint8Array
}

export interface Chain {
  readonly worldId: string
  height(): number
  /** What a function of the state gives, over the records it asks for, all of one height and proven. It may be called several times. */
  derive<T>(compute: (state: RecordsAt) => T): Promise<T>
  /** Sends an envelope and waits for its block. Throws what the mempool says, `ACTION_EXPIRED`, `RECEIPT_LATE`. */
  submit(envelope: Uint8Array, validUntilHeight: number): Promise<ReceiptAt>
  /** Resolves with the first result that is not null, asked for once now and after every block. Throws `WAIT_OVER`. */
  until<T>(what: string, ask: () => Promise<T | null>, timeoutMs?: number): Promise<T>
  /** Bytes of a module of the genesis or on record, checked against the hash; null when there is none. */
  moduleWasm(wasmHash: string): Promise<Uint8Array | null>
  eventsOf(query: EventQuery): Promise<EventPage>
  /** Throws an `AppError` with one of `RerunErrorCode`. */
  rerunShadow(proposalId: string, onProgress: (progress: RerunProgress) => void): Promise<ShadowRerun>
  close(): Promise<void>
}

const networkFileSchema = object({
  world_id: WORLD_ID,
  genesis: text(512),
  bootstrap: array(text(512, /^\//), 64),
  block_interval_ms: int(50, 3_600_000),
})
type NetworkFile = Infer<typeof networkFileSchema>

/** Throws `NODE_UNREACHABLE`, `NETWORK_FILE_INVALID`, `WORLD_DIFFERS`, `NODE_NOT_FOLLOWING`. */
export async function openChain(init: ChainInit): Promise<Chain> {
  const file = await readNetworkFile(init.url)
  const genesis = await fetchBytes(new URL(file.genesis, init.url), MAX_GENESIS_BYTES)
  const worldId = worldIdOf(decodeGenesis(genesis))
  const expected = init.world ?? file.world_id
  if (worldId !== expected) {
    throw new AppError('WORLD_DIFFERS', `${init.url} gives the genesis of ${worldId}, not of ${expected}. Check --node, or give --world the world you mean.`, { expected, found: worldId })
  }
  init.note(`world ${worldId}${init.world === null ? ' (named by the node; --world makes sure)' : ''}`)
  const blocks = new Set<() => void>()
  const node = await openNode(genesis, file, init, () => {
    for (const listener of blocks) listener()
  })
  const chain = new NodeChain(worldId, node, blocks, init.timeoutMs)
  try {
    await chain.follow(init, await claimedHeight(init.url))
    return chain
  } catch (error) {
    await chain.close()
    throw error
  }
}

async function openNode(genesis: Uint8Array, { bootstrap, block_interval_ms }: NetworkFile, { fromGenesis, note }: ChainInit, onBlock: () => void): Promise<WorldNode> {
  let node: WorldNode | null = null
  const network = await createNetworkHost({
    identitySeed: randomBytes(32), listen: [], bootstrap,
    onEvent: (event) => {
      if (event.type === 'connected') node?.peerConnected(event.peer)
    },
  })
  try {
    node = await WorldNode.open({
      genesis, role: 'full', validator: null, storage: await openMemoryStorage({ world_id: worldIdOf(decodeGenesis(genesis)) }), persistent: false,
      spawnExecutor: spawnExecutorThread, network, blockIntervalMs: block_interval_ms, timeouts: consensusTimeouts(block_interval_ms), retainBlocks: null,
      ...(fromGenesis === true ? { snapshotSyncAbove: Number.MAX_SAFE_INTEGER } : {}), now: Date.now,
      onUpdate: (event) => {
        if (event.type === 'block') onBlock()
        if (event.type === 'log' && event.level === 'warn') note(event.message)
      },
    })
    return node
  } catch (error) {
    await network.stop()
    throw error
  }
}

class RecordWanted extends Error {
  readonly key: string

  constructor(key: string) {
    super(key)
    this.key = key
  }
}

class NodeChain implements Chain {
  readonly worldId: string
  private readonly node: WorldNode
  private readonly blocks: Set<() => void>
  private readonly timeoutMs: number

  constructor(worldId: string, node: WorldNode, blocks: Set<() => void>, timeoutMs: number) {
    this.worldId = worldId
    this.node = node
    this.blocks = blocks
    this.timeoutMs = timeoutMs
  }

  /** Waits until the node is at the head of the chain, `claimed` at least: what was seen there before must be here. Throws `NODE_NOT_FOLLOWING`. */
  async follow({ note, timeoutMs }: ChainInit, claimed: number): Promise<void> {
    let said = 0
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const status = this.node.status()
      if (status.phase === 'following' && this.height() >= claimed) return note(`following at height ${this.height()}, verified here`)
      if (status.phase === 'failed' && status.error !== null) throw new AppError(status.error.code, status.error.message, status.error.detail)
      if (Date.now() > deadline) {
        throw new AppError('NODE_NOT_FOLLOWING', `After ${Math.round(timeoutMs / 1000)} s the head of the chain is not reached (${describe(status)}). Check that the testnet runs, or give --timeout more seconds.`, { height: this.height() })
      }
      if (Date.now() - said > PROGRESS_MS) {
        said = Date.now()
        note(describe(status))
      }
      await new Promise((tick) => setTimeout(tick, 50))
    }
  }

  height(): number {
    return this.node.head()?.height ?? 0
  }

  async derive<T>(compute: (state: RecordsAt) => T): Promise<T> {
    const wanted = new Set<string>()
    for (let attempt = 0; attempt < READ_ATTEMPTS;) {
      const proven = await this.provenRecords([...wanted])
      if (proven === null) {
        attempt++
        continue
      }
      const { height, stateRoot, records } = proven
      const state: RecordsAt = {
        height,
        stateRoot,
        get: (key) => {
          const record = records.get(key)
          if (record === undefined) throw new RecordWanted(key)
          return record
        },
      }
      try {
        return compute(state)
      } catch (error) {
        if (!(error instanceof RecordWanted)) throw error
        if (wanted.size >= MAX_RECORDS) throw new AppError('TOO_MANY_RECORDS', `More than ${MAX_RECORDS} records are needed at once. Report this.`)
        wanted.add(error.key)
      }
    }
    throw new AppError('STATE_MOVES', 'Blocks come faster than records can be read together. Try again.')
  }

  /** Records of one height with their proofs checked; null when a block came between them. Throws `LightError`. */
  private async provenRecords(keys: readonly string[]): Promise<{ readonly height: number; readonly stateRoot: Uint8Array; readonly records: ReadonlyMap<string, Value> } | null> {
    const proven = await Promise.all([HEAD_KEY, ...keys].map((key) => this.node.query(key)))
    const { height, state_root } = proven[0]!.header
    if (proven.some(({ header }) => header.height !== height)) return null
    for (const { key, value_bytes, proof } of proven) verifyStateValue(state_root, key, value_bytes, proof)
    return { height, stateRoot: state_root, records: new Map(proven.map(({ key, value }) => [key, value])) }
  }

  async submit(envelope: Uint8Array, validUntilHeight: number): Promise<ReceiptAt> {
    const { action_id } = await this.node.submit(envelope)
    return this.until(`the receipt of action ${action_id}`, async () => {
      const found = this.node.receipt(action_id)
      if (found === null && this.height() > validUntilHeight) {
        throw new AppError('ACTION_EXPIRED', `No block up to ${validUntilHeight} took the action, and none will. Sign it again.`, { action_id })
      }
      return found
    })
  }

  async until<T>(what: string, ask: () => Promise<T | null>, timeoutMs = this.timeoutMs): Promise<T> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      // Listening before asking: a block that comes meanwhile is not missed.
      const next = this.nextBlock(deadline - Date.now())
      try {
        const found = await ask()
        if (found !== null) return found
        if (!(await next.came)) throw new AppError('WAIT_OVER', `${what}: not within ${Math.round(timeoutMs / 1000)} s (height ${this.height()}). Give --timeout more seconds, or look again later.`)
      } finally {
        next.forget()
      }
    }
  }

  private nextBlock(timeoutMs: number): { readonly came: Promise<boolean>; readonly forget: () => void } {
    let settle: (came: boolean) => void = () => {}
    const came = new Promise<boolean>((resolve) => {
      settle = resolve
    })
    const listener = (): void => settle(true)
    const timer = setTimeout(() => settle(false), Math.max(0, timeoutMs))
    this.blocks.add(listener)
    return {
      came,
      forget: () => {
        clearTimeout(timer)
        this.blocks.delete(listener)
      },
    }
  }

  async moduleWasm(wasmHash: string): Promise<Uint8Array | null> {
    const wasm = await this.node.moduleWasm(wasmHash)
    return wasm !== null && toHex(sha256(wasm)) === wasmHash ? wasm : null
  }

  eventsOf(query: EventQuery): Promise<EventPage> {
    return this.node.eventsOf(query)
  }

  rerunShadow(proposalId: string, onProgress: (progress: RerunProgress) => void): Promise<ShadowRerun> {
    return this.node.rerunShadow(proposalId, onProgress)
  }

  close(): Promise<void> {
    return this.node.stop()
  }
}

function describe({ phase, sync, head, claimed_height, peers }: NodeStatus): string {
  const connected = peers.filter(({ state }) => state === 'connected').length
  const where = sync === null ? `at height ${head?.height ?? 0}${claimed_height === null ? '' : ` of ${claimed_height}`}` : `${sync.stage} ${sync.at} of ${sync.to}`
  return `${phase}: ${where}, ${connected} peers`
}

async function readNetworkFile(url: string): Promise<NetworkFile> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new AppError('NODE_UNREACHABLE', `"${url}" is no address. --node takes one such as http://127.0.0.1:8080.`, { url })
  const bytes = await fetchBytes(new URL('network.json', url), MAX_NETWORK_FILE_BYTES)
  try {
    const { world_id, genesis, bootstrap, block_interval_ms } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, Value>
    return networkFileSchema.parse({ world_id, genesis, bootstrap, block_interval_ms } as Value, 'network.json')
  } catch (cause) {
    throw new AppError('NETWORK_FILE_INVALID', `${url} names no world: its network.json is malformed. Check the address.`, { url }, { cause })
  }
}

/** Height of the head as the address says; 0 where it says nothing. It makes this node wait at the most, and is believed in nothing else. */
async function claimedHeight(url: string): Promise<number> {
  try {
    const { height } = JSON.parse(new TextDecoder().decode(await fetchBytes(new URL('status', url), MAX_NETWORK_FILE_BYTES))) as { readonly height?: unknown }
    return typeof height === 'number' ? height : 0
  } catch {
    return 0
  }
}

/** Throws `NODE_UNREACHABLE`. Never reads more than `limit` bytes. */
async function fetchBytes(url: URL, limit: number): Promise<Uint8Array> {
  const refuse = (why: string, cause?: unknown): never => {
    throw new AppError('NODE_UNREACHABLE', `${url.href} gives nothing (${why}). Start a testnet with "npm start", or give the address of a node with --node.`, { url: url.href }, { cause })
  }
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
    if (!response.ok || response.body === null) return refuse(`HTTP status ${response.status}`)
    const parts: Uint8Array[] = []
    let size = 0
    for await (const part of response.body) {
      size += part.length
      if (size > limit) return refuse(`more than ${limit} bytes`)
      parts.push(part)
    }
    return new Uint8Array(Buffer.concat(parts))
  } catch (error) {
    if (error instanceof AppError) throw error
    return refuse(error instanceof Error ? error.message : String(error), error)
  }
}
