/** A proposal being written: what a form holds, the content it becomes, and what open proposals it gets in the way of. Pure. */
import { CodecError, fromHex } from '../../../codec/index.ts'
import type { Value, ValueMap } from '../../../codec/index.ts'
import { manifestContent, mergePatches, moduleManifestSchema } from '../../../world/index.ts'
import type { ModuleChanges, ModuleManifest, PatchOp, ProposalContent, WorldManifest } from '../../../world/index.ts'
import type { Proposal } from './proposals.ts'

export const DRAFT_KINDS = ['setting', 'module', 'switch', 'rollback'] as const
export type DraftKind = (typeof DRAFT_KINDS)[number]

export type Draft =
  | { readonly kind: 'setting'; readonly ops: readonly PatchOp[] }
  /** A module of a file: takes the place of the active version, or is registered and switched on. */
  | { readonly kind: 'module'; readonly manifest: ModuleManifest }
  | { readonly kind: 'switch'; readonly module_id: string; readonly version: string | null; readonly reason: string }
  | { readonly kind: 'rollback'; readonly height: number; readonly state_root: string }

/** What stands around the change; `salt` is 64 hex digits nobody else chose. */
export interface Cover {
  readonly author: string
  readonly title: string
  readonly description: string
  readonly base_manifest_hash: string
  readonly salt: string
}

const NO_CHANGES: ModuleChanges = { register: [], upgrade: [], activate: [], deactivate: [] }

export function draftContent(draft: Draft, { author, title, description, base_manifest_hash, salt }: Cover, modules: WorldManifest['modules']): ProposalContent {
  return {
    author, title, description, base_manifest_hash,
    patch: draft.kind === 'setting' ? draft.ops : null,
    manifest: null,
    rollback: draft.kind === 'rollback' ? { height: draft.height, state_root: draft.state_root } : null,
    module_changes: { ...NO_CHANGES, ...changesOf(draft, modules) },
    salt,
  }
}

function changesOf(draft: Draft, modules: WorldManifest['modules']): Partial<ModuleChanges> {
  if (draft.kind === 'switch') {
    const { module_id, version, reason } = draft
    return version === null ? { deactivate: [{ module_id, reason }] } : { activate: [{ module_id, version }] }
  }
  if (draft.kind !== 'module') return {}
  const { manifest, manifest: { module_id, version, wasm_hash } } = draft
  const active = Object.hasOwn(modules, module_id) ? modules[module_id]! : null
  if (active === null) return { register: [manifest], activate: [{ module_id, version }] }
  return { upgrade: [{ module_id, from_version: active.version, to_version: version, wasm_hash, manifest }] }
}

/** A place in the manifest a form offers: a number, a yes or no, or anything as JSON. */
export interface Setting {
  readonly path: readonly string[]
  readonly value: Value
}

/** Every place under `governance` and `trusted_signers` that a patch may set, in order. Lists and keys are one place each. */
export function settingsOf(manifest: WorldManifest): Setting[] {
  const leaves = (value: Value, path: readonly string[]): Setting[] => (
    isMap(value) ? Object.keys(value).sort().flatMap((name) => leaves(value[name]!, [...path, name])) : [{ path, value }]
  )
  return leaves(manifestContent(manifest) as unknown as Value, [])
}

/** As the form shows it: bytes as `{"$hex": "…"}`. */
export function formatSetting(value: Value): string {
  return JSON.stringify(plain(value), null, typeof value === 'object' && value !== null && !(value instanceof Uint8Array) ? 2 : 0)
}

function plain(value: Value): unknown {
  if (value instanceof Uint8Array) return { $hex: Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('') }
  if (Array.isArray(value)) return value.map(plain)
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, plain(entry)]))
}

/** What was written into a field; undefined for what is no JSON of a state: fractions, hex that is none. */
export function parseSetting(text: string): Value | undefined {
  try {
    return fromPlain(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof CodecError || error instanceof RangeError) return undefined
    throw error
  }
}

function fromPlain(json: unknown): Value {
  if (typeof json === 'number' && !Number.isSafeInteger(json)) throw new RangeError('not a whole number')
  if (Array.isArray(json)) return json.map(fromPlain)
  if (typeof json !== 'object' || json === null) return json as Value
  const entries = Object.entries(json)
  if (entries.length === 1 && entries[0]![0] === '$hex') return fromHex(String(entries[0]![1]))
  return Object.fromEntries(entries.map(([name, entry]) => [name, fromPlain(entry)]))
}

/** The path as it is typed, `governance.threshold`; null for one that patches may not touch. */
export function parsePath(text: string): readonly string[] | null {
  const path = text.trim().split('.').filter((part) => part !== '')
  return path.length >= 2 && path.length <= 4 && path.every((part) => part.length <= 64) ? path : null
}

/** A manifest as `aw artifact sign` writes it, with the signature in hex. Null for anything else. */
export function parseModuleManifest(text: string): ModuleManifest | null {
  const value = parseSetting(text)
  if (value === undefined || !isMap(value)) return null
  const identity = value['artifact_identity']
  const signature = identity !== undefined && isMap(identity) ? identity['artifact_signature'] : undefined
  const signed = typeof signature === 'string' && /^[0-9a-f]{128}$/.test(signature) ? { ...value, artifact_identity: { ...identity as ValueMap, artifact_signature: fromHex(signature) } } : value
  try {
    return moduleManifestSchema.parse(signed, 'manifest')
  } catch (error) {
    if (error instanceof CodecError) return null
    throw error
  }
}

export interface Conflict {
  readonly with: string
  readonly kind: 'same_path' | 'prefix_overlap' | 'same_module'
  /** Path or module. */
  readonly at: string
}

/** Where open proposals change the same. Whichever takes effect first, the others expire: all build on the same manifest. */
export function conflictsWith(content: Pick<ProposalContent, 'patch' | 'module_changes'>, open: readonly Proposal[]): Conflict[] {
  const touched = new Set(modulesOf(content.module_changes))
  return open.flatMap(({ id, record }) => [
    ...mergePatches([content.patch ?? [], record.patch ?? []]).conflicts.map(({ kind, path }): Conflict => ({ with: id, kind, at: path.join('.') })),
    ...[...new Set(modulesOf(record.module_changes))].filter((module) => touched.has(module)).map((module): Conflict => ({ with: id, kind: 'same_module', at: module })),
  ])
}

export function modulesOf({ register, upgrade, activate, deactivate }: ModuleChanges): string[] {
  return [...register, ...upgrade, ...activate, ...deactivate].map(({ module_id }) => module_id)
}

function isMap(value: Value): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}
