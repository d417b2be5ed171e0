import type { ModuleArtifactIdentity, UnsignedManifest } from '../world/index.ts'

/** How a module lies in generated code. Not to be used before its identity and its bytes were checked. */
export interface EmbeddedModule {
  readonly manifest: UnsignedManifest
  /** The signature is 128 hex digits. */
  readonly identity: Omit<ModuleArtifactIdentity, 'artifact_signature'> & { readonly artifact_signature: string }
  readonly wasm_base64: string
}
