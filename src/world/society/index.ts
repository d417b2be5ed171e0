import { applier } from '../part.ts'
import type { KernelPart } from '../part.ts'
import { applyAllianceDissolved, dissolveAlliance } from './alliances/dissolve-alliance.ts'
import { applyAllianceFormed, formAlliance } from './alliances/form-alliance.ts'
import { applyAllianceInvited, inviteToAlliance } from './alliances/invite-to-alliance.ts'
import { applyAllianceJoined, joinAlliance } from './alliances/join-alliance.ts'
import { applyAllianceLeft, leaveAlliance } from './alliances/leave-alliance.ts'
import { acceptContract, applyContractAccepted } from './contracts/accept-contract.ts'
import { applyContractCancelled, cancelContract } from './contracts/cancel-contract.ts'
import { CONTRACT_END } from './contracts/close-contract.ts'
import { applyContractExpired, contractEnd } from './contracts/expire-contract.ts'
import { applyContractOpened, openContract } from './contracts/open-contract.ts'
import { applyContractSettled, settleContract } from './contracts/settle-contract.ts'
import { applyCouncilVoted, castVote } from './council/cast-vote.ts'
import { applyCouncilFinalized, applyPolicyUpdated, councilEnd, councilFacts, governanceFinalize } from './council/finalize.ts'
import { applyCouncilOpened, openProposal } from './council/open-proposal.ts'
import { applyCrisisContributed, applyCrisisResolved, resolveCrisis } from './crises/resolve-crisis.ts'
import { applyCrisisSpawned, crisisFacts, crisisSpawn } from './crises/spawn-crisis.ts'
import { applyCrisisTimedOut, crisisEnd, crisisTimeout } from './crises/time-out-crisis.ts'
import { applyMetaGranted, metaFacts, metaGrant } from './meta/grant.ts'
import { societyRecords } from './records.ts'
import { applyWarConcluded, warConclude, warEnd, warFacts } from './wars/conclude-war.ts'
import { applyWarDeclared, declareWar } from './wars/declare-war.ts'

/** Contracts, reputation, alliances, wars, crises, the council and achievements. */
export const society: KernelPart = {
  actions: [
    openContract, acceptContract, settleContract, cancelContract,
    formAlliance, inviteToAlliance, joinAlliance, leaveAlliance, dissolveAlliance,
    declareWar, resolveCrisis, openProposal, castVote,
  ],
  appliers: [
    ['contract.opened', applier(applyContractOpened)],
    ['contract.accepted', applier(applyContractAccepted)],
    ['contract.settled', applier(applyContractSettled)],
    ['contract.cancelled', applier(applyContractCancelled)],
    ['contract.expired', applier(applyContractExpired)],
    ['alliance.formed', applier(applyAllianceFormed)],
    ['alliance.invited', applier(applyAllianceInvited)],
    ['alliance.joined', applier(applyAllianceJoined)],
    ['alliance.left', applier(applyAllianceLeft)],
    ['alliance.dissolved', applier(applyAllianceDissolved)],
    ['war.declared', applier(applyWarDeclared)],
    ['war.concluded', applier(applyWarConcluded)],
    ['crisis.spawned', applier(applyCrisisSpawned)],
    ['crisis.contributed', applier(applyCrisisContributed)],
    ['crisis.resolved', applier(applyCrisisResolved)],
    ['crisis.timed_out', applier(applyCrisisTimedOut)],
    ['council.opened', applier(applyCouncilOpened)],
    ['council.voted', applier(applyCouncilVoted)],
    ['council.finalized', applier(applyCouncilFinalized)],
    ['policy.updated', applier(applyPolicyUpdated)],
    ['meta.granted', applier(applyMetaGranted)],
  ],
  due: [[CONTRACT_END, contractEnd], ['war_end', warEnd], ['crisis_end', crisisEnd], ['council_end', councilEnd]],
  directives: [warConclude, crisisSpawn, crisisTimeout, governanceFinalize, metaGrant],
  tickFacts: [['war', warFacts], ['crisis', crisisFacts], ['governance', councilFacts], ['meta', metaFacts]],
  records: societyRecords,
}
