/** What a proposal makes of the world's manifest, by the kernel's own rule over records that were verified. Pure. */
import type { Value } from '../../../codec/index.ts'
import { checkpointKey, CHECKPOINTS_KEY, MANIFEST_KEY, manifestAfter, moduleVersionKey } from '../../../world/index.ts'
import type { BadManifest, ProposalContent, WorldManifest } from '../../../world/index.ts'

/** Records by their state key. */
export type Records = ReadonlyMap<string, Value>

/** State keys of the records beside the manifest that the result depends on: versions switched on, and the checkpoint gone back to. */
export function recordKeysOf({ module_changes: { register, activate }, rollback }: Pick<ProposalContent, 'module_changes' | 'rollback'>): string[] {
  const added = new Set(register.map(({ module_id, version }) => moduleVersionKey(module_id, version)))
  const versions = activate.map(({ module_id, version }) => moduleVersionKey(module_id, version)).filter((key) => !added.has(key))
  return rollback === null ? versions : [...versions, CHECKPOINTS_KEY, checkpointKey(rollback.height)]
}

export function nextManifest(base: WorldManifest, content: ProposalContent, records: Records): WorldManifest | BadManifest {
  return manifestAfter({ get: (key) => (key === MANIFEST_KEY ? base as unknown as Value : records.get(key) ?? null) }, content)
}
