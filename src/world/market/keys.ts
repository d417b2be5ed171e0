const hexOf = (agentId: string): string => agentId.slice(agentId.indexOf('/') + 1)

// Orders and bids have their keys as ids: `power_order/<16 hex>`, `artifact_bid/<16 hex>`.
export const POWER_ORDER_PREFIX = 'power_order'
export const ARTIFACT_BID_PREFIX = 'artifact_bid'

export const powerBookKey = (side: 'buy' | 'sell'): string => `power_book/${side}`
/** Ids of an agent's open orders. */
export const powerOrdersOfKey = (agentId: string): string => `power_orders_of/${hexOf(agentId)}`
/** Electricity that came back to an agent and did not fit. */
export const heldPowerKey = (agentId: string): string => `held_power/${hexOf(agentId)}`

/** `hash`: lowercase hex SHA-256 of the bytes. */
export const artifactKey = (hash: string): string => `artifact/${hash}`
export const artifactWasmKey = (hash: string): string => `artifact_wasm/${hash}`
/** Ids of the modules of the world that run these bytes. */
export const artifactUsersKey = (hash: string): string => `artifact_users/${hash}`
/** Hashes of the artifacts an agent owns. */
export const artifactsOfKey = (agentId: string): string => `artifacts_of/${hexOf(agentId)}`
/** How many artifacts there are, and their bytes. */
export const ARTIFACTS_KEY = 'artifacts'
