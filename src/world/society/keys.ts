/** Keys of this part. Ids made by `newId` (contract/…, alliance/…, war/…, crisis/…) are the keys of their records. */
export const POLICY_KEY = 'gameplay_policy'
export const MODIFIERS_KEY = 'world_modifiers'
export const ACTIVE_WARS_KEY = 'wars/active'
export const ACTIVE_CRISES_KEY = 'crises/active'
export const OPEN_COUNCILS_KEY = 'councils/open'
export const PENDING_ACHIEVEMENTS_KEY = 'meta_pending'

/** Ids of what is over, oldest first; what falls out at the front is forgotten for good. */
export const RECENT_CONTRACTS_KEY = 'recent/contracts'
export const RECENT_WARS_KEY = 'recent/wars'
export const RECENT_CRISES_KEY = 'recent/crises'
export const RECENT_COUNCILS_KEY = 'recent/councils'

const hexOf = (agentId: string): string => agentId.slice(agentId.indexOf('/') + 1)

/** The alliance an agent belongs to; absent when it belongs to none. */
export const allianceOfKey = (agentId: string): string => `alliance_of/${hexOf(agentId)}`
/** How an agent has kept its contracts; absent before its first. */
export const standingKey = (agentId: string): string => `standing/${hexOf(agentId)}`
export const councilKey = (key: string): string => `council/${key}`
/** An agent's votes on proposals that were open when it last voted; absent before its first. */
export const votesKey = (agentId: string): string => `council_votes/${hexOf(agentId)}`
/** Points and achievements of an agent; absent before its first point. */
export const metaKey = (agentId: string): string => `meta/${hexOf(agentId)}`
