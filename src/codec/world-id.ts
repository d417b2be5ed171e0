import { encodeCanonical } from './encode.ts'
import { Domain } from './domains.ts'
import { toHex } from './hex.ts'
import { sha256 } from './sha256.ts'
import { text } from './schema.ts'
import type { Value } from './value.ts'

/** `<name>.<64 hex digits of the genesis hash>`; a name that starts with `demo-` marks a world that proves nothing to others. */
export const WORLD_ID = text(97, /^[a-z0-9][a-z0-9-]{0,31}\.[0-9a-f]{64}$/)
export const WORLD_NAME = text(32, /^[a-z0-9][a-z0-9-]{0,31}$/)

/** The id of the world that starts from `genesis`. Throws `SCHEMA_MISMATCH` for a name outside `WORLD_NAME`. */
export function worldId(name: string, genesis: Value): string {
  WORLD_NAME.parse(name, 'name')
  return `${name}.${toHex(sha256(encodeCanonical([Domain.genesis, genesis])))}`
}

export function isDemoWorld(id: string): boolean {
  return id.startsWith('demo-')
}
