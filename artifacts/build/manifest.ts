import { CodecError } from '../../src/codec/index.ts'
import type { Value, ValueMap } from '../../src/codec/index.ts'
import { unsignedManifestSchema } from '../../src/world/index.ts'
import type { UnsignedManifest } from '../../src/world/index.ts'
import { BuildError } from './errors.ts'

/**
 * The manifest of a built module: what its author wrote in manifest.json, and the hash of what was built from the source.
 * Throws `MANIFEST_INVALID` naming the file and the field.
 */
export function completeManifest(json: string, path: string, moduleId: string, wasm_hash: string): UnsignedManifest {
  const invalid = (reason: string): never => {
    throw new BuildError('MANIFEST_INVALID', `${path}: ${reason}`, { path })
  }
  let manifest: UnsignedManifest
  try {
    const written = JSON.parse(json) as Value
    if (typeof written !== 'object' || written === null) return invalid('it must hold a JSON object.')
    for (const field of ['wasm_hash', 'artifact_identity']) if (field in written) return invalid(`leave out ${field}; the build works it out.`)
    manifest = unsignedManifestSchema.parse({ ...(written as ValueMap), wasm_hash }, '')
  } catch (error) {
    if (error instanceof CodecError || error instanceof SyntaxError) return invalid(error.message)
    throw error
  }
  if (manifest.module_id !== moduleId) return invalid(`module_id is "${manifest.module_id}", but the folder is "${moduleId}".`)
  return manifest
}
