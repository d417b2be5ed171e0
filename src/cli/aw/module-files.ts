/** A module as files: `NAME.wasm` and, beside it, `NAME.manifest.json`, whose signature is written as hex. */
import { AppError, CodecError, fromHex, toHex } from '../../codec/index.ts'
import type { Value, ValueMap } from '../../codec/index.ts'
import { moduleManifestSchema, unsignedManifestSchema } from '../../world/index.ts'
import type { ModuleManifest, UnsignedManifest } from '../../world/index.ts'
import { fromJson, readRawJson } from './json.ts'

export const manifestPathFor = (wasmFile: string): string => `${wasmFile.replace(/\.wasm$/, '')}.manifest.json`

/** A signed manifest. Throws `FILE_UNREADABLE`, `JSON_INVALID`, `MANIFEST_INVALID`. */
export function readModuleManifest(file: string): ModuleManifest {
  return parseManifest(readRawJson(file), file)
}

export function parseManifest(json: unknown, file: string): ModuleManifest {
  const value = fromJson(json) as ValueMap
  return fitting(file, () => moduleManifestSchema.parse(withSignatureBytes(value), ''))
}

/** A manifest nobody signed, or whose identity is put aside. Throws as `readModuleManifest`. */
export function parseUnsignedManifest(json: unknown, file: string): UnsignedManifest {
  const value = fromJson(json)
  return fitting(file, () => {
    const { artifact_identity: _, ...fields } = value as ValueMap
    return unsignedManifestSchema.parse(fields as Value, '')
  })
}

export function formatManifest({ artifact_identity: { artifact_signature, ...identity }, ...fields }: ModuleManifest): string {
  return `${JSON.stringify({ ...fields, artifact_identity: { ...identity, artifact_signature: toHex(artifact_signature) } }, null, 2)}\n`
}

function withSignatureBytes(value: ValueMap): Value {
  const identity = value['artifact_identity'] as ValueMap | undefined
  const signature = identity?.['artifact_signature']
  if (typeof signature !== 'string' || !/^[0-9a-f]{128}$/.test(signature)) return value
  return { ...value, artifact_identity: { ...identity, artifact_signature: fromHex(signature) } }
}

function fitting<T>(file: string, parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    if (!(cause instanceof CodecError || cause instanceof TypeError)) throw cause
    throw new AppError('MANIFEST_INVALID', `${file} is no manifest of a module: ${cause.message} Write one with "aw artifact sign".`, { file }, { cause })
  }
}
