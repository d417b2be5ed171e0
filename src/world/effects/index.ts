import { applier } from '../part.ts'
import type { KernelPart } from '../part.ts'
import { applyExpired, applyQueued, applyRemoved, effectExpiry, effectRemoval } from './queue.ts'
import { capabilitySchema, effectQueueSchema, effectRecordSchema, policySetSchema } from './records.ts'

/** What modules ask to have done outside the world (DESIGN §5): capabilities, policies, and the queue of what waits. */
export const effects: KernelPart = {
  actions: [],
  appliers: [
    ['effect.queued', applier(applyQueued)],
    ['effect.expired', applier(applyExpired)],
    ['effect.removed', applier(applyRemoved)],
  ],
  due: [['effect_expiry', effectExpiry], ['effect_removal', effectRemoval]],
  directives: [],
  tickFacts: [],
  records: [
    [/^capability\/[a-z0-9_.]+\/[a-z0-9_.-]+$/, capabilitySchema],
    [/^effects\/policies$/, policySetSchema],
    [/^effects\/queue$/, effectQueueSchema],
    [/^effect\/intent\/[1-9][0-9]*-[0-9]+$/, effectRecordSchema],
  ],
}
