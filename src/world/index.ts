export { createKernel } from './kernel.ts'
export type { KernelOptions } from './kernel.ts'
export type {
  ActionProblem, BlockContext, BlockResult, CommittedBlock, DryRunRequest, DryRunResult, Kernel, ModuleExecutor, QueryResult, Snapshot, StateEntry, StateWrite,
} from './types.ts'

export { whyBadManifest } from './modules/manifest-rules.ts'
export { createGenesis } from './create-genesis.ts'
export type { GenesisInit } from './create-genesis.ts'
export { decodeGenesis, encodeGenesis, MAX_GENESIS_BYTES, worldIdOf } from './genesis.ts'
export type { Genesis } from './genesis.ts'
export { SCENARIOS } from './scenario.ts'
export type { ScenarioName } from './scenario.ts'
export { DEFAULT_PARAMS } from './params.ts'
export type { WorldParams } from './params.ts'
export { artifactIdentitySchema, moduleManifestSchema, unsignedManifestSchema } from './module-manifest.ts'
export type { ModuleArtifactIdentity, ModuleCallLimits, ModuleManifest, ModuleStage } from './module-manifest.ts'
export { ArtifactIdentityError, artifactPayload, identityHash, trustedSignersOf, verifyArtifactIdentity } from './modules/artifact-identity.ts'
export type { ArtifactIdentityErrorCode, TrustedSigner, TrustedSigners, UnsignedManifest } from './modules/artifact-identity.ts'

export { ExecutionInterrupted, GenesisError, KernelError, SnapshotError } from './errors.ts'
export type { GenesisErrorCode, KernelErrorCode, SnapshotErrorCode } from './errors.ts'
export { hintOf, isRejectionCode } from './rejections.ts'
export type { RejectionCode } from './rejections.ts'

export { encodeReceipt } from './receipts.ts'
export type { Receipt } from './receipts.ts'
export { eventHash, isEventChain, NO_EVENT_HASH } from './event-log.ts'
export type { EventCause, WorldEvent } from './events.ts'
export { executeSigned, verifyActions } from './execute-signed.ts'
export { signAction } from './sign-action.ts'

export { chunkHash, MAX_CHUNK_BYTES, snapshotEntries, snapshotManifestSchema } from './snapshot.ts'
export type { SnapshotManifest } from './snapshot.ts'
export type { StateProof } from './state/merkle-tree.ts'
export { PROVABLE_HEIGHTS } from './state/state.ts'
export type { StateReader } from './state/state.ts'
export { CHECKPOINTS_KEY, CONFIG_KEY, CURRENT_VALIDATORS_KEY, HEAD_KEY, NEXT_VALIDATORS_KEY, TREASURY_KEY, asteroidKey, moduleInstanceKey, moduleKey, moduleStateKey, recentBlockKey, worldInstanceId, validatorKey } from './state/keys.ts'
export { BELT_CM, MATERIALS } from './state/records.ts'
export type {
  AgentRecord, AsteroidRecord, Checkpoint, ConfigRecord, HarvestTask, HeadRecord, Material, ModuleRecord, Motion, RecentBlock, ScheduleEntry, Treasury, ValidatorRecord, Vector,
} from './state/records.ts'

export { distanceCm, dockingPoint, positionAt, travelBlocks } from './geometry.ts'
export { FACTORY_TYPES } from './view.ts'
export type { AsteroidColumns, FactoryColumns, TransitColumns, WorldView } from './view.ts'
export type { Amounts, Resource, Settlement } from './ledger.ts'
export type { Candidate } from './actions/action-rule.ts'
export type { AgentRegistered } from './actions/register-agent.ts'
export type { AgentArrived, AgentDeparted } from './actions/move-agent.ts'
export type { AgentHarvested, HarvestStarted } from './actions/harvest-radiation.ts'
export type { ResourceTransferred } from './actions/transfer-resource.ts'
export type { ObservationRecorded } from './actions/query-observation.ts'
export type { ValidatorSlashed } from './actions/report-duplicate-vote.ts'

export { MATERIAL_KINDS, oreElement, ORES, SPARE_PART } from './industry/materials.ts'
export type { LossClass, MaterialId, MaterialKind } from './industry/materials.ts'
export { factoriesAtKey, factoriesOfKey, FACTORY_PREFIX, INDUSTRY_KEY, JOB_PREFIX, productKey, TRANSIT_PREFIX, transitsOfKey } from './industry/keys.ts'
export { FULL_DURABILITY_PPM, INDUSTRY_STAGES } from './industry/records.ts'
export type { FactoryRecord, FactorySpec, IndustryRecord, IndustryStage, JobRecord, ProductRecord, TransitPriority, TransitRecord } from './industry/records.ts'
export type {
  BuildFactory, DiscardMaterial, MaintainFactory, MineCompound, RecycleFactory, RefineCompound, ScheduleRecipe, TransferMaterial, ValidateProduct,
} from './industry/shapes.ts'
export type {
  CompoundMined, CompoundRefined, FactoryBuilt, FactoryBuildStarted, FactoryMaintained, FactoryRecycled, IndustryStageChanged, MaterialDiscarded,
  MaterialTransferred, MiningStarted, ProductValidated, RecipeCompleted, RecipeStarted, RefiningStarted, TransitCompleted, TransitStarted,
} from './industry/events.ts'
export type { Materials, Task } from './state/records.ts'

export { ACTIVE_CRISES_KEY, ACTIVE_WARS_KEY, allianceOfKey, councilKey, metaKey, MODIFIERS_KEY, OPEN_COUNCILS_KEY, POLICY_KEY, standingKey, votesKey, RECENT_CONTRACTS_KEY, RECENT_COUNCILS_KEY, RECENT_CRISES_KEY, RECENT_WARS_KEY } from './society/keys.ts'
export { readModifiers } from './society/modifiers.ts'
export type { Modifiers } from './society/modifiers.ts'
export { ACHIEVEMENTS, CRISIS_KINDS, META_TRACKS } from './society/records.ts'
export type { GameplayPolicy } from './society/params.ts'
export type {
  Achievement, ActiveCrises, AllianceRecord, ContractRecord, CouncilRecord, CrisisKind, CrisisRecord, MetaRecord, MetaTrack, Standing, Votes, WarRecord, WorldEffect,
} from './society/records.ts'
export type {
  AllianceDissolved, AllianceFormed, AllianceInvited, AllianceJoined, AllianceLeft, ContractAccepted, ContractCancelled, ContractExpired, ContractOpened,
  ContractSettled, CouncilFinalized, CouncilOpened, CouncilVoted, CrisisContributed, CrisisResolved, CrisisSpawned, CrisisTimedOut, MetaGranted,
  PolicyUpdated, WarConcluded, WarDeclared, WarOutcome,
} from './society/events.ts'

export { bodyKey, dataAccessKey, surveyKey } from './body/keys.ts'
export { SLOT_TYPES } from './body/records.ts'
export type { BodyRecord, BodySlot, BodyView, DataAccessRecord, SlotType, SurveyRecord } from './body/records.ts'
export { BODY_MODULES, countSlots, DEFAULT_BODY } from './body/slots.ts'
export type { SlotCounts } from './body/slots.ts'
export type { BodyAttributesUpdated, BodyExpanded, BodySlotEquipped, DataAccessChanged, DataCollected, DataCollectionStarted } from './body/events.ts'

export { artifactKey, ARTIFACTS_KEY, artifactsOfKey, artifactWasmKey, heldPowerKey, powerBookKey, powerOrdersOfKey } from './market/keys.ts'
export type { ArtifactBidRecord, ArtifactRecord, ArtifactTotals, HeldPower, PowerBook, PowerOrderRecord, Price, Side } from './market/records.ts'
export type {
  ArtifactBidCancelled, ArtifactBidPlaced, ArtifactDeployed, ArtifactListed, ArtifactSold, ArtifactWithdrawn, HeldPowerCollected, PowerOrderCancelled, PowerOrderPlaced, PowerTraded,
} from './market/events.ts'

export type { InstanceTarget, ModuleInstanceRecord } from './state/records.ts'
export type { ModuleStateUpdated, ModuleTickScheduled } from './apply-event.ts'
export type { ModuleRuntimeCharged } from './rules/metering.ts'
export { capabilityKey, EFFECT_POLICIES_KEY, EFFECT_QUEUE_KEY, effectKey, executorKey } from './effects/keys.ts'
export type { Capability, EffectQueue, EffectRecord, PolicyRule, PolicySet } from './effects/records.ts'
export { executorSchema, mayExecute } from './effects/executors.ts'
export type { Executor, ListedExecutor } from './effects/executors.ts'
export type { EffectSettings } from './effects/settings.ts'
export { HTTP_FETCH, httpFetchedSchema, httpFetchParamsSchema, MAX_FETCHED_BYTES } from './effects/http-fetch.ts'
export type { HttpFetched, HttpFetchParams } from './effects/http-fetch.ts'
export type { EffectReceiptRecorded } from './effects/submit-effect-receipt.ts'
export type { EffectDenied, EffectExpired, EffectQueued, EffectRemoved } from './effects/queue.ts'

export { DEFAULT_GOVERNANCE } from './governance/config.ts'
export type { GovernanceConfig, ShadowPolicy } from './governance/config.ts'
export {
  checkpointKey, CLOSED_PROPOSALS_KEY, governanceSignerKey, MANIFEST_KEY, moduleLatestKey, moduleVersionKey, OPEN_PROPOSALS_KEY, proposalKey, shadowReportKey, shadowRunKey, signerActor, signerIdOf,
} from './governance/keys.ts'
export { manifestContentSchema, moduleChangesSchema, patchSchema, PROPOSAL_STATES, proposalContentSchema, proposalSchema, shadowReportSchema, worldManifestSchema } from './governance/records.ts'
export type {
  CheckpointSummary, GovernanceSignerRecord, ManifestContent, ModuleChanges, ModuleVersionRecord, PatchOp, ProposalContent, ProposalRecord, ProposalState, ShadowIssue, ShadowReplay, ShadowReport, ShadowRun, ShadowStatus, WorldManifest,
} from './governance/records.ts'
export { hashOf, isBadManifest, manifestAfter, manifestContent, manifestHash, proposalIdOf, signerSetHash } from './governance/manifest.ts'
export type { BadManifest } from './governance/manifest.ts'
export { applyPatch, diffValues, mergePatches, PatchError } from './governance/patch.ts'
export type { PatchConflict, PatchErrorCode } from './governance/patch.ts'
export { assembleCertificate, statementOf } from './governance/certificate.ts'
export type { CertificateProblem } from './governance/certificate.ts'
export { madeReport, shadowReport } from './governance/shadow-report.ts'
export type { MadeReport, ShadowBlock } from './governance/shadow-report.ts'
export { compareVersions } from './governance/version.ts'
export type {
  GovernanceApplied, GovernanceApplyFailed, GovernanceApproved, GovernanceApprovedBy, GovernanceExpired, GovernanceProposed, GovernanceQueued, GovernanceRejected, GovernanceRejectedBy, GovernanceRolledBack,
  GovernanceShadowAnchored, GovernanceShadowProgress, GovernanceShadowReport, GovernanceVetoed, GovernanceVetoedBy, ManifestUpdated, ModuleActivated, ModuleDeactivated, ModuleLoadFailed,
  ModuleRegistered, ModuleUpgraded, ModuleValidationFailed,
} from './governance/events.ts'
export type { ModuleCallFailed } from './rules/module-calls.ts'
