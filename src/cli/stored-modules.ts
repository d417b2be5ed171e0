import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildWasm, wasmPath } from '../../artifacts/build/index.ts'
import { embeddedManifests, materializedModules, Materializer } from '../artifacts/index.ts'
import type { BuiltinModule } from '../artifacts/index.ts'
import { openDirectoryArtifacts } from '../artifacts/node.ts'

const PROJECT = join(import.meta.dirname, '../..')

/**
 * The built-in modules through the store in `directory`, which begins with the files of this project; what it lacks is built from source.
 * Throws `ArtifactError`, `ArtifactIdentityError` or `BuildError`.
 */
export async function storedModules(directory: string, root: string = PROJECT): Promise<readonly BuiltinModule[]> {
  const { store, index } = openDirectoryArtifacts(directory, (message) => console.warn(message))
  for (const { set, manifest } of await embeddedManifests()) {
    if ((await store.get(manifest.wasm_hash)) !== null) continue
    const wasm = await readFile(join(root, wasmPath(set, manifest.module_id))).catch(() => null)
    // What the file holds is looked at when it is loaded; a wrong one is dropped and the module built.
    if (wasm !== null) await store.put(manifest.wasm_hash, wasm)
  }
  return materializedModules(new Materializer({ store, index, build: (moduleId) => buildWasm(root, moduleId) }))
}
