import type { ModuleManifest } from '../world/index.ts'

/** How a module lies in generated code. Not to be used before its bytes were checked against the hash in its manifest. */
export interface EmbeddedModule {
  readonly manifest: ModuleManifest
  readonly wasm_base64: string
}
