import { schema } from '../codec/index.ts'
import type { Infer } from '../codec/index.ts'
import type { INTERFACE_VERSION } from '../wasm/index.ts'

const { array, int, literal, object, text } = schema

/** That of the wasm layer, by type alone: who reads a manifest needs no engine. */
const INTERFACE: typeof INTERFACE_VERSION = 'wasm-1'

/** Most modules of a world: each is asked about every action it subscribes to. */
export const MAX_MODULES = 64
/** Most bytes a module may return and therefore keep as state: a record must fit a snapshot chunk with room to spare. */
export const MAX_MODULE_OUTPUT_BYTES = 64 << 10
/** Fuel of one call: a block of 5,000 actions must stay within its own limit, and 2^32 is some seconds of work. */
const MAX_CALL_FUEL = 2 ** 32
const MAX_CALL_LIST = 1024

export const MODULE_ID = text(64, /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/)
/** An action or event kind, or a prefix of kinds followed by `*`. */
export const KIND_PATTERN = text(64, /^([a-z][a-z0-9_.]*\*?|\*)$/)

export const MODULE_STAGES = ['pre_action', 'post_action', 'post_event', 'tick'] as const
export type ModuleStage = (typeof MODULE_STAGES)[number]

export const moduleLimitsSchema = object({
  max_mem_bytes: int(65_536, 16 << 20),
  /** Fuel of one call. */
  max_gas: int(1, MAX_CALL_FUEL),
  /** Calls in one block. */
  max_call_rate: int(1, 1_000_000),
  max_output_bytes: int(1, MAX_MODULE_OUTPUT_BYTES),
  max_effects: int(0, MAX_CALL_LIST),
  max_emits: int(0, MAX_CALL_LIST),
})
export type ModuleCallLimits = Infer<typeof moduleLimitsSchema>

/** What a module is, where it is called and what it may use (DESIGN §6). */
export const moduleManifestSchema = object({
  module_id: MODULE_ID,
  version: text(32, /^[0-9]+\.[0-9]+\.[0-9]+$/),
  /** A reducer keeps state and exports `reduce`; a pure module exports `call`. */
  kind: literal('reducer', 'pure'),
  role: text(32, /^[a-z][a-z0-9_]*$/),
  /** Lowercase hex SHA-256 of the wasm bytes as written by the author. */
  wasm_hash: text(64, /^[0-9a-f]{64}$/),
  interface_version: literal(INTERFACE),
  abi_version: literal(2),
  exports: array(text(64), 16),
  subscriptions: object({
    action_kinds: array(KIND_PATTERN, 64),
    event_kinds: array(KIND_PATTERN, 64),
    stage: literal(...MODULE_STAGES),
  }),
  /** No capability exists in this version of the world, so the list is empty. */
  required_caps: array(text(64), 0),
  limits: moduleLimitsSchema,
})
export type ModuleManifest = Infer<typeof moduleManifestSchema>

/** The export the kernel calls. */
export function entrypointOf(manifest: ModuleManifest): 'reduce' | 'call' {
  return manifest.kind === 'reducer' ? 'reduce' : 'call'
}
