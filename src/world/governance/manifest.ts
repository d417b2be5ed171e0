import { CodecError, decodeCanonical, encodeCanonical, equalBytes, governanceSignerSetHash, sha256, toHex } from '../../codec/index.ts'
import type { Value, ValueMap } from '../../codec/index.ts'
import { isValidPublicKey } from '../../crypto/index.ts'
import { whyBadEffectSettings } from '../effects/settings.ts'
import { whyBadGovernance, keysOfGovernance } from './config.ts'
import { manifestOf } from './module-changes.ts'
import { applyPatch, PatchError } from './patch.ts'
import { readCheckpointSummary, readManifest, TRUSTED_SIGNER_ID, worldManifestSchema } from './records.ts'
import type { ManifestContent, ModuleChanges, PatchOp, ProposalContent, WorldManifest } from './records.ts'
import { readCheckpoints } from '../state/read.ts'
import type { Checkpoint } from '../state/records.ts'
import type { StateReader } from '../state/state.ts'

/** Hash of canonical bytes, lowercase hex. */
export function hashOf(value: unknown): string {
  return toHex(sha256(encodeCanonical(value as Value)))
}

/** Records are never changed in place, and the same manifest is asked about in every block that has open proposals. */
const hashes = new WeakMap<WorldManifest, string>()
export function manifestHash(manifest: WorldManifest): string {
  let hash = hashes.get(manifest)
  if (hash === undefined) hashes.set(manifest, (hash = hashOf(manifest)))
  return hash
}

/** Id of a proposal: the hash of what its author asks for. */
export function proposalIdOf({ author, title, description, base_manifest_hash, patch, manifest, rollback, module_changes, salt }: ProposalContent): string {
  return hashOf({ author, title, description, base_manifest_hash, patch, manifest, rollback, module_changes, salt })
}

export const signerSetHash = ({ governance: { signers, threshold } }: WorldManifest): string => governanceSignerSetHash(signers, threshold)

/** Which parts of the manifest patches may touch: modules follow from module changes, and version and epoch are counted by the kernel. */
const PATCHABLE: ReadonlySet<string> = new Set<keyof ManifestContent>(['governance', 'trusted_signers', 'effects'])

/** All of a manifest that a proposal may set. */
export function manifestContent({ governance: { epoch_id: _epoch_id, ...governance }, trusted_signers, effects }: WorldManifest): ManifestContent {
  return { governance, trusted_signers, effects }
}

/** What a proposal asks of the manifest. */
type Change = Pick<ProposalContent, 'base_manifest_hash' | 'patch' | 'manifest' | 'rollback' | 'module_changes'>

/** A manifest that no world may have. */
export interface BadManifest {
  readonly code: 'PATCH_BASE_MISMATCH' | 'PATCH_INVALID_PATH' | 'PATCH_NON_OBJECT' | 'MANIFEST_INVALID' | 'CHECKPOINT_UNKNOWN'
  readonly message: string
}

/** The manifest a proposal leads to, or why there is none. Changes of modules are taken as they are named; a version nobody registered is left out. */
export function manifestAfter(state: StateReader, { base_manifest_hash, patch, manifest, rollback, module_changes }: Change): WorldManifest | BadManifest {
  const base = readManifest(state)
  if (manifestHash(base) !== base_manifest_hash) return { code: 'PATCH_BASE_MISMATCH', message: 'The manifest has changed since.' }
  if (rollback !== null) return manifestOfCheckpoint(state, base, rollback)
  const changed = patch !== null ? patchedManifest(base, patch) : manifest !== null ? replacedManifest(base, manifest) : base
  if ('code' in changed) return changed
  const epoch_id = base.governance.epoch_id + (sameElectorate(base, changed) ? 0 : 1)
  return { ...changed, version: base.version + 1, governance: { ...changed.governance, epoch_id }, modules: modulesAfter(state, base, module_changes) }
}

/** How the world is governed stays; what it runs is what it ran then. */
function manifestOfCheckpoint(state: StateReader, base: WorldManifest, { height, state_root }: Checkpoint): WorldManifest | BadManifest {
  const isListed = readCheckpoints(state).some((checkpoint) => checkpoint.height === height && checkpoint.state_root === state_root)
  if (!isListed) return { code: 'CHECKPOINT_UNKNOWN', message: `There is no checkpoint of height ${height} with this state root, or not any more.` }
  return { ...base, version: base.version + 1, modules: readCheckpointSummary(state, height)!.modules }
}

export function isBadManifest(manifest: WorldManifest | BadManifest): manifest is BadManifest {
  return 'code' in manifest
}

function patchedManifest(base: WorldManifest, patch: readonly PatchOp[]): WorldManifest | BadManifest {
  let patched: WorldManifest
  try {
    for (const { path } of patch) {
      if (!PATCHABLE.has(path[0] ?? '') || path.length < 2 || path.join('.') === 'governance.epoch_id') {
        throw new PatchError('PATCH_INVALID_PATH', `"${path.join('.')}" is not for patches to change.`)
      }
    }
    // Maps of a node that executed everything and of one that loaded the state are in different orders, and errors name the first that is wrong.
    patched = worldManifestSchema.parse(decodeCanonical(encodeCanonical(applyPatch(base as unknown as ValueMap, patch))), 'manifest')
  } catch (error) {
    if (error instanceof PatchError) return { code: error.code, message: error.message }
    if (error instanceof CodecError) return { code: 'MANIFEST_INVALID', message: error.message }
    throw error
  }
  return allowed(base, patched)
}

function replacedManifest(base: WorldManifest, { governance, ...content }: ManifestContent): WorldManifest | BadManifest {
  return allowed(base, { ...base, ...content, governance: { ...governance, epoch_id: base.governance.epoch_id } })
}

function allowed(base: WorldManifest, changed: WorldManifest): WorldManifest | BadManifest {
  const problem = whyBadChange(base, changed)
  return problem === null ? changed : { code: 'MANIFEST_INVALID', message: problem }
}

function whyBadChange(base: WorldManifest, { governance, trusted_signers, effects }: WorldManifest): string | null {
  const problem = whyBadGovernance(governance)
  if (problem !== null) return problem
  if (base.governance.signers.length > 0 && governance.signers.length === 0) return 'A world that is governed keeps signers.'
  if (keepsOldGroup(base, governance)) return 'Signers or their threshold change, so the key of the old group must go as well: set group_key to null or to that of the new group.'
  const known = new Set([...keysOfGovernance(base.governance).map(({ public_key }) => public_key), ...Object.values(base.trusted_signers)].map(toHex))
  const keys = [...keysOfGovernance(governance), ...Object.keys(trusted_signers).sort().map((id) => ({ owner: `trusted signer "${id}"`, public_key: trusted_signers[id]! }))]
  for (const id of Object.keys(trusted_signers).sort()) {
    try {
      TRUSTED_SIGNER_ID.parse(id, 'trusted_signers')
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      return error.message
    }
  }
  for (const { owner, public_key } of keys) if (!known.has(toHex(public_key)) && !isValidPublicKey(public_key)) return `The key of the ${owner} is no valid Ed25519 key.`
  return whyBadEffectSettings(effects, base.effects)
}

/** Who left still holds a share of the group's key. */
function keepsOldGroup(base: WorldManifest, { group_key, signers, threshold }: WorldManifest['governance']): boolean {
  const { governance } = base
  return group_key !== null && governance.group_key !== null && equalBytes(group_key, governance.group_key) && signerSetHash(base) !== governanceSignerSetHash(signers, threshold)
}

function sameElectorate({ governance: a }: WorldManifest, { governance: b }: WorldManifest): boolean {
  const of = ({ signers, threshold, guardians, guardian_threshold, group_key }: WorldManifest['governance']): Uint8Array => (
    encodeCanonical({ signers, threshold, guardians, guardian_threshold, group_key } as unknown as Value)
  )
  return equalBytes(of(a), of(b))
}

function modulesAfter(state: StateReader, { modules }: WorldManifest, changes: ModuleChanges): WorldManifest['modules'] {
  const { upgrade, activate, deactivate } = changes
  const after: Record<string, { readonly version: string; readonly wasm_hash: string }> = { ...modules }
  for (const { module_id, to_version, wasm_hash } of upgrade) after[module_id] = { version: to_version, wasm_hash }
  for (const { module_id, version } of activate) {
    const manifest = manifestOf(state, changes, module_id, version)
    if (manifest !== null) after[module_id] = { version, wasm_hash: manifest.wasm_hash }
  }
  for (const { module_id } of deactivate) delete after[module_id]
  return after
}
