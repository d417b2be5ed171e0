import { sha256, toHex } from '../codec/index.ts'
import type { ModuleManifest } from '../world/index.ts'
import type { EmbeddedModule } from './embedded.ts'
import { ArtifactError } from './errors.ts'

/** A module whose bytes are those its manifest names. */
export interface BuiltinModule {
  readonly manifest: ModuleManifest
  readonly wasm: Uint8Array
}

/** Loads generated code; a chunk of its own, so that a page that never makes a genesis never fetches it. */
const loadM1 = async (): Promise<readonly EmbeddedModule[]> => (await import('./generated/m1.ts')).M1_MODULES

/**
 * The modules of the set m1 (rules of moving, seeing, handing over; power), sorted by id, every byte checked against its hash.
 * The same in Node and in a page. Throws `ArtifactError` HASH_MISMATCH or IO_ERROR.
 */
export async function builtinModules(load: () => Promise<readonly EmbeddedModule[]> = loadM1): Promise<readonly BuiltinModule[]> {
  let embedded: readonly EmbeddedModule[]
  try {
    embedded = await load()
  } catch (cause) {
    throw new ArtifactError('IO_ERROR', 'The built-in modules could not be loaded. Check the connection and reload.', {}, { cause })
  }
  return embedded.map(verified)
}

/** One module of the set. Throws `ARTIFACT_MISSING` when the set has none of that id. */
export async function builtinModule(moduleId: string): Promise<BuiltinModule> {
  const modules = await builtinModules()
  const found = modules.find(({ manifest }) => manifest.module_id === moduleId)
  if (found === undefined) {
    const known = modules.map(({ manifest }) => manifest.module_id).join(', ')
    throw new ArtifactError('ARTIFACT_MISSING', `There is no built-in module "${moduleId}". The set has: ${known}.`, { module_id: moduleId })
  }
  return found
}

function verified({ manifest, wasm_base64 }: EmbeddedModule): BuiltinModule {
  const wasm = decodeBase64(wasm_base64)
  const actual = wasm === null ? null : toHex(sha256(wasm))
  if (wasm === null || actual !== manifest.wasm_hash) {
    throw new ArtifactError(
      'HASH_MISMATCH',
      `The bytes of ${manifest.module_id} are not those its manifest names. The installation is damaged: install or reload it, or run "npm run build:modules -- --check" to see what differs.`,
      { module_id: manifest.module_id, expected: manifest.wasm_hash, actual },
    )
  }
  return { manifest, wasm }
}

/** Null for text that is not base64. */
function decodeBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return null
  }
}
