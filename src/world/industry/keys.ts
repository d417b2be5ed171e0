import { AGENT_PREFIX, ASTEROID_PREFIX } from '../state/keys.ts'

export const FACTORY_PREFIX = 'factory/'
export const JOB_PREFIX = 'job/'
export const TRANSIT_PREFIX = 'transit/'

/** Progress of the whole world's industry; absent before the first factory, job or transit is complete. */
export const INDUSTRY_KEY = 'industry'

export const productKey = (productId: string): string => `product/${productId}`
/** Factories of an agent. */
export const factoriesOfKey = (agentId: string): string => `factories_of/${agentId.slice(AGENT_PREFIX.length)}`
/** Factories at an asteroid. */
export const factoriesAtKey = (asteroidId: string): string => `factories_at/${asteroidId.slice(ASTEROID_PREFIX.length)}`
/** Transits an agent has under way. */
export const transitsOfKey = (agentId: string): string => `transits_of/${agentId.slice(AGENT_PREFIX.length)}`
