import { defineAction } from '../actions/action-rule.ts'
import { isRejection, reject } from '../rejections.ts'
import type { StagedState } from '../state/state.ts'
import { amountOf } from './bill.ts'
import type { MaterialDiscarded } from './events.ts'
import { sourceOf, takeFrom } from './holders.ts'
import { discardMaterialShape } from './shapes.ts'

/** Throws material away: residues that no recipe takes would fill every store in the end. */
export const discardMaterial = defineAction({
  kind: 'discard_material',
  actors: 'agents',
  shape: discardMaterialShape,
  override: null,
  fuel: 0,
  examine: (context, { from, material, amount }) => {
    if (amount < 1) return reject('INVALID_AMOUNT', { amount })
    const source = sourceOf(context, from)
    if (isRejection(source)) return source
    const available = amountOf(source.materials, material)
    if (available < amount) return reject('INSUFFICIENT_MATERIAL', { material, required: amount, available })
    return { facts: { asteroid: source.asteroid, material, amount, available, electricity: context.agent!.electricity } }
  },
  conclude: ({ actor }, { from, material, amount }) => ({ event: 'material.discarded', payload: { agent: actor, from, material, amount } }),
})

export function applyDiscarded(state: StagedState, { from, material, amount }: MaterialDiscarded): void {
  takeFrom(state, from, { [material]: amount })
}
