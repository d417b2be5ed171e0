import type { Value } from '../../codec/index.ts'
import type { EventInit } from '../part.ts'
import type { StagedState, StateReader } from '../state/state.ts'
import type { IndustryStageChanged } from './events.ts'
import { INDUSTRY_KEY } from './keys.ts'
import { readIndustry } from './read.ts'
import type { IndustryRecord, IndustryStage } from './records.ts'

export type IndustryCount = Exclude<keyof IndustryRecord, 'stage'>

/** Where an industry stands after what it has done (research/original.md §1.2). It never falls back. */
export function stageOf({ stage, completed_recipe_jobs: jobs, completed_transits: transits, factories_built }: IndustryRecord): IndustryStage {
  if (stage === 'governance' || jobs >= 12 || (jobs >= 6 && transits >= 3)) return 'governance'
  return stage === 'scale_out' || (jobs >= 3 && factories_built >= 1) ? 'scale_out' : 'bootstrap'
}

/** The event that follows one more of `count`, if that opens a stage. */
export function stageAfter(state: StateReader, count: IndustryCount): readonly EventInit[] {
  const before = readIndustry(state)
  const to = stageOf({ ...before, [count]: before[count] + 1 })
  return to === before.stage ? [] : [{ event: 'industry.stage_changed', payload: { from: before.stage, to } }]
}

export function countOne(state: StagedState, count: IndustryCount): void {
  const before = readIndustry(state)
  state.set(INDUSTRY_KEY, { ...before, [count]: before[count] + 1 } as unknown as Value)
}

export function applyStageChanged(state: StagedState, { to }: IndustryStageChanged): void {
  state.set(INDUSTRY_KEY, { ...readIndustry(state), stage: to } as unknown as Value)
}
