/**
 * Forms of governance as they stand in the state, as far as a signer must understand them. What is signed is defined in src/codec/governance.ts; limits are
 * the kernel's (src/world/governance), which this folder does not import: tests hold them against each other.
 */
import {
  encodeCanonical, GOVERNANCE_SIGNER_ID, governanceSignerSchema, governanceSignerSetHash, HASH_TEXT, MAX_GOVERNANCE_SIGNERS, schema, sha256, toHex,
} from '../codec/index.ts'
import type { GovernanceSigner, Infer, Schema, Value, ValueMap } from '../codec/index.ts'
import { PUBLIC_KEY_BYTES } from '../crypto/index.ts'

const { anyValue, array, bool, fixedBytes, int, literal, nullable, object, record, text, union } = schema

export const ACTOR = text(80, /^(agent\/[0-9a-f]{32}|(validator|signer)\/[a-z0-9][a-z0-9-]{0,63})$/)
const MODULE_ID = text(64, /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/)
const VERSION = text(32, /^[0-9]+\.[0-9]+\.[0-9]+$/)

const MAX_MODULES = 64
const MAX_MODULE_CHANGES = 8
const MAX_TRUSTED_SIGNERS = 64
const MAX_PATCH_OPS = 32
const MAX_PATCH_DEPTH = 4
const MAX_ISSUES = 64
const MAX_TITLE = 120
const MAX_DESCRIPTION = 4_096
export const MAX_REASON = 400

/** A map that has at least the fields of `required`, kept whole: what else is in it is hashed and shown, not understood. */
function including<T>(required: Readonly<Record<string, Schema<unknown>>>): Schema<T & ValueMap> {
  const fields = object(required)
  return {
    parse: (value, at) => {
      const map = record(anyValue(), 1024, 128).parse(value, at)
      fields.parse(Object.fromEntries(Object.keys(required).flatMap((name) => (Object.hasOwn(map, name) ? [[name, map[name]!]] : []))), at)
      return map as T & ValueMap
    },
  }
}

const PATH = array(text(64), MAX_PATCH_DEPTH)
const patchOperation = union('op', {
  set: object({ op: literal('set'), path: PATH, value: anyValue() }),
  remove: object({ op: literal('remove'), path: PATH }),
})
export type PatchOperation = Infer<typeof patchOperation>

interface ModuleManifestHead {
  readonly module_id: string
  readonly version: string
  readonly wasm_hash: string
}
const moduleManifest = including<ModuleManifestHead>({ module_id: MODULE_ID, version: VERSION, wasm_hash: HASH_TEXT })

const moduleChanges = object({
  register: array(moduleManifest, MAX_MODULE_CHANGES),
  upgrade: array(object({ module_id: MODULE_ID, from_version: VERSION, to_version: VERSION, wasm_hash: HASH_TEXT, manifest: moduleManifest }), MAX_MODULE_CHANGES),
  activate: array(object({ module_id: MODULE_ID, version: VERSION }), MAX_MODULE_CHANGES),
  deactivate: array(object({ module_id: MODULE_ID, reason: text(MAX_REASON) }), MAX_MODULE_CHANGES),
})

const guardianSchema = object({ guardian_id: GOVERNANCE_SIGNER_ID, public_key: fixedBytes(PUBLIC_KEY_BYTES) })

/** The rules of signing a signer must understand; those beside them are kept and shown. */
export interface GovernanceSettings {
  readonly signers: readonly GovernanceSigner[]
  readonly threshold: number
  readonly guardians: readonly Infer<typeof guardianSchema>[]
  readonly guardian_threshold: number
  /** Key that aggregates of the signers verify under; null when they sign one by one only. */
  readonly group_key: Uint8Array | null
  readonly authors_may_approve: boolean
  readonly timelock_blocks: number
}
const SETTINGS = {
  signers: array(governanceSignerSchema, MAX_GOVERNANCE_SIGNERS),
  threshold: int(2, MAX_GOVERNANCE_SIGNERS),
  guardians: array(guardianSchema, MAX_GOVERNANCE_SIGNERS),
  guardian_threshold: int(1, MAX_GOVERNANCE_SIGNERS),
  group_key: nullable(fixedBytes(PUBLIC_KEY_BYTES)),
  authors_may_approve: bool(),
  timelock_blocks: int(),
} as const

const trustedSigners = record(fixedBytes(PUBLIC_KEY_BYTES), MAX_TRUSTED_SIGNERS, 64)

interface ManifestContent {
  readonly governance: GovernanceSettings & ValueMap
  readonly trusted_signers: Readonly<Record<string, Uint8Array>>
}
/** All of a manifest that a proposal may set at once; version, epoch and modules follow. */
const manifestContent = including<ManifestContent>({ governance: including<GovernanceSettings>(SETTINGS), trusted_signers: trustedSigners })

/** The canonical content of a proposal; its hash is the proposal's id. */
export const proposalContentSchema = object({
  author: ACTOR,
  title: text(MAX_TITLE),
  description: text(MAX_DESCRIPTION),
  base_manifest_hash: HASH_TEXT,
  patch: nullable(array(patchOperation, MAX_PATCH_OPS)),
  manifest: nullable(manifestContent),
  /** A checkpoint the world is to go back to. */
  rollback: nullable(object({ height: int(), state_root: HASH_TEXT })),
  module_changes: moduleChanges,
  salt: HASH_TEXT,
})
export type ProposalContent = Infer<typeof proposalContentSchema>

const activeModule = object({ version: VERSION, wasm_hash: HASH_TEXT })
/** Active modules by id. */
export type ActiveModules = Readonly<Record<string, Infer<typeof activeModule>>>

/** What stands in it beside these, such as effects, is kept, hashed and shown. */
export interface WorldManifest {
  readonly version: number
  readonly governance: GovernanceSettings & { readonly epoch_id: number } & ValueMap
  readonly trusted_signers: Readonly<Record<string, Uint8Array>>
  readonly modules: ActiveModules
}
export const worldManifestSchema: Schema<WorldManifest & ValueMap> = including<WorldManifest>({
  version: int(1),
  governance: including<WorldManifest['governance']>({ ...SETTINGS, epoch_id: int() }),
  trusted_signers: trustedSigners,
  modules: record(activeModule, MAX_MODULES, 64),
})

/** `module_id` is empty for what concerns no module. */
const issue = object({ code: text(64), module_id: text(64), detail: text(400) })
export type ShadowIssue = Infer<typeof issue>
const difference = int(Number.MIN_SAFE_INTEGER)
const differences = record(difference, 512, 64)
const replaySchema = object({
  from_height: int(),
  to_height: int(),
  blocks: int(),
  actions: int(),
  events: differences,
  rejections: differences,
  balances: object({ electricity: difference, data: difference }),
  fuel: difference,
  budget_exceeded: bool(),
})

export interface ShadowReport {
  readonly proposal_id: string
  readonly status: 'passed' | 'failed' | 'warning'
  readonly checked_at: number
  readonly errors: readonly ShadowIssue[]
  readonly warnings: readonly ShadowIssue[]
  readonly replay: Infer<typeof replaySchema>
}
export const shadowReportSchema: Schema<ShadowReport & ValueMap> = including<ShadowReport>({
  proposal_id: HASH_TEXT,
  status: literal('passed', 'failed', 'warning'),
  checked_at: int(1),
  errors: array(issue, MAX_ISSUES),
  warnings: array(issue, MAX_ISSUES),
  replay: replaySchema,
})

const hashOf = (value: Value): string => toHex(sha256(encodeCanonical(value)))

export const proposalIdOf = (content: ProposalContent): string => hashOf(content as unknown as Value)
export const manifestHashOf = (manifest: WorldManifest): string => hashOf(manifest as unknown as Value)
export const reportHashOf = (report: ShadowReport): string => hashOf(report as unknown as Value)
export const signerSetHashOf = ({ signers, threshold }: GovernanceSettings): string => governanceSignerSetHash(signers, threshold)
