/** The world file a server puts beside the page. All of it is a claim: the genesis must hash to the world id, the head proves itself. */
import { PageError } from './errors.ts'

export interface NetworkFile {
  readonly world_id: string
  /** Addresses relative to the page. */
  readonly genesis: string
  readonly head: string
  readonly bootstrap: readonly string[]
  readonly block_interval_ms: number
}

/** More than any honest file names; each becomes a dial attempt. */
const MAX_BOOTSTRAP = 64
const MAX_ADDRESS = 512
/** From a fast test network to a lazy one; outside of it the number is a mistake. */
const INTERVAL_RANGE = { min: 50, max: 3_600_000 }
const WORLD_ID = /^[a-z0-9][a-z0-9-]{0,31}\.[0-9a-f]{64}$/

/**
 * Null when the file names no world: the copy that is built with the page, for static hosts. Throws `NETWORK_FILE_INVALID`, naming the field.
 * Unknown fields are ignored so that servers may say more.
 */
export function parseNetworkFile(value: unknown, page: string): NetworkFile | null {
  const file = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : invalid('file')
  const { world_id, bootstrap, block_interval_ms } = file
  if (world_id === null) return null
  if (typeof world_id !== 'string' || !WORLD_ID.test(world_id)) return invalid('world_id')
  if (!Array.isArray(bootstrap) || bootstrap.length > MAX_BOOTSTRAP) return invalid('bootstrap')
  for (const address of bootstrap) if (typeof address !== 'string' || address.length > MAX_ADDRESS || !address.startsWith('/')) return invalid('bootstrap')
  if (!Number.isInteger(block_interval_ms) || (block_interval_ms as number) < INTERVAL_RANGE.min || (block_interval_ms as number) > INTERVAL_RANGE.max) {
    return invalid('block_interval_ms')
  }
  return {
    world_id, bootstrap: bootstrap as string[], block_interval_ms: block_interval_ms as number,
    genesis: sameOrigin(file['genesis'], 'genesis', page), head: sameOrigin(file['head'], 'head', page),
  }
}

function sameOrigin(value: unknown, field: string, page: string): string {
  if (typeof value !== 'string' || value.length > MAX_ADDRESS || !URL.canParse(value, page)) return invalid(field)
  const url = new URL(value, page)
  return url.origin === new URL(page).origin ? url.href : invalid(field)
}

function invalid(field: string): never {
  throw new PageError('NETWORK_FILE_INVALID', `The world file of this address is malformed: ${field}. Tell the operator of this address.`, { field })
}
