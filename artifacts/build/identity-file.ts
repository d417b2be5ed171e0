import { fromHex, schema, toHex } from '../../src/codec/index.ts'
import type { Infer, Value } from '../../src/codec/index.ts'
import type { ModuleArtifactIdentity } from '../../src/world/index.ts'
import type { ModuleSet } from './sets.ts'

const { array, int, object, text } = schema

const hex64 = text(64, /^[0-9a-f]{64}$/)

const identityEntrySchema = object({
  module_id: text(64),
  version: text(32),
  wasm_hash: hex64,
  source_hash: hex64,
  build_manifest_hash: hex64,
  identity_hash: hex64,
  signer_node_id: text(64),
  signature_scheme: text(64),
  artifact_signature: text(128, /^[0-9a-f]{128}$/),
})

const identityFileSchema = object({
  schema_version: int(1, 1),
  module_set: text(16),
  build_recipe: object({ compiler: text(64), compiler_version: text(64), flags: array(text(128), 64), target: text(64), canonicalizer_version: text(64) }),
  /** What the hashes below were worked out from, so that a check can say what changed. */
  toolchain: array(object({ name: text(64), version: text(64), integrity: text(256) }), 64),
  sources: array(object({ path: text(512), sha256: hex64 }), 4096),
  modules: array(identityEntrySchema, 1024),
})

/** A module's line in an identity manifest; hashes and signature are lowercase hex. */
export type IdentityEntry = Infer<typeof identityEntrySchema>
/** An identity manifest, `artifacts/<set>_builtin_modules.identity.json`. */
export type IdentityFile = Infer<typeof identityFileSchema>

/** Throws `SyntaxError` or `CodecError`, or gives the manifest of that set. */
export function parseIdentityFile(json: string, set: ModuleSet): IdentityFile {
  const file = identityFileSchema.parse(JSON.parse(json) as Value, '')
  if (file.module_set !== set) throw new SyntaxError(`it is that of the set "${file.module_set}"`)
  return file
}

export function formatIdentityFile(file: IdentityFile): string {
  return `${JSON.stringify(file, null, 2)}\n`
}

export function identityOf({ source_hash, build_manifest_hash, signer_node_id, signature_scheme, artifact_signature }: IdentityEntry): ModuleArtifactIdentity {
  return { source_hash, build_manifest_hash, signer_node_id, signature_scheme, artifact_signature: fromHex(artifact_signature) }
}

/** The identity as JSON holds it. */
export function identityAsJson({ artifact_signature, ...identity }: ModuleArtifactIdentity): Omit<ModuleArtifactIdentity, 'artifact_signature'> & { readonly artifact_signature: string } {
  return { ...identity, artifact_signature: toHex(artifact_signature) }
}
