import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createNetworkHost } from '../network/index.ts'
import type { NetworkHost } from '../network/index.ts'
import { consensusTimeouts, WorldNode } from '../node/index.ts'
import type { NodeEvent } from '../node/index.ts'
import { createAllowList, EffectRunner, openEffectJournal } from '../node/effects/index.ts'
import { spawnExecutorThread } from '../node/executor/thread.node.ts'
import { openSqliteStorage } from '../storage/node.ts'
import { decodeGenesis, worldIdOf } from '../world/index.ts'
import { ConfigError, readNodeFile, secretFile } from './node-config.ts'
import type { NodeFile } from './node-config.ts'

/** Blocks kept below the newest snapshot: a day at one block a second. */
const RETAIN_BLOCKS = 86_400

export interface RunningNode {
  readonly node: WorldNode
  readonly network: NetworkHost
  readonly file: NodeFile
  readonly genesis: Uint8Array
  /** What fetches for modules, to be stopped before the node; null where nothing may be fetched. */
  readonly effects: EffectRunner | null
}

export interface RunNodeOptions {
  readonly onUpdate?: (event: NodeEvent) => void
}

/** Opens the node of a data directory: configuration, keys, storage, network, executor. Throws typed errors that say what to do. */
export async function runNode(directory: string, options: RunNodeOptions = {}): Promise<RunningNode> {
  const file = readNodeFile(directory)
  const allow = file.effects?.http_allow ?? []
  createAllowList(allow)
  const genesis = readGenesis(resolve(directory, file.genesis))
  const decoded = decodeGenesis(genesis)
  const world_id = worldIdOf(decoded)
  const seed = file.role === 'validator' ? secretFile(join(directory, 'validator.key'), missingKey(directory)) : null
  const identity = secretFile(join(directory, 'network.key'), () => randomBytes(32))
  const storage = await openSqliteStorage({ path: join(directory, 'chain.db'), world_id })
  let node: WorldNode | null = null
  let effects: EffectRunner | null = null
  const network = await createNetworkHost({
    identitySeed: identity,
    listen: file.listen,
    bootstrap: file.bootstrap,
    relay: file.role === 'gateway',
    onEvent: (event) => {
      if (event.type === 'refused') node?.noteRefusal(event)
      if (event.type === 'connected') node?.peerConnected(event.peer)
    },
  })
  node = await WorldNode.open({
    genesis,
    role: file.role === 'validator' ? 'validator' : 'full',
    validator: seed === null ? null : { validator_id: file.validator_id!, seed },
    storage,
    persistent: true,
    spawnExecutor: spawnExecutorThread,
    network,
    blockIntervalMs: file.block_interval_ms,
    timeouts: consensusTimeouts(file.block_interval_ms),
    retainBlocks: RETAIN_BLOCKS,
    now: Date.now,
    onUpdate: (event) => {
      if (event.type === 'block') effects?.onBlock(event.block)
      options.onUpdate?.(event)
    },
  })
  if (seed !== null && allow.length > 0) {
    const log = (message: string): void => options.onUpdate?.({ type: 'log', level: 'warn', message })
    const journal = openEffectJournal(join(directory, 'effects.journal'))
    effects = new EffectRunner({ host: node, network, validator: { validator_id: file.validator_id!, seed }, allow, journal, log })
    await effects.start()
  }
  return { node, network, file, genesis, effects }
}

function readGenesis(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new ConfigError('CONFIG_MISSING', `The genesis file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}. Copy it from the testnet you join.`)
  }
}

function missingKey(directory: string): () => never {
  return () => {
    throw new ConfigError('CONFIG_MISSING', `${join(directory, 'validator.key')} does not exist. A validator cannot run without its key; restore it from a backup.`)
  }
}

/** Resolves when the process is asked to stop (Ctrl-C, SIGTERM, or its parent is gone). */
export function stopRequested(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve('SIGINT'))
    process.once('SIGTERM', () => resolve('SIGTERM'))
    process.once('disconnect', () => resolve('the parent process ended'))
  })
}
