import type { Value } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import type { DueHandler } from '../part.ts'
import { reject } from '../rejections.ts'
import { scheduleAt } from '../schedule.ts'
import type { StagedState } from '../state/state.ts'
import { unitsOf, withoutNothing } from './bill.ts'
import { takeFromCargo, whyMissing } from './cargo.ts'
import type { FactoryBuilt, FactoryBuildStarted } from './events.ts'
import { freshId } from './fresh-id.ts'
import { factoriesAtKey, factoriesOfKey } from './keys.ts'
import { badPlan, buildPlanSchema, whyTooMuch, whyUnknown } from './plans.ts'
import { countOne, stageAfter } from './progress.ts'
import { addToIndex, readFactory, readIndex, readIndustry, updateFactory } from './read.ts'
import { FULL_DURABILITY_PPM } from './records.ts'
import type { FactoryRecord } from './records.ts'
import { buildFactoryShape } from './shapes.ts'
import { whyCannotWork } from './work.ts'

/** A factory where the builder is docked. It takes its materials at once and then builds itself; what it is like is for the rules to say. */
export const buildFactory = defineAction({
  kind: 'build_factory',
  actors: 'agents',
  shape: buildFactoryShape,
  override: buildPlanSchema,
  plan: 'economy.factory_build_decision',
  fuel: 0,
  examine: ({ state, params, actor, agent }, { factory_kind }) => {
    const problem = whyCannotWork(agent!)
    if (problem !== null) return problem
    const asteroid = agent!.location!
    const factories_owned = readIndex(state, factoriesOfKey(actor)).length
    const factories_here = readIndex(state, factoriesAtKey(asteroid)).length
    const { factories_per_agent, factories_per_asteroid } = params.industry
    if (factories_owned >= factories_per_agent) return reject('FACTORY_LIMIT', { factories: factories_owned, max: factories_per_agent })
    if (factories_here >= factories_per_asteroid) return reject('SITE_FULL', { asteroid, factories: factories_here, max: factories_per_asteroid })
    const { materials, electricity } = agent!
    return { facts: { asteroid, factory_kind, materials, electricity, factories_owned, factories_here, industry_stage: readIndustry(state).stage } }
  },
  conclude: (context, { factory_kind }, { asteroid, materials }, { override: plan }) => {
    const { params, actor, height } = context
    if (plan === null) return reject('RULE_MISSING', { factory_kind })
    const consume = withoutNothing(plan.consume)
    if (unitsOf(consume) === 0) return badPlan('the plan builds from nothing')
    const problem = whyUnknown(consume) ?? whyTooMuch(params.industry, plan) ?? whyMissing(materials, consume)
    if (problem !== null) return problem
    const factory = freshId(context, 'factory')
    if (factory === null) return reject('ID_TAKEN')
    return {
      event: 'factory.build_started',
      payload: { agent: actor, factory, factory_kind, asteroid, consume, spec: plan.spec, started_height: height, ready_height: height + plan.duration_blocks },
      cost: { electricity: plan.power_required },
    }
  },
})

export function applyBuildStarted(state: StagedState, event: FactoryBuildStarted, eventId: string): void {
  const { agent, factory, factory_kind, asteroid, consume, spec, started_height, ready_height } = event
  takeFromCargo(state, agent, consume)
  const record: FactoryRecord = {
    owner: agent, factory_kind, asteroid, spec, build_cost: consume, started_height, ready_height, ready: false,
    durability_ppm: FULL_DURABILITY_PPM, durability_height: started_height, jobs: [], materials: {}, reserved: 0,
  }
  state.set(factory, record as unknown as Value)
  addToIndex(state, factoriesOfKey(agent), factory)
  addToIndex(state, factoriesAtKey(asteroid), factory)
  scheduleAt(state, ready_height, { kind: 'factory_ready', subject: factory, cause: eventId })
}

export const factoryReady: DueHandler = ({ state, height }, { subject: factory }) => {
  const record = readFactory(state, factory)
  if (record === null || record.ready || record.ready_height > height) return []
  const { owner, factory_kind, asteroid } = record
  return [{ event: 'factory.built', payload: { factory, owner, factory_kind, asteroid } }, ...stageAfter(state, 'factories_built')]
}

export function applyBuilt(state: StagedState, { factory }: FactoryBuilt): void {
  updateFactory(state, factory, { ready: true })
  countOne(state, 'factories_built')
}
