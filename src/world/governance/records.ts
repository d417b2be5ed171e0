import { governanceCertificateSchema, GOVERNANCE_SIGNER_ID, governanceShareSchema, HASH_TEXT, MAX_GOVERNANCE_SIGNERS, schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'
import { effectSettingsSchema } from '../effects/settings.ts'
import { MAX_MODULES, MODULE_ID, MODULE_VERSION, moduleManifestSchema, SIGNER_NODE_ID } from '../module-manifest.ts'
import { checkpointSchema } from '../state/records.ts'
import type { StateReader } from '../state/state.ts'
import { GOVERNANCE_FIELDS, governanceConfigSchema } from './config.ts'
import { checkpointKey, CLOSED_PROPOSALS_KEY, governanceSignerKey, MANIFEST_KEY, moduleLatestKey, moduleVersionKey, OPEN_PROPOSALS_KEY, proposalKey, shadowRunKey } from './keys.ts'

const { anyValue, array, bool, fixedBytes, int, literal, nullable, object, record, text, union } = schema

/** Signers share their places evenly, so that each finds room whatever the others do. */
export const MAX_OPEN_OF_SIGNERS = 16
export const MAX_OPEN_OF_OTHERS = 8
/** Proposals that are over and still in the state. */
export const MAX_CLOSED_PROPOSALS = 64
/** Changes of one kind in one proposal: their modules are validated within one block. */
export const MAX_MODULE_CHANGES = 8
export const MAX_TRUSTED_SIGNERS = 64
export const KEPT_CHECKPOINTS = 3
const MAX_PATCH_OPS = 32
const MAX_PATCH_DEPTH = 4

/** Public keys of who may sign modules, by node id. */
const TRUSTED_SIGNERS = record(fixedBytes(32), MAX_TRUSTED_SIGNERS, 64)

const RUN_MODULES = record(object({ version: MODULE_VERSION, wasm_hash: HASH_TEXT }), MAX_MODULES, 64)

/** All of a manifest that may be set; the rest is counted by the kernel or follows from changes of modules. */
export const manifestContentSchema = object({ governance: governanceConfigSchema, trusted_signers: TRUSTED_SIGNERS, effects: effectSettingsSchema })
export type ManifestContent = Infer<typeof manifestContentSchema>

/** The world's manifest. */
export const worldManifestSchema = object({
  /** One more with every change. */
  version: int(1),
  governance: object({
    ...GOVERNANCE_FIELDS,
    /** One more whenever signers, guardians, a threshold or the group's key change. */
    epoch_id: int(0),
  }),
  trusted_signers: TRUSTED_SIGNERS,
  /** Who carries out effects, and which modules may ask for them. */
  effects: effectSettingsSchema,
  /** What the world runs; follows from module changes and from nothing else. */
  modules: RUN_MODULES,
})
export type WorldManifest = Infer<typeof worldManifestSchema>

const PATH = array(text(64), MAX_PATCH_DEPTH)
export const patchOpSchema = union('op', {
  set: object({ op: literal('set'), path: PATH, value: anyValue() }),
  remove: object({ op: literal('remove'), path: PATH }),
})
/** A change at one place of the manifest; a path goes through maps only. */
export type PatchOp = Infer<typeof patchOpSchema>
export const patchSchema = array(patchOpSchema, MAX_PATCH_OPS)

/** No control, direction-changing or tag characters: signers read these texts before they sign. */
export const REASON = text(400, /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u061b\u061d-\u180d\u180f-\u200a\u2010-\u2027\u202f\u2030-\u205f\u2070-\udb3f\udb41-\ufefe\uff00-\uffef]*$/)

export const moduleChangesSchema = object({
  register: array(moduleManifestSchema, MAX_MODULE_CHANGES),
  upgrade: array(object({ module_id: MODULE_ID, from_version: MODULE_VERSION, to_version: MODULE_VERSION, wasm_hash: HASH_TEXT, manifest: moduleManifestSchema }), MAX_MODULE_CHANGES),
  activate: array(object({ module_id: MODULE_ID, version: MODULE_VERSION }), MAX_MODULE_CHANGES),
  deactivate: array(object({ module_id: MODULE_ID, reason: REASON }), MAX_MODULE_CHANGES),
})
export type ModuleChanges = Infer<typeof moduleChangesSchema>

const TITLE = text(120, /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u061b\u061d-\u180d\u180f-\u200a\u2010-\u2027\u202f\u2030-\u205f\u2070-\udb3f\udb41-\ufefe\uff00-\uffef]+$/)
const DESCRIPTION = text(4_096, /^[\n\u0020-\u007e\u00a0-\u00ac\u00ae-\u061b\u061d-\u180d\u180f-\u200a\u2010-\u2027\u202f\u2030-\u205f\u2070-\udb3f\udb41-\ufefe\uff00-\uffef]*$/)

/** The newest, and as many older ones as signers can have open proposals to go back to. */
export const checkpointListSchema = array(checkpointSchema, KEPT_CHECKPOINTS + MAX_OPEN_OF_SIGNERS)

/** What going back would lead to, for those who have only the state of now. */
export const checkpointSummarySchema = object({
  agents: int(0),
  /** Of all agents together. */
  electricity: int(0),
  data: int(0),
  modules: RUN_MODULES,
})
export type CheckpointSummary = Infer<typeof checkpointSummarySchema>

/** What an author asks for. */
export const PROPOSAL_FIELDS = {
  title: TITLE,
  description: DESCRIPTION,
  base_manifest_hash: HASH_TEXT,
  /** At most one of these three says what becomes of the manifest: changes of places in it, */
  patch: nullable(patchSchema),
  /** all of it anew, */
  manifest: nullable(manifestContentSchema),
  /** or the state of a checkpoint, which brings its modules with it; then nothing else is changed. */
  rollback: nullable(checkpointSchema),
  module_changes: moduleChangesSchema,
  /** Tells two proposals of the same content apart. */
  salt: HASH_TEXT,
} as const

const ACTOR = text(80)
export const proposalContentSchema = object({ author: ACTOR, ...PROPOSAL_FIELDS })
/** Its hash is the id of the proposal. */
export type ProposalContent = Infer<typeof proposalContentSchema>

export const PROPOSAL_STATES = ['proposed', 'shadowed', 'approved', 'rejected', 'queued', 'applied', 'expired'] as const
export type ProposalState = (typeof PROPOSAL_STATES)[number]
export const SHADOW_STATUSES = ['passed', 'failed', 'warning'] as const
export type ShadowStatus = (typeof SHADOW_STATUSES)[number]

export const proposalSchema = object({
  author: ACTOR,
  ...PROPOSAL_FIELDS,
  state: literal(...PROPOSAL_STATES),
  proposed_height: int(1),
  /** Last height it may take effect at. */
  expires_height: int(1),
  /** The event that put it on record. */
  event_id: text(33),
  /** Null until shadow is done; `block_hash` is that of `height`, known one block later. Signers sign from then on. */
  shadow: nullable(object({ report_hash: HASH_TEXT, manifest_hash: HASH_TEXT, status: literal(...SHADOW_STATUSES), height: int(1), block_hash: nullable(HASH_TEXT) })),
  /** Ascending by id. */
  approvals: array(governanceShareSchema, MAX_GOVERNANCE_SIGNERS),
  rejections: array(object({ signer_id: GOVERNANCE_SIGNER_ID, reason: REASON }), MAX_GOVERNANCE_SIGNERS),
  vetoes: array(object({ guardian_id: GOVERNANCE_SIGNER_ID, signature: fixedBytes(64) }), MAX_GOVERNANCE_SIGNERS),
  certificate: nullable(governanceCertificateSchema),
  /** Height it is, or was last, to take effect at. */
  apply_height: nullable(int(1)),
  /** When it was over. */
  closed_height: nullable(int(1)),
})
export type ProposalRecord = Infer<typeof proposalSchema>
export const proposalListSchema = array(HASH_TEXT, MAX_CLOSED_PROPOSALS)

/** Differences by kind or code: candidate less actual. */
const DIFFERENCES = record(int(Number.MIN_SAFE_INTEGER), 512, 64)
export const replaySchema = object({
  from_height: int(0),
  to_height: int(0),
  blocks: int(0),
  actions: int(0),
  events: DIFFERENCES,
  rejections: DIFFERENCES,
  /** Of all agents together. */
  balances: object({ electricity: int(Number.MIN_SAFE_INTEGER), data: int(Number.MIN_SAFE_INTEGER) }),
  fuel: int(Number.MIN_SAFE_INTEGER),
  budget_exceeded: bool(),
})
export type ShadowReplay = Infer<typeof replaySchema>

/** `fuel_used` by the second runs alone. */
export const shadowRunSchema = object({ replay: replaySchema, fuel_used: int(0) })
export type ShadowRun = Infer<typeof shadowRunSchema>

const issueSchema = object({ code: text(64), module_id: text(64), detail: text(400) })
/** `module_id` is empty for what concerns no module. */
export type ShadowIssue = Infer<typeof issueSchema>
export const MAX_ISSUES = 64

export const shadowReportSchema = object({
  proposal_id: HASH_TEXT,
  status: literal(...SHADOW_STATUSES),
  /** Height. */
  checked_at: int(1),
  errors: array(issueSchema, MAX_ISSUES),
  warnings: array(issueSchema, MAX_ISSUES),
  /** Every module it touches, ascending by id. */
  modules: array(object({ module_id: MODULE_ID, result: literal('ok', 'error', 'warning'), notes: array(text(400), MAX_ISSUES) }), 2 * MAX_MODULES),
  shadow_policy: GOVERNANCE_FIELDS.shadow_policy,
  replay: replaySchema,
})
export type ShadowReport = Infer<typeof shadowReportSchema>

export const moduleVersionSchema = object({
  manifest: moduleManifestSchema,
  registered_height: int(0),
  /** Id of the proposal, or `genesis`. */
  registered_by: text(64),
})
export type ModuleVersionRecord = Infer<typeof moduleVersionSchema>

/** Outlives the signer's place in the set, so that its nonce is never used again. */
export const governanceSignerRecordSchema = object({ public_key: fixedBytes(32), nonce: int(0) })
export type GovernanceSignerRecord = Infer<typeof governanceSignerRecordSchema>

export const TRUSTED_SIGNER_ID = SIGNER_NODE_ID

// It is there from genesis on.
export const readManifest = (state: StateReader): WorldManifest => state.get(MANIFEST_KEY) as unknown as WorldManifest
export const readCheckpointSummary = (state: StateReader, height: number): CheckpointSummary | null => state.get(checkpointKey(height)) as unknown as CheckpointSummary | null
export const readOpenProposals = (state: StateReader): readonly string[] => (state.get(OPEN_PROPOSALS_KEY) ?? []) as readonly string[]
export const readClosedProposals = (state: StateReader): readonly string[] => (state.get(CLOSED_PROPOSALS_KEY) ?? []) as readonly string[]
export const readProposal = (state: StateReader, id: string): ProposalRecord | null => state.get(proposalKey(id)) as unknown as ProposalRecord | null
export const readShadowRun = (state: StateReader, id: string): ShadowRun | null => state.get(shadowRunKey(id)) as unknown as ShadowRun | null
export const readModuleVersion = (state: StateReader, id: string, version: string): ModuleVersionRecord | null => state.get(moduleVersionKey(id, version)) as unknown as ModuleVersionRecord | null
export const readLatestVersion = (state: StateReader, id: string): string | null => state.get(moduleLatestKey(id)) as string | null
export const readGovernanceSigner = (state: StateReader, id: string): GovernanceSignerRecord | null => state.get(governanceSignerKey(id)) as unknown as GovernanceSignerRecord | null
