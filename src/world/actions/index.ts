import type { AnyActionRule } from './action-rule.ts'
import { harvestRadiation } from './harvest-radiation.ts'
import { moveAgent } from './move-agent.ts'
import { queryObservation } from './query-observation.ts'
import { registerAgent } from './register-agent.ts'
import { reportDuplicateVote } from './report-duplicate-vote.ts'
import { transferResource } from './transfer-resource.ts'

/** Every action an actor may request, by kind. */
export const ACTION_RULES: ReadonlyMap<string, AnyActionRule> = new Map(
  [registerAgent, moveAgent, harvestRadiation, transferResource, queryObservation, reportDuplicateVote].map((rule) => [rule.kind, rule]),
)
