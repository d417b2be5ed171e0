/** The world's manifest: how it is governed, whose modules it takes, and which modules it runs. */
export const MANIFEST_KEY = 'manifest'
/** What there is to say about a checkpoint without having it. */
export const checkpointKey = (height: number): string => `checkpoint/${height}`
/** Ids of proposals that wait for something, oldest first. */
export const OPEN_PROPOSALS_KEY = 'governance/open'
/** Ids of the newest proposals that are over, oldest first; older ones are in the history alone. */
export const CLOSED_PROPOSALS_KEY = 'governance/closed'

/** `signerId` without prefix. Guardians have one as well. */
export const governanceSignerKey = (signerId: string): string => `governance_signer/${signerId}`
export const proposalKey = (proposalId: string): string => `proposal/${proposalId}`
export const shadowReportKey = (proposalId: string): string => `shadow_report/${proposalId}`
/** What the shadow of an open proposal has found so far. */
export const shadowRunKey = (proposalId: string): string => `shadow_run/${proposalId}`
export const moduleVersionKey = (moduleId: string, version: string): string => `module_version/${moduleId}@${version}`
/** Highest version of a module that was ever registered. */
export const moduleLatestKey = (moduleId: string): string => `module_latest/${moduleId}`

export const SIGNER_ACTOR_PREFIX = 'signer/'
export const signerActor = (signerId: string): string => `${SIGNER_ACTOR_PREFIX}${signerId}`
/** The name of an actor `signer/<name>`, or null. */
export const signerIdOf = (actor: string): string | null => (actor.startsWith(SIGNER_ACTOR_PREFIX) ? actor.slice(SIGNER_ACTOR_PREFIX.length) : null)
