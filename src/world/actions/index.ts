import { applier } from '../part.ts'
import type { KernelPart } from '../part.ts'
import { applyHarvested, applyHarvestStarted, harvestEnd, harvestRadiation } from './harvest-radiation.ts'
import { applyArrived, applyDeparted, arrival, moveAgent } from './move-agent.ts'
import { queryObservation } from './query-observation.ts'
import { applyRegistered, registerAgent } from './register-agent.ts'
import { applySlashed, reportDuplicateVote } from './report-duplicate-vote.ts'
import { applyTransferred, transferResource } from './transfer-resource.ts'

/** Being in the world: registering, moving, harvesting, giving, looking around, and reporting validators that voted twice. */
export const core: KernelPart = {
  actions: [registerAgent, moveAgent, harvestRadiation, transferResource, queryObservation, reportDuplicateVote],
  appliers: [
    ['agent.registered', applier(applyRegistered)],
    ['agent.departed', applier(applyDeparted)],
    ['agent.arrived', applier(applyArrived)],
    ['harvest.started', applier(applyHarvestStarted)],
    ['agent.harvested', applier(applyHarvested)],
    ['resource.transferred', applier(applyTransferred)],
    ['validator.slashed', applier(applySlashed)],
  ],
  due: [['arrival', arrival], ['harvest_end', harvestEnd]],
  directives: [],
  tickFacts: [],
  records: [],
}
