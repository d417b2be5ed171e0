import { defineAction } from '../actions/action-rule.ts'
import { isRejection, reject } from '../rejections.ts'
import type { StagedState } from '../state/state.ts'
import { takeFromCargo, whyMissing } from './cargo.ts'
import { durabilityAt } from './durability.ts'
import type { FactoryMaintained } from './events.ts'
import { SPARE_PART } from './materials.ts'
import { reachFactory } from './reach-factory.ts'
import { updateFactory } from './read.ts'
import { FULL_DURABILITY_PPM } from './records.ts'
import { maintainFactoryShape } from './shapes.ts'

/** Spare parts for durability. Parts that would restore nothing stay in cargo. */
export const maintainFactory = defineAction({
  kind: 'maintain_factory',
  actors: 'agents',
  shape: maintainFactoryShape,
  override: null,
  fuel: 0,
  examine: (context, { factory_id, parts }) => {
    const { params, agent, height } = context
    if (parts < 1) return reject('INVALID_AMOUNT', { parts })
    const reached = reachFactory(context, factory_id)
    if (isRejection(reached)) return reached
    const durability_ppm = durabilityAt(reached.factory, height)
    if (durability_ppm === FULL_DURABILITY_PPM) return reject('FACTORY_INTACT', { factory: factory_id })
    const useful = Math.min(parts, Math.ceil((FULL_DURABILITY_PPM - durability_ppm) / params.industry.maintenance_ppm_per_part))
    const missing = whyMissing(agent!.materials, { [SPARE_PART]: useful })
    if (missing !== null) return missing
    return { facts: { factory_id, asteroid: reached.factory.asteroid, parts: useful, durability_ppm, electricity: agent!.electricity } }
  },
  conclude: ({ params, actor, height }, { factory_id }, { parts, durability_ppm: before }) => ({
    event: 'factory.maintained',
    payload: {
      agent: actor, factory: factory_id, parts, durability_before_ppm: before,
      durability_ppm: Math.min(FULL_DURABILITY_PPM, before + parts * params.industry.maintenance_ppm_per_part), height,
    },
  }),
})

export function applyMaintained(state: StagedState, { agent, factory, parts, durability_ppm, height }: FactoryMaintained): void {
  takeFromCargo(state, agent, { [SPARE_PART]: parts })
  updateFactory(state, factory, { durability_ppm, durability_height: height })
}
