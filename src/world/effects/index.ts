import { applier } from '../part.ts'
import type { KernelPart } from '../part.ts'
import { applyExpired, applyQueued, applyRemoved, effectExpiry, effectRemoval } from './queue.ts'
import { executorSchema } from './executors.ts'
import { capabilitySchema, effectQueueSchema, effectRecordSchema, policySetSchema } from './records.ts'
import { applyReceipt, submitEffectReceipt } from './submit-effect-receipt.ts'

/** What modules ask to have done outside the world (DESIGN §5): capabilities, policies, the queue of what waits, and the receipts of what came of it. */
export const effects: KernelPart = {
  actions: [submitEffectReceipt],
  appliers: [
    ['effect.queued', applier(applyQueued)],
    ['effect.receipt', applier(applyReceipt)],
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
    [/^effect_executor\/[a-z0-9][a-z0-9._-]*$/, executorSchema],
    [/^effect\/intent\/[1-9][0-9]*-[0-9]+$/, effectRecordSchema],
  ],
}
