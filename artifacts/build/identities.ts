import { toHex, utf8Bytes } from '../../src/codec/index.ts'
import { ArtifactIdentityError, artifactPayload, identityHash, verifyArtifactIdentity } from '../../src/world/index.ts'
import type { ModuleArtifactIdentity, TrustedSigners } from '../../src/world/index.ts'
import { generatedModules } from './generated-source.ts'
import { formatHashList } from './hash-list.ts'
import { formatIdentityFile, identityOf } from './identity-file.ts'
import type { IdentityFile } from './identity-file.ts'
import type { BuiltModule, BuiltSet } from './module-set.ts'
import type { OutputFile } from './outputs.ts'
import { generatedPath, hashListPath, identityPath, wasmPath } from './sets.ts'
import type { ArtifactSigner } from './signing-key.ts'
import { allFiles } from './sources.ts'

export interface SignedModule extends BuiltModule {
  readonly identity: ModuleArtifactIdentity
}

/**
 * Gives every module an identity: the one it has, where a trusted signer signed exactly what was built; else a new one. `signer` is asked
 * for only when something must be signed.
 */
export async function signModules(
  modules: readonly BuiltModule[], previous: IdentityFile | null, trusted: TrustedSigners, signer: () => Promise<ArtifactSigner>,
): Promise<{ readonly modules: readonly SignedModule[]; readonly signed: readonly string[] }> {
  const kept = new Map<string, ModuleArtifactIdentity>()
  for (const module of modules) {
    const entry = previous?.modules.find(({ module_id }) => module_id === module.manifest.module_id)
    if (entry === undefined) continue
    const identity = { ...identityOf(entry), source_hash: module.source_hash, build_manifest_hash: module.build_manifest_hash }
    if (isSigned(module, identity, trusted)) kept.set(module.manifest.module_id, identity)
  }
  const signed = modules.map(({ manifest }) => manifest.module_id).filter((id) => !kept.has(id))
  const key = signed.length === 0 ? null : await signer()
  return { modules: modules.map((module) => ({ ...module, identity: kept.get(module.manifest.module_id) ?? sign(module, key!) })), signed }
}

function isSigned({ manifest, wasm }: BuiltModule, artifact_identity: ModuleArtifactIdentity, trusted: TrustedSigners): boolean {
  try {
    verifyArtifactIdentity({ ...manifest, artifact_identity }, trusted, wasm)
    return true
  } catch (error) {
    if (error instanceof ArtifactIdentityError) return false
    throw error
  }
}

function sign({ manifest, source_hash, build_manifest_hash }: BuiltModule, { node_id, signer }: ArtifactSigner): ModuleArtifactIdentity {
  const artifact_signature = signer.signSync(artifactPayload(manifest, { source_hash, build_manifest_hash }))
  return { source_hash, build_manifest_hash, signer_node_id: node_id, signature_scheme: 'ed25519', artifact_signature }
}

/** The identity manifest of a signed set. */
export function identityFileOf({ set, sources, toolchain, recipe }: BuiltSet, modules: readonly SignedModule[]): IdentityFile {
  return {
    schema_version: 1, module_set: set, build_recipe: recipe, toolchain, sources: allFiles(sources),
    modules: modules.map(({ manifest: { module_id, version, wasm_hash }, identity }) => ({
      module_id, version, wasm_hash, source_hash: identity.source_hash, build_manifest_hash: identity.build_manifest_hash, identity_hash: identityHash(module_id, identity),
      signer_node_id: identity.signer_node_id, signature_scheme: identity.signature_scheme, artifact_signature: toHex(identity.artifact_signature),
    })),
  }
}

/** Every file a signed set consists of. Deterministic in the modules and their identities. */
export function outputFiles(built: BuiltSet, modules: readonly SignedModule[]): readonly OutputFile[] {
  const { set } = built
  return [
    ...modules.map(({ manifest, wasm }) => ({ path: wasmPath(set, manifest.module_id), bytes: wasm })),
    { path: hashListPath(set), bytes: utf8Bytes(formatHashList(modules.map(({ manifest }) => manifest))) },
    { path: identityPath(set), bytes: utf8Bytes(formatIdentityFile(identityFileOf(built, modules))) },
    { path: generatedPath(set), bytes: utf8Bytes(generatedModules(set, modules)) },
  ]
}
