import { schema } from '../codec/index.ts'
import type { Infer } from '../codec/index.ts'
import type { INTERFACE_VERSION } from '../wasm/index.ts'

const { anyValue, array, fixedBytes, int, literal, nullable, object, optional, record, text } = schema

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
export const MODULE_VERSION = text(32, /^[0-9]+\.[0-9]+\.[0-9]+$/)
/** An action or event kind, or a prefix of kinds followed by `*`. */
export const KIND_PATTERN = text(64, /^([a-z][a-z0-9_.]*\*?|\*)$/)

/** True when `kind` is the pattern, or begins with it up to its `*`. */
export function matchesKind(pattern: string, kind: string): boolean {
  return pattern.endsWith('*') ? kind.startsWith(pattern.slice(0, -1)) : pattern === kind
}

export const MODULE_STAGES = ['pre_action', 'post_action', 'post_event', 'tick'] as const
export type ModuleStage = (typeof MODULE_STAGES)[number]

export const moduleLimitsSchema = object({
  max_mem_bytes: int(65_536, 16 << 20),
  /** Fuel of one call. */
  max_gas: int(1, MAX_CALL_FUEL),
  /** Calls of one instance in one block. */
  max_call_rate: int(1, 1_000_000),
  max_output_bytes: int(1, MAX_MODULE_OUTPUT_BYTES),
  max_effects: int(0, MAX_CALL_LIST),
  max_emits: int(0, MAX_CALL_LIST),
})
export type ModuleCallLimits = Infer<typeof moduleLimitsSchema>

/** What a module is to the world; only gameplay modules may direct wars, votes, crises and achievements. */
export const MODULE_ROLES = ['rule', 'domain', 'gameplay', 'body', 'agent_internal'] as const
export type ModuleRole = (typeof MODULE_ROLES)[number]

export const GAMEPLAY_KINDS = ['war', 'governance', 'crisis', 'economic', 'meta'] as const
export type GameplayKind = (typeof GAMEPLAY_KINDS)[number]

/** Name of an effect or capability: `http.fetch`. */
export const CAPABILITY_NAME = text(64, /^[a-z][a-z0-9_.-]*$/)

const FILTER_OPERATORS = { eq: optional(anyValue()), ne: optional(anyValue()), gt: optional(int(Number.MIN_SAFE_INTEGER)), gte: optional(int(Number.MIN_SAFE_INTEGER)), lt: optional(int(Number.MIN_SAFE_INTEGER)), lte: optional(int(Number.MIN_SAFE_INTEGER)), re: optional(text(256)) }
/**
 * One comparison: a JSON pointer (RFC 6901) into the action or event as the module would be given it, and exactly one operator. `re` is a
 * pattern as `compileTextPattern` has them. A pointer that leads nowhere holds for no operator.
 */
const filterRuleSchema = object({ path: text(256, /^(\/.*)?$/), ...FILTER_OPERATORS })
export type FilterRule = Infer<typeof filterRuleSchema>
const filterSchema = object({ all: optional(array(filterRuleSchema, 16)), any: optional(array(filterRuleSchema, 16)) })
export type SubscriptionFilter = Infer<typeof filterSchema>

/** Name of a node that signs modules. */
export const SIGNER_NODE_ID = text(64, /^[a-z0-9][a-z0-9._-]*$/)

/** Who built which bytes from which source, and says so by signature (DESIGN §7). Hashes are lowercase hex SHA-256. */
export const artifactIdentitySchema = object({
  source_hash: text(64, /^[0-9a-f]{64}$/),
  build_manifest_hash: text(64, /^[0-9a-f]{64}$/),
  signer_node_id: SIGNER_NODE_ID,
  /** Any text is read; only `ed25519` is ever accepted, by the one function that verifies identities. */
  signature_scheme: text(64),
  artifact_signature: fixedBytes(64),
})
export type ModuleArtifactIdentity = Infer<typeof artifactIdentitySchema>

const MANIFEST_FIELDS = {
  module_id: MODULE_ID,
  version: MODULE_VERSION,
  /** A reducer keeps state and exports `reduce`; a pure module exports `call`. */
  kind: literal('reducer', 'pure'),
  role: literal(...MODULE_ROLES),
  /** Lowercase hex SHA-256 of the wasm bytes as written by the author. */
  wasm_hash: text(64, /^[0-9a-f]{64}$/),
  interface_version: literal(INTERFACE),
  /** 1: byte fields travel as lists of integers, as the earlier system's SDK has them. */
  abi_version: literal(1, 2),
  exports: array(text(64), 16),
  subscriptions: object({
    action_kinds: array(KIND_PATTERN, 64),
    event_kinds: array(KIND_PATTERN, 64),
    stage: literal(...MODULE_STAGES),
    /** What is about something else is not even called: compared before any input is made. */
    filters: optional(filterSchema),
  }),
  /** Names of capability grants it cannot do without. */
  required_caps: array(CAPABILITY_NAME, 16),
  abi_contract: optional(object({
    /** Names the module uses for its capabilities, and the grants they stand for. */
    cap_slots: record(CAPABILITY_NAME, 16, 64),
    /** Kinds of effects this module is asked about before they are queued; a prefix ends in `*`. */
    policy_hooks: array(KIND_PATTERN, 16),
    gameplay: nullable(object({ kind: literal(...GAMEPLAY_KINDS) })),
  })),
  limits: moduleLimitsSchema,
}

/** What a module is, where it is called and what it may use (DESIGN §6), before anyone signed for it. */
export const unsignedManifestSchema = object(MANIFEST_FIELDS)
/** The manifest a world runs a module by. */
export const moduleManifestSchema = object({ ...MANIFEST_FIELDS, artifact_identity: artifactIdentitySchema })
export type ModuleManifest = Infer<typeof moduleManifestSchema>

/** The export the kernel calls. */
export function entrypointOf(manifest: ModuleManifest): 'reduce' | 'call' {
  return manifest.kind === 'reducer' ? 'reduce' : 'call'
}
