import type { GovernanceFinalityCertificate } from '../../codec/index.ts'
import type { Settlement } from '../ledger.ts'
import type { ModuleManifest } from '../module-manifest.ts'
import type { ModuleChanges, ProposalContent, ShadowReport, ShadowRun, WorldManifest } from './records.ts'

/** `governance.proposed` */
export type GovernanceProposed = Settlement & ProposalContent & { readonly actor: string; readonly proposal_id: string; readonly proposed_height: number; readonly expires_height: number }

/** `governance.shadow_progress`: what the shadow has found up to this block. */
export type GovernanceShadowProgress = ShadowRun & { readonly proposal_id: string }

/** `governance.shadow_report`: `manifest_hash` is that of the manifest as it would be. */
export type GovernanceShadowReport = { readonly proposal_id: string; readonly manifest_hash: string; readonly report_hash: string; readonly report: ShadowReport }

/** `governance.shadow_anchored`: the hash of the block that holds the report is known; signers can sign. */
export type GovernanceShadowAnchored = { readonly proposal_id: string; readonly height: number; readonly block_hash: string }

/** `governance.approved_by`; `reason` where the signer gave one */
export type GovernanceApprovedBy = Settlement & {
  readonly actor: string
  readonly proposal_id: string
  readonly signer_id: string
  readonly signature: Uint8Array
  readonly reason?: string
}

/** `governance.approved`: by enough signers. Settles an action only when a certificate came with it. */
export type GovernanceApproved = Partial<Settlement> & { readonly actor: string; readonly proposal_id: string; readonly certificate: GovernanceFinalityCertificate }

/** `governance.queued`: takes effect at the end of the block of `apply_height`. */
export type GovernanceQueued = { readonly proposal_id: string; readonly apply_height: number }

/** `governance.rejected_by`: one signer's no. */
export type GovernanceRejectedBy = Settlement & { readonly actor: string; readonly proposal_id: string; readonly signer_id: string; readonly reason: string }

/** `governance.rejected`: by so many signers that it cannot be approved any more, or by its author. */
export type GovernanceRejected = Partial<Settlement> & { readonly actor: string; readonly proposal_id: string; readonly reason: string; readonly height: number }

/** `governance.vetoed_by`: one guardian's veto; `governance.vetoed`: of enough guardians. */
export type GovernanceVetoedBy = Settlement & { readonly actor: string; readonly proposal_id: string; readonly guardian_id: string; readonly signature: Uint8Array }
export type GovernanceVetoed = { readonly proposal_id: string; readonly guardians: readonly string[]; readonly height: number }

/** `governance.expired`: its time was over (`late`), or the manifest it builds on is no longer the world's (`superseded`). */
export type GovernanceExpired = { readonly proposal_id: string; readonly reason: 'late' | 'superseded'; readonly height: number }

/** `governance.rolled_back`: the world is as it was after the block of `to_height`, apart from how it is governed and who is in it. */
export type GovernanceRolledBack = { readonly proposal_id: string; readonly to_height: number; readonly state_root: string; readonly height: number }

/** `manifest.updated` */
export type ManifestUpdated = { readonly proposal_id: string; readonly manifest_hash: string; readonly manifest: WorldManifest }

/** `governance.applied`: the last event of an apply. */
export type GovernanceApplied = {
  readonly proposal_id: string
  readonly manifest_hash: string
  readonly module_changes: ModuleChanges
  /** Kinds of the module events before it, in their order. */
  readonly module_events: readonly string[]
  readonly consensus_height: number
  readonly scheme: string
  /** Empty for an aggregate, which names nobody. */
  readonly signers: readonly string[]
  readonly height: number
}

/** `governance.apply_failed`: nothing else came of it. */
export type GovernanceApplyFailed = { readonly proposal_id: string; readonly code: string; readonly detail: string }

/** `module.registered` */
export type ModuleRegistered = { readonly module_id: string; readonly wasm_hash: string; readonly manifest: ModuleManifest; readonly registered_by: string; readonly height: number }

/** `module.upgraded` */
export type ModuleUpgraded = {
  readonly module_id: string
  readonly from_version: string
  readonly to_version: string
  readonly new_wasm_hash: string
  readonly manifest: ModuleManifest
  readonly upgraded_by: string
  readonly height: number
}

/** `module.activated`: the module runs from the next block on, as `instance_id`, which sees the whole world. */
export type ModuleActivated = {
  readonly module_id: string
  readonly version: string
  readonly manifest: ModuleManifest
  readonly instance_id: string
  readonly activated_by: string
  readonly height: number
}

/** `module.deactivated`: its instances and what they kept are gone. */
export type ModuleDeactivated = { readonly module_id: string; readonly version: string; readonly reason: string; readonly deactivated_by: string }

/** `module.load_failed`: the bytes of a module are not there, or not the ones named. */
export type ModuleLoadFailed = { readonly module_id: string; readonly proposal_id: string; readonly wasm_hash: string; readonly code: 'ARTIFACT_MISSING' | 'HASH_MISMATCH' | 'IO_ERROR'; readonly detail: string }

/** `module.validation_failed`: `code` as in the errors of a shadow report. */
export type ModuleValidationFailed = { readonly module_id: string; readonly proposal_id: string; readonly code: string; readonly detail: string }
