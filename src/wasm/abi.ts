import { decodeCanonical, encodeCanonical, schema } from '../codec/index.ts'
import type { Schema, Value } from '../codec/index.ts'
import { INTERFACE_VERSION } from './abi-types.ts'
import type { AbiVersion, ModuleCallInput, ModuleOutput } from './abi-types.ts'

const { anyValue, array, bytes, int, literal, nullable, object, optional, text, union } = schema

/** Names of kinds, capabilities, ids. Long enough for any id in use, short enough to index. */
const NAME = text(256)
/** Bounds what is decoded before the kernel applies the module's own limits. */
const MAX_LIST = 65_536
/** Byte fields of either direction; the real bound is max_output_bytes or the state limit of the kernel. */
const MAX_FIELD_BYTES = 4 << 20

const contextSchema = object({
  v: literal(INTERFACE_VERSION),
  module_id: NAME,
  trace_id: NAME,
  time: int(),
  origin: object({ kind: NAME, id: NAME }),
  limits: object({ max_mem_bytes: int(), max_gas: int(), max_call_rate: int(), max_output_bytes: int(), max_effects: int(), max_emits: int() }),
  stage: optional(NAME),
  world_config_hash: optional(NAME),
  manifest_hash: optional(NAME),
  journal_height: optional(int()),
  module_version: optional(NAME),
  module_kind: optional(NAME),
  module_role: optional(NAME),
})

const lifecycleSchema = union('mode', {
  wake_after_ticks: object({ mode: literal('wake_after_ticks'), ticks: int() }),
  suspend: object({ mode: literal('suspend') }),
})

/** ABI 1 writes an absent field as null, as the earlier system's SDK does; ABI 2 leaves it out. */
function absent<T>(inner: Schema<T>, abi: AbiVersion): Schema<T | undefined> {
  if (abi === 2) return optional(inner)
  const relaxed = nullable(inner)
  return { parse: (value, path) => (value === undefined ? undefined : (relaxed.parse(value, path) ?? undefined)) }
}

function byteField(abi: AbiVersion): Schema<Uint8Array> {
  if (abi === 2) return bytes(MAX_FIELD_BYTES)
  const integers = array(int(0, 255), MAX_FIELD_BYTES)
  return { parse: (value, path) => Uint8Array.from(integers.parse(value, path)) }
}

function inputSchema(abi: AbiVersion): Schema<ModuleCallInput> {
  const field = absent(byteField(abi), abi)
  return object({ ctx: contextSchema, event: field, action: field, state: field }) as Schema<ModuleCallInput>
}

function outputSchema(abi: AbiVersion): Schema<ModuleOutput & { readonly output_bytes?: number }> {
  return object({
    new_state: absent(byteField(abi), abi),
    effects: array(object({ kind: NAME, params: anyValue(), cap_ref: NAME, cap_slot: absent(NAME, abi) }), MAX_LIST),
    emits: array(object({ kind: NAME, payload: anyValue() }), MAX_LIST),
    tick_lifecycle: absent(lifecycleSchema, abi),
    output_bytes: absent(int(), abi),
  }) as Schema<ModuleOutput & { readonly output_bytes?: number }>
}

const INPUT: Readonly<Record<AbiVersion, Schema<ModuleCallInput>>> = { 1: inputSchema(1), 2: inputSchema(2) }
const OUTPUT = { 1: outputSchema(1), 2: outputSchema(2) } as const

/** What is handed to a module, canonical CBOR. */
export function encodeModuleInput(input: ModuleCallInput, abi: AbiVersion = 2): Uint8Array {
  return encodeCanonical(withByteFields(input, ['event', 'action', 'state'], abi))
}

/** The inverse, strict. Throws CodecError. */
export function decodeModuleInput(encoded: Uint8Array, abi: AbiVersion = 2): ModuleCallInput {
  return INPUT[abi].parse(decodeCanonical(encoded), '')
}

/** What a module returns, canonical CBOR: the form that may be hashed. */
export function encodeModuleOutput(output: ModuleOutput, abi: AbiVersion = 2): Uint8Array {
  return encodeCanonical(withByteFields(output, ['new_state'], abi))
}

/**
 * Reads what a module returned: scanned strictly (no floats, tags, duplicate keys, indefinite lengths; unsorted keys are allowed
 * from a module), fields checked, `output_bytes` (self-declared size in the earlier SDK) dropped. Throws CodecError.
 */
export function decodeModuleOutput(encoded: Uint8Array, abi: AbiVersion = 2): ModuleOutput {
  const value = decodeCanonical(encoded, { maxBytes: MAX_FIELD_BYTES, maxDepth: 16, maxItems: 1 << 20, unsortedKeys: true })
  const { output_bytes: _, ...output } = OUTPUT[abi].parse(value, '')
  return withoutUndefined(output)
}

function withByteFields(source: object, fields: readonly string[], abi: AbiVersion): Value {
  const present = Object.entries(source as Readonly<Record<string, Value | undefined>>).filter(([, value]) => value !== undefined)
  return Object.fromEntries(present.map(([name, value]) => {
    const asList = abi === 1 && fields.includes(name) && value instanceof Uint8Array
    return [name, asList ? Array.from(value) : value!]
  }))
}

/** ABI 1 nulls parse to undefined; the data model has no undefined, so such fields are left out. */
function withoutUndefined(output: ModuleOutput): ModuleOutput {
  const clean = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T
  return clean({ ...output, effects: output.effects.map(clean) })
}
