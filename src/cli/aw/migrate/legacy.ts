/**
 * Manifests of the earlier system (research/original.md §3.1) as this one has them. What it called signatures is told apart, and none of it is believed:
 * `unsigned:*`, `identity_hash_v1` (a hash anyone can make), and `ed25519` over a payload that leaves out id, version, limits and capabilities.
 */
import { AppError, CodecError, schema, sha256, toHex, utf8Bytes } from '../../../codec/index.ts'
import type { Value } from '../../../codec/index.ts'
import { trustedSignersOf, unsignedManifestSchema, verifyArtifactIdentity } from '../../../world/index.ts'
import type { TrustedSigner, UnsignedManifest } from '../../../world/index.ts'
import type { Origin } from '../artifact/sign.ts'
import { fromJson } from '../json.ts'
import { parseManifest } from '../module-files.ts'

/** What vouched for a manifest so far. */
export type FormerIdentity = 'missing' | 'unsigned' | 'keyless' | 'old_ed25519' | 'unknown_scheme' | 'signed'

type Json = Readonly<Record<string, unknown>>

const HASH = /^[0-9a-f]{64}$/

const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a JSON file is meant as the manifest of a module at all. */
export const looksLikeManifest = (json: unknown): json is Json => isMap(json) && typeof json['module_id'] === 'string' && typeof json['wasm_hash'] === 'string'

/** `signed` only where one of `trusted` really signed this manifest in today's form. */
export function formerIdentity(json: Json, trusted: readonly TrustedSigner[]): FormerIdentity {
  const identity = json['artifact_identity']
  if (!isMap(identity)) return 'missing'
  const { signer_node_id: signer, signature_scheme: scheme, artifact_signature: signature } = identity
  if ([signer, scheme, signature].some((text) => typeof text === 'string' && text.startsWith('unsigned'))) return 'unsigned'
  if (scheme === 'identity_hash_v1' || (typeof signature === 'string' && signature.startsWith('idhash:'))) return 'keyless'
  if (typeof signature === 'string' && signature.startsWith('modsig:')) return 'old_ed25519'
  if (scheme !== 'ed25519') return 'unknown_scheme'
  return isSigned(json, trusted) ? 'signed' : 'old_ed25519'
}

function isSigned(json: Json, trusted: readonly TrustedSigner[]): boolean {
  try {
    verifyArtifactIdentity(parseManifest(json, ''), trustedSignersOf(trusted))
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

/** A manifest in today's form. Throws `MANIFEST_UNFIT` naming what has no counterpart. */
export function convertedManifest(json: Json): UnsignedManifest {
  const { module_id, version, kind, role = 'domain', wasm_hash, interface_version, exports, subscriptions, required_caps = [], abi_contract, limits } = json
  const contract = isMap(abi_contract) ? abi_contract : {}
  const converted = {
    module_id, version, kind, role, wasm_hash, interface_version, abi_version: json['abi_version'] ?? contract['abi_version'] ?? 1, exports,
    subscriptions: convertedSubscription(subscriptions), required_caps, ...contractOf(contract), limits,
  }
  try {
    return unsignedManifestSchema.parse(fromJson(converted) as Value, '')
  } catch (cause) {
    if (!(cause instanceof CodecError || cause instanceof AppError)) throw cause
    throw unfit(cause.message, cause)
  }
}

function unfit(why: string, cause?: unknown): AppError {
  return new AppError('MANIFEST_UNFIT', `The manifest has no counterpart here: ${why} Mend it, then run this again.`, {}, { cause })
}

/** Schemas of input and output were never enforced, and players are counted nowhere. */
function contractOf(contract: Json): { readonly abi_contract?: unknown } {
  const { cap_slots = {}, policy_hooks = [], gameplay } = contract
  const kind = isMap(gameplay) ? { kind: gameplay['kind'] } : null
  const isEmpty = isMap(cap_slots) && Object.keys(cap_slots).length === 0 && Array.isArray(policy_hooks) && policy_hooks.length === 0 && kind === null
  return isEmpty ? {} : { abi_contract: { cap_slots, policy_hooks, gameplay: kind } }
}

function convertedSubscription(given: unknown): unknown {
  const list = Array.isArray(given) ? given : [given]
  if (list.length !== 1 || !isMap(list[0])) throw unfit(`it subscribes ${list.length} times, and a module here has one subscription.`)
  const { action_kinds = [], event_kinds = [], stage, filters } = list[0]
  const isAboutEvents = Array.isArray(event_kinds) && event_kinds.length > 0
  const converted = convertedFilters(filters)
  return { action_kinds, event_kinds, stage: stage ?? (isAboutEvents ? 'post_event' : 'pre_action'), ...(converted === undefined ? {} : { filters: converted }) }
}

/** There by `event` and `action`, here by what the stage is about: one of the two. */
function convertedFilters(filters: unknown): unknown {
  if (filters === undefined || filters === null) return undefined
  if (!isMap(filters)) throw unfit('its filters are no map.')
  if (!('event' in filters) && !('action' in filters)) return filters
  const sides = [filters['event'], filters['action']].filter((side) => side !== undefined && side !== null)
  if (sides.length !== 1) throw unfit('it filters by action and by event at once.')
  return Array.isArray(sides[0]) ? { all: sides[0] } : sides[0]
}

const identityEntry = schema.object({ module_id: schema.text(64), source_hash: schema.text(64, HASH), build_manifest_hash: schema.text(64, HASH), identity_hash: schema.text(64, HASH) })

/** Where modules come from, by id, out of an identity manifest; entries whose identity hash is not that of their parts are left out. Null for other files. */
export function originsIn(json: unknown): ReadonlyMap<string, Origin> | null {
  if (!isMap(json) || !Array.isArray(json['modules']) || json['schema_version'] !== 1) return null
  return new Map((json['modules'] as readonly unknown[]).flatMap((entry) => {
    const origin = isMap(entry) ? originOfEntry(entry) : null
    return origin === null ? [] : [origin]
  }))
}

function originOfEntry({ module_id, source_hash, build_manifest_hash, identity_hash }: Json): readonly [string, Origin] | null {
  try {
    const entry = identityEntry.parse({ module_id, source_hash, build_manifest_hash, identity_hash } as Value, '')
    const recomputed = toHex(sha256(utf8Bytes(`${entry.module_id}:${entry.source_hash}:${entry.build_manifest_hash}`)))
    return recomputed === entry.identity_hash ? [entry.module_id, { source_hash: entry.source_hash, build_manifest_hash: entry.build_manifest_hash }] : null
  } catch (error) {
    if (error instanceof CodecError) return null
    throw error
  }
}

/** Where the bytes come from: as the manifest says, else as an identity manifest beside it does. Throws `ORIGIN_UNKNOWN`. */
export function originOf(json: Json, origins: ReadonlyMap<string, Origin>): Origin {
  const identity = json['artifact_identity']
  const { source_hash, build_manifest_hash } = isMap(identity) ? identity : {}
  if (typeof source_hash === 'string' && HASH.test(source_hash) && typeof build_manifest_hash === 'string' && HASH.test(build_manifest_hash)) return { source_hash, build_manifest_hash }
  const known = origins.get(String(json['module_id']))
  if (known !== undefined) return known
  throw new AppError('ORIGIN_UNKNOWN', 'Neither the manifest nor an identity manifest beside it says which source and which build the bytes come from. Add both hashes to its artifact_identity.')
}
