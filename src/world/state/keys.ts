/** Canonical keys of the state (DESIGN §5). Every key is ASCII, so byte order and UTF-16 order agree. */
export const CONFIG_KEY = 'world/config'
export const HEAD_KEY = 'world/head'
export const TREASURY_KEY = 'treasury'
export const CURRENT_VALIDATORS_KEY = 'validators/current'
export const NEXT_VALIDATORS_KEY = 'validators/next'
/** States the world can go back to, ascending by height. */
export const CHECKPOINTS_KEY = 'checkpoints'

/** Hashes of so many recent blocks are in the state. */
export const RECENT_BLOCKS = 64

export const AGENT_PREFIX = 'agent/'
export const ASTEROID_PREFIX = 'asteroid/'

export const recentBlockKey = (height: number): string => `world/recent/${height % RECENT_BLOCKS}`
/** Public key of who may sign modules. */
export const SIGNER_PREFIX = 'signer/'
export const signerKey = (nodeId: string): string => `${SIGNER_PREFIX}${nodeId}`
export const MODULE_PREFIX = 'module/'
export const moduleKey = (moduleId: string): string => `${MODULE_PREFIX}${moduleId}`
/** The instance that sees the whole world, unless the genesis has another use for number 1. */
export const worldInstanceId = (moduleId: string): string => `${moduleId}#1`
export const moduleInstanceKey = (instanceId: string): string => `module_instance/${instanceId}`
export const moduleStateKey = (instanceId: string): string => `module_state/${instanceId}`
/** `validatorId` without prefix; the key is the actor id of a validator. */
export const validatorKey = (validatorId: string): string => `validator/${validatorId}`
/** Page 0 of what is due at a height is `schedule/<height>`; further pages add `/<page>`, so no record grows without bound. */
export const scheduleKey = (height: number, page: number): string => (page === 0 ? `schedule/${height}` : `schedule/${height}/${page}`)
/** Heights whose work waits because the world went back to before them. */
export const OVERDUE_KEY = 'schedule/overdue'
/** Asteroids are numbered from 1, padded to four digits. */
export const asteroidKey = (number: number): string => `${ASTEROID_PREFIX}${String(number).padStart(4, '0')}`

/** Order of keys everywhere: by UTF-16 units, which for ASCII is byte order. */
export function compareStateKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
