import type { Value } from '../../codec/index.ts'
import { applyEffectSettings } from '../effects/settings.ts'
import { readArtifactUsers } from '../market/artifact-store.ts'
import { artifactUsersKey } from '../market/keys.ts'
import { compareStateKeys, moduleInstanceKey, moduleKey, moduleStateKey, signerKey } from '../state/keys.ts'
import { readModule, readModuleInstance } from '../state/read.ts'
import type { ModuleInstanceRecord, ModuleRecord, SignerRecord } from '../state/records.ts'
import type { StagedState } from '../state/state.ts'
import type {
  GovernanceApplied, GovernanceApproved, GovernanceApprovedBy, GovernanceExpired, GovernanceQueued, GovernanceRejected, GovernanceRejectedBy, GovernanceShadowAnchored,
  GovernanceShadowProgress, GovernanceShadowReport, GovernanceVetoed, GovernanceVetoedBy, ManifestUpdated, ModuleActivated, ModuleDeactivated, ModuleRegistered, ModuleUpgraded,
} from './events.ts'
import { CLOSED_PROPOSALS_KEY, governanceSignerKey, MANIFEST_KEY, moduleLatestKey, moduleVersionKey, OPEN_PROPOSALS_KEY, proposalKey, shadowReportKey, shadowRunKey } from './keys.ts'
import { MAX_CLOSED_PROPOSALS, readClosedProposals, readGovernanceSigner, readManifest, readOpenProposals, readProposal } from './records.ts'
import type { GovernanceSignerRecord, ModuleVersionRecord, ProposalRecord, ProposalState } from './records.ts'
import { withShare } from './vote.ts'

function update(state: StagedState, id: string, change: Partial<ProposalRecord>): void {
  state.set(proposalKey(id), { ...readProposal(state, id)!, ...change } as unknown as Value)
}

/** A proposal that is over stays readable for a while. */
function close(state: StagedState, id: string, outcome: ProposalState, height: number): void {
  update(state, id, { state: outcome, closed_height: height })
  state.set(shadowRunKey(id), null)
  state.set(OPEN_PROPOSALS_KEY, readOpenProposals(state).filter((open) => open !== id))
  const closed = [...readClosedProposals(state), id]
  for (const old of closed.slice(0, -MAX_CLOSED_PROPOSALS)) {
    state.set(proposalKey(old), null)
    state.set(shadowReportKey(old), null)
  }
  state.set(CLOSED_PROPOSALS_KEY, closed.slice(-MAX_CLOSED_PROPOSALS))
}

export function applyShadowProgress(state: StagedState, { proposal_id, replay, fuel_used }: GovernanceShadowProgress): void {
  state.set(shadowRunKey(proposal_id), { replay, fuel_used } as unknown as Value)
}

export function applyShadowReport(state: StagedState, { proposal_id, manifest_hash, report_hash, report }: GovernanceShadowReport): void {
  state.set(shadowRunKey(proposal_id), null)
  state.set(shadowReportKey(proposal_id), report as unknown as Value)
  update(state, proposal_id, { state: 'shadowed', shadow: { report_hash, manifest_hash, status: report.status, height: report.checked_at, block_hash: null } })
}

export function applyShadowAnchored(state: StagedState, { proposal_id, block_hash }: GovernanceShadowAnchored): void {
  update(state, proposal_id, { shadow: { ...readProposal(state, proposal_id)!.shadow!, block_hash } })
}

export function applyApprovedBy(state: StagedState, { proposal_id, signer_id, signature }: GovernanceApprovedBy): void {
  update(state, proposal_id, { approvals: withShare(readProposal(state, proposal_id)!.approvals, { signer_id, signature }) })
}

export function applyApproved(state: StagedState, { proposal_id, certificate }: GovernanceApproved): void {
  update(state, proposal_id, { state: 'approved', certificate })
}

export function applyQueued(state: StagedState, { proposal_id, apply_height }: GovernanceQueued): void {
  update(state, proposal_id, { state: 'queued', apply_height })
}

export function applyRejectedBy(state: StagedState, { proposal_id, signer_id, reason }: GovernanceRejectedBy): void {
  update(state, proposal_id, { rejections: [...readProposal(state, proposal_id)!.rejections, { signer_id, reason }] })
}

export function applyRejected(state: StagedState, { proposal_id, height }: GovernanceRejected): void {
  close(state, proposal_id, 'rejected', height)
}

export function applyVetoedBy(state: StagedState, { proposal_id, guardian_id, signature }: GovernanceVetoedBy): void {
  update(state, proposal_id, { vetoes: [...readProposal(state, proposal_id)!.vetoes, { guardian_id, signature }] })
}

export function applyVetoed(state: StagedState, { proposal_id, height }: GovernanceVetoed): void {
  close(state, proposal_id, 'rejected', height)
}

export function applyExpired(state: StagedState, { proposal_id, height }: GovernanceExpired): void {
  close(state, proposal_id, 'expired', height)
}

export function applyApplied(state: StagedState, { proposal_id, height }: GovernanceApplied): void {
  close(state, proposal_id, 'applied', height)
}

/** Signers of modules and of proposals, and what modules may ask for, follow the manifest. Who is no longer a signer keeps the record of its nonce. */
export function applyManifestUpdated(state: StagedState, { manifest }: ManifestUpdated): void {
  const { trusted_signers: before, effects } = readManifest(state)
  for (const id of Object.keys(before).sort(compareStateKeys)) if (!Object.hasOwn(manifest.trusted_signers, id)) state.set(signerKey(id), null)
  for (const id of Object.keys(manifest.trusted_signers).sort(compareStateKeys)) state.set(signerKey(id), { public_key: manifest.trusted_signers[id]! } satisfies SignerRecord)
  const { signers, guardians } = manifest.governance
  for (const [id, public_key] of [...guardians.map((each) => [each.guardian_id, each.public_key] as const), ...signers.map((each) => [each.signer_id, each.public_key] as const)]) {
    const { nonce } = readGovernanceSigner(state, id) ?? { nonce: 0 }
    state.set(governanceSignerKey(id), { public_key, nonce } satisfies GovernanceSignerRecord)
  }
  applyEffectSettings(state, effects, manifest.effects)
  state.set(MANIFEST_KEY, manifest as unknown as Value)
}

export function applyModuleRegistered(state: StagedState, { module_id, manifest, registered_by, height }: ModuleRegistered): void {
  state.set(moduleVersionKey(module_id, manifest.version), { manifest, registered_height: height, registered_by } satisfies ModuleVersionRecord as unknown as Value)
  state.set(moduleLatestKey(module_id), manifest.version)
}

/** Instances and what they keep stay. */
export function applyModuleUpgraded(state: StagedState, { module_id, to_version, manifest, upgraded_by, height }: ModuleUpgraded): void {
  const record = readModule(state, module_id)!
  applyModuleRegistered(state, { module_id, wasm_hash: manifest.wasm_hash, manifest, registered_by: upgraded_by, height })
  removeUser(state, record.manifest.wasm_hash, module_id)
  addUser(state, manifest.wasm_hash, module_id)
  state.set(moduleKey(module_id), { ...record, manifest, active_version: to_version, since_height: height } satisfies ModuleRecord as unknown as Value)
  const [ticked, ticks] = [record.manifest.subscriptions.stage === 'tick', manifest.subscriptions.stage === 'tick']
  if (ticked === ticks) return
  for (const id of record.instances) state.set(moduleInstanceKey(id), { ...readModuleInstance(state, id)!, wake_height: ticks ? height : null } satisfies ModuleInstanceRecord as unknown as Value)
}

export function applyModuleActivated(state: StagedState, { module_id, version, manifest, instance_id, height }: ModuleActivated): void {
  addUser(state, manifest.wasm_hash, module_id)
  state.set(moduleKey(module_id), { manifest, active_version: version, since_height: height, instances: [instance_id] } satisfies ModuleRecord as unknown as Value)
  const wake_height = manifest.subscriptions.stage === 'tick' ? height : null
  state.set(moduleInstanceKey(instance_id), { module_id, target: { kind: 'world' }, owner: null, wake_height } satisfies ModuleInstanceRecord as unknown as Value)
}

export function applyModuleDeactivated(state: StagedState, { module_id }: ModuleDeactivated): void {
  const { manifest, instances } = readModule(state, module_id)!
  for (const id of instances) {
    state.set(moduleInstanceKey(id), null)
    state.set(moduleStateKey(id), null)
  }
  removeUser(state, manifest.wasm_hash, module_id)
  state.set(moduleKey(module_id), null)
}

function addUser(state: StagedState, hash: string, moduleId: string): void {
  state.set(artifactUsersKey(hash), [...readArtifactUsers(state, hash).filter((id) => id !== moduleId), moduleId].sort(compareStateKeys))
}

function removeUser(state: StagedState, hash: string, moduleId: string): void {
  const left = readArtifactUsers(state, hash).filter((id) => id !== moduleId)
  state.set(artifactUsersKey(hash), left.length === 0 ? null : left)
}
