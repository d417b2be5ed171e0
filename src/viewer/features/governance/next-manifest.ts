/** What a proposal makes of the world's manifest, by the kernel's own rule over records that were verified. Pure. */
import type { Value } from '../../../codec/index.ts'
import { MANIFEST_KEY, manifestAfter, moduleVersionKey } from '../../../world/index.ts'
import type { BadManifest, ModuleVersionRecord, ProposalContent, WorldManifest } from '../../../world/index.ts'

/** Registered versions of modules by their state key. */
export type Versions = ReadonlyMap<string, ModuleVersionRecord>

/** State keys of the versions a proposal switches on. */
export function versionKeysOf({ module_changes: { register, activate } }: Pick<ProposalContent, 'module_changes'>): string[] {
  const added = new Set(register.map(({ module_id, version }) => moduleVersionKey(module_id, version)))
  return activate.map(({ module_id, version }) => moduleVersionKey(module_id, version)).filter((key) => !added.has(key))
}

export function nextManifest(base: WorldManifest, content: ProposalContent, versions: Versions): WorldManifest | BadManifest {
  const records = new Map<string, Value>([[MANIFEST_KEY, base as unknown as Value], ...[...versions].map(([key, record]) => [key, record as unknown as Value] as const)])
  return manifestAfter({ get: (key) => records.get(key) ?? null }, content)
}
