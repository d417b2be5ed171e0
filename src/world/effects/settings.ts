import { CodecError, encodeCanonical, EXECUTOR_ID, schema, toHex } from '../../codec/index.ts'
import type { Infer, Value } from '../../codec/index.ts'
import { isValidPublicKey } from '../../crypto/index.ts'
import { CAPABILITY_NAME, MODULE_ID } from '../module-manifest.ts'
import { compareStateKeys } from '../state/keys.ts'
import type { StagedState } from '../state/state.ts'
import { executorSchema, whyBadExecutors } from './executors.ts'
import type { Executor } from './executors.ts'
import { capabilityKey, EFFECT_POLICIES_KEY, executorKey } from './keys.ts'
import { capabilitySchema, policySetSchema } from './records.ts'
import type { Capability, PolicySet } from './records.ts'

const { object, record } = schema

/** Each brings a key that everyone checks. */
export const MAX_EXECUTORS = 64
/** As many as a world has modules. */
const MAX_GRANTED_MODULES = 64
/** Capabilities. */
export const MAX_GRANTS_OF_MODULE = 16

/** In canonical form. The manifest is one record and stands twice in what signers sign: it has to fit a chunk of a snapshot, and a request. */
export const MAX_EFFECT_SETTINGS_BYTES = 64 << 10

/** What the world's manifest says of effects; records of the state follow it. */
export const effectSettingsSchema = object({
  /** By id. */
  executors: record(executorSchema, MAX_EXECUTORS, 64),
  /** The first rule that matches decides. */
  policies: policySetSchema,
  /** Capabilities by module and name, also of modules that are yet to come. */
  grants: record(record(capabilitySchema, MAX_GRANTS_OF_MODULE, 64), MAX_GRANTED_MODULES, 64),
})
export type EffectSettings = Infer<typeof effectSettingsSchema>

const sortedEntries = <T>(map: Readonly<Record<string, T>>): [string, T][] => Object.keys(map).sort(compareStateKeys).map((key) => [key, map[key]!])

/** What is wrong with settings beyond their shape, or null. Keys of executors that `before` has are not checked again. */
export function whyBadEffectSettings(settings: EffectSettings, before: EffectSettings | null): string | null {
  const { executors, grants } = settings
  // Those of a genesis may be larger, and must not keep anybody from changing something else.
  if (sizeOf(settings) > Math.max(MAX_EFFECT_SETTINGS_BYTES, before === null ? 0 : sizeOf(before))) return `Settings of effects take at most ${MAX_EFFECT_SETTINGS_BYTES} bytes.`
  try {
    for (const id of Object.keys(executors).sort(compareStateKeys)) EXECUTOR_ID.parse(id, 'effects.executors')
    for (const [module_id, named] of sortedEntries(grants)) {
      MODULE_ID.parse(module_id, 'effects.grants')
      for (const name of Object.keys(named).sort(compareStateKeys)) CAPABILITY_NAME.parse(name, `effects.grants.${module_id}`)
    }
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return error.message
  }
  const known = new Set(Object.values(before?.executors ?? {}).map(keyOf).filter((key) => key !== null).map(toHex))
  return whyBadExecutors(
    sortedEntries(executors).map(([executor_id, executor]) => ({ executor_id, executor })),
    (key) => known.has(toHex(key)) || isValidPublicKey(key),
  )?.message ?? null
}

const sizeOf = (settings: EffectSettings): number => encodeCanonical(settings as unknown as Value).length

const keyOf = (executor: Executor): Uint8Array | null => (executor.kind === 'node' ? executor.public_key : executor.group_key)

/** Every record that settings come to, by key. */
export function effectRecords({ executors, policies, grants }: EffectSettings): Map<string, Executor | PolicySet | Capability> {
  return new Map<string, Executor | PolicySet | Capability>([
    ...sortedEntries(executors).map(([id, executor]) => [executorKey(id), executor] as const),
    [EFFECT_POLICIES_KEY, policies],
    ...sortedEntries(grants).flatMap(([module_id, named]) => sortedEntries(named).map(([name, grant]) => [capabilityKey(module_id, name), grant] as const)),
  ])
}

/** Executors, policies and capabilities as new settings have them. What waits in the queue waits on. */
export function applyEffectSettings(state: StagedState, before: EffectSettings, after: EffectSettings): void {
  const records = effectRecords(after)
  for (const key of effectRecords(before).keys()) if (!records.has(key)) state.set(key, null)
  for (const [key, value] of records) state.set(key, value as unknown as Value)
}
