import { CodecError, schema } from '../../src/codec/index.ts'
import type { Infer, Value } from '../../src/codec/index.ts'
import { BuildError } from './errors.ts'

const { array, int, literal, object, text } = schema

const KIND = text(64, /^[a-z][a-z0-9_.]*\*?$/)

/** What an author writes beside a module's source; `wasm_hash` is added by the build. */
const sourceManifestSchema = object({
  module_id: text(64, /^m\d+(\.[a-z0-9_]+)+$/),
  version: text(32, /^\d+\.\d+\.\d+$/),
  kind: literal('pure', 'reducer'),
  role: text(32, /^[a-z_]+$/),
  interface_version: literal('wasm-1'),
  abi_version: literal(2),
  exports: array(text(64), 16),
  subscriptions: object({
    action_kinds: array(KIND, 64),
    event_kinds: array(KIND, 64),
    stage: literal('pre_action', 'post_action', 'post_event', 'tick'),
  }),
  required_caps: array(text(64), 16),
  limits: object({
    max_mem_bytes: int(65_536),
    max_gas: int(1),
    max_call_rate: int(1),
    max_output_bytes: int(1),
    max_effects: int(),
    max_emits: int(),
  }),
})

export type SourceManifest = Infer<typeof sourceManifestSchema>
export type BuiltManifest = SourceManifest & { readonly wasm_hash: string }

/** Throws `MANIFEST_INVALID` naming the file and the field. */
export function parseSourceManifest(json: string, path: string, moduleId: string): SourceManifest {
  const invalid = (reason: string): never => {
    throw new BuildError('MANIFEST_INVALID', `${path}: ${reason}`, { path })
  }
  let manifest: SourceManifest
  try {
    manifest = sourceManifestSchema.parse(JSON.parse(json) as Value, '')
  } catch (error) {
    if (error instanceof CodecError || error instanceof SyntaxError) return invalid(error.message)
    throw error
  }
  if (manifest.module_id !== moduleId) return invalid(`module_id is "${manifest.module_id}", but the folder is "${moduleId}".`)
  return manifest
}
