import { applier } from '../part.ts'
import type { KernelPart } from '../part.ts'
import { schema } from '../../codec/index.ts'
import {
  applyApplied, applyApproved, applyApprovedBy, applyExpired, applyManifestUpdated, applyModuleActivated, applyModuleDeactivated, applyModuleRegistered, applyModuleUpgraded,
  applyQueued, applyRejected, applyRejectedBy, applyShadowAnchored, applyShadowProgress, applyShadowReport, applyVetoed, applyVetoedBy,
} from './appliers.ts'
import { applyProposed, propose } from './propose.ts'
import { checkpointListSchema, checkpointSummarySchema, governanceSignerRecordSchema, moduleVersionSchema, proposalListSchema, proposalSchema, shadowReportSchema, shadowRunSchema, worldManifestSchema } from './records.ts'
import { applyRolledBack } from './roll-back.ts'
import { applyProposalAction, approveProposal, rejectProposal, vetoProposal } from './vote.ts'

/** How the rules of the world change (DESIGN §8). What goes by heights is in `closeGovernance`. */
export const governance: KernelPart = {
  actions: [propose, approveProposal, rejectProposal, applyProposalAction, vetoProposal],
  appliers: [
    ['governance.proposed', applier(applyProposed)],
    ['governance.shadow_progress', applier(applyShadowProgress)],
    ['governance.shadow_report', applier(applyShadowReport)],
    ['governance.shadow_anchored', applier(applyShadowAnchored)],
    ['governance.approved_by', applier(applyApprovedBy)],
    ['governance.approved', applier(applyApproved)],
    ['governance.queued', applier(applyQueued)],
    ['governance.rejected_by', applier(applyRejectedBy)],
    ['governance.rejected', applier(applyRejected)],
    ['governance.vetoed_by', applier(applyVetoedBy)],
    ['governance.vetoed', applier(applyVetoed)],
    ['governance.expired', applier(applyExpired)],
    ['governance.applied', applier(applyApplied)],
    ['governance.rolled_back', applier(applyRolledBack)],
    ['manifest.updated', applier(applyManifestUpdated)],
    ['module.registered', applier(applyModuleRegistered)],
    ['module.upgraded', applier(applyModuleUpgraded)],
    ['module.activated', applier(applyModuleActivated)],
    ['module.deactivated', applier(applyModuleDeactivated)],
  ],
  due: [],
  directives: [],
  tickFacts: [],
  records: [
    [/^manifest$/, worldManifestSchema],
    [/^checkpoints$/, checkpointListSchema],
    [/^checkpoint\/[0-9]{1,16}$/, checkpointSummarySchema],
    [/^governance\/(open|closed)$/, proposalListSchema],
    [/^governance_signer\/[a-z0-9][a-z0-9-]{0,63}$/, governanceSignerRecordSchema],
    [/^proposal\/[0-9a-f]{64}$/, proposalSchema],
    [/^shadow_report\/[0-9a-f]{64}$/, shadowReportSchema],
    [/^shadow_run\/[0-9a-f]{64}$/, shadowRunSchema],
    [/^module_version\/[a-z0-9_.]+@[0-9.]+$/, moduleVersionSchema],
    [/^module_latest\/[a-z0-9_.]+$/, schema.text(32, /^[0-9]+\.[0-9]+\.[0-9]+$/)],
  ],
}
