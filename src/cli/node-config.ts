import { readFileSync, writeFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, fromHex, toHex } from '../codec/index.ts'

export class ConfigError extends AppError {}

/** What one process of a testnet needs to know; `node.json` in its data directory. Paths are relative to that directory. */
export interface NodeFile {
  readonly role: 'validator' | 'gateway'
  readonly validator_id: string | null
  readonly genesis: string
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[]
  readonly bootstrap: readonly string[]
  readonly block_interval_ms: number
  /** Of a validator: origins such as `https://api.example.org` it fetches from when modules ask. Without it nothing is fetched. */
  readonly effects?: { readonly http_allow: readonly string[] }
}

const NODE_FILE = 'node.json'

export function writeNodeFile(directory: string, file: NodeFile): void {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, NODE_FILE), `${JSON.stringify(file, null, 2)}\n`)
}

/** Reads and checks `node.json`. Throws `ConfigError` (`CONFIG_MISSING`, `CONFIG_INVALID`) naming file and field. */
export function readNodeFile(directory: string): NodeFile {
  const path = join(directory, NODE_FILE)
  if (!existsSync(path)) {
    throw new ConfigError('CONFIG_MISSING', `${path} does not exist. Give --data the directory of a node, such as .agent-world/validator-1; "npm start" makes them.`)
  }
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new ConfigError('CONFIG_INVALID', `${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  return checkNodeFile(path, value)
}

function checkNodeFile(path: string, value: unknown): NodeFile {
  const bad = (field: string, expected: string): never => {
    throw new ConfigError('CONFIG_INVALID', `${path}: "${field}" must be ${expected}.`, { field })
  }
  if (typeof value !== 'object' || value === null) bad('(file)', 'a JSON object')
  const file = value as Record<string, unknown>
  const addresses = (field: string): readonly string[] => {
    const list = file[field]
    if (!Array.isArray(list) || list.length > 256 || list.some((entry) => typeof entry !== 'string' || !entry.startsWith('/'))) {
      bad(field, 'a list of multiaddrs such as "/ip4/127.0.0.1/tcp/8081/ws"')
    }
    return list as readonly string[]
  }
  const { role, validator_id, genesis, block_interval_ms, effects } = file
  if (role !== 'validator' && role !== 'gateway') bad('role', '"validator" or "gateway"')
  if (role === 'validator' ? typeof validator_id !== 'string' : validator_id !== null) bad('validator_id', 'the id of a validator, or null for a gateway')
  if (typeof genesis !== 'string' || genesis === '') bad('genesis', 'the path of the genesis file')
  if (!Number.isInteger(block_interval_ms) || (block_interval_ms as number) < 50) bad('block_interval_ms', 'a whole number of at least 50')
  if (effects !== undefined && !isEffects(effects)) bad('effects', '{"http_allow": […]} with a list of origins such as "https://api.example.org"')
  const fields = { role, validator_id, genesis, block_interval_ms, listen: addresses('listen'), bootstrap: addresses('bootstrap') }
  return { ...fields, ...(effects === undefined ? {} : { effects }) } as NodeFile
}

function isEffects(value: unknown): value is NonNullable<NodeFile['effects']> {
  const list = typeof value === 'object' && value !== null && Object.keys(value).join() === 'http_allow' ? (value as Record<string, unknown>)['http_allow'] : null
  return Array.isArray(list) && list.every((entry) => typeof entry === 'string')
}

/**
 * A 32-byte secret kept as hex in a file only its owner may read; made with `make` when missing.
 * Throws `CONFIG_INVALID` when the file holds something else: it is never overwritten.
 */
export function secretFile(path: string, make: () => Uint8Array): Uint8Array {
  if (!existsSync(path)) {
    writeFileSync(path, `${toHex(make())}\n`, { mode: 0o600, flag: 'wx' })
  }
  const text = readFileSync(path, 'utf8').trim()
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new ConfigError('CONFIG_INVALID', `${path} must hold 64 hex digits. Restore it from a backup; without it this key is lost.`)
  }
  return fromHex(text)
}
