export const capabilityKey = (moduleId: string, name: string): string => `capability/${moduleId}/${name}`
/** Which effects are allowed at all. */
export const EFFECT_POLICIES_KEY = 'effects/policies'
/** How many effects wait. */
export const EFFECT_QUEUE_KEY = 'effects/queue'
/** `intentId` as in `intentIdOf`. */
export const effectKey = (intentId: string): string => `effect/${intentId}`
/** Who may say what came of effects. */
export const executorKey = (id: string): string => `effect_executor/${id}`
/** The `n`th effect asked for at a height, from 0: the same on every node, and never used again. */
export const intentIdOf = (height: number, n: number): string => `intent/${height}-${n}`
