import { schema } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import { updateAgent } from '../ledger.ts'
import type { DueHandler } from '../part.ts'
import { reject } from '../rejections.ts'
import { scheduleAt } from '../schedule.ts'
import { readModifiers } from '../society/modifiers.ts'
import { readAgent, readConfig } from '../state/read.ts'
import type { StagedState, StateReader } from '../state/state.ts'
import type { DataCollected, DataCollectionStarted } from './events.ts'
import { surveyKey } from './keys.ts'
import type { SurveyRecord } from './records.ts'
import { slotCounts } from './slots.ts'

const { int, literal, object } = schema

/** Surveys the asteroid the agent is docked at: how data comes into the world. How much is for the rules to say, and less every time. */
export const collectData = defineAction({
  kind: 'collect_data',
  actors: 'agents',
  shape: object({ kind: literal('collect_data'), blocks: int() }),
  override: object({ amount: int(), blocks: int() }),
  plan: 'data.collection_plan',
  fuel: 0,
  examine: ({ state, params: { body }, actor, agent, height }, { blocks }) => {
    const { location, motion, task } = agent!
    if (blocks < 1 || blocks > body.collect_blocks_max) return reject('INVALID_AMOUNT', { blocks, max: body.collect_blocks_max })
    if (motion !== null) return reject('ALREADY_MOVING', { to: motion.to_asteroid, arrive_height: motion.arrive_height })
    if (task !== null) return reject('BUSY', { task: task.kind, until_height: task.until_height })
    if (location === null) return reject('NOT_AT_ASTEROID')
    return {
      facts: {
        asteroid: location, blocks, sensor_slots: slotCounts(state, actor).sensor, surveyed_by_me: timesSurveyed(state, actor, location),
        collection_bps: readModifiers(state, height).collection_bps,
      },
    }
  },
  conclude: ({ params: { body }, actor, height }, _action, { asteroid }, { override }) => {
    if (override === null) return reject('RULE_MISSING')
    const { amount, blocks } = override
    if (blocks < 1 || blocks > body.collect_blocks_max || amount > body.collect_amount_max) return reject('INVALID_AMOUNT', { blocks, amount, max: body.collect_amount_max })
    return { event: 'data.collection_started', payload: { agent: actor, asteroid, blocks, amount, since_height: height, until_height: height + blocks } }
  },
})

const readSurveys = (state: StateReader, agent: string): SurveyRecord => (state.get(surveyKey(agent)) ?? []) as unknown as SurveyRecord

export function timesSurveyed(state: StateReader, agent: string, asteroid: string): number {
  return readSurveys(state, agent).find((survey) => survey.asteroid === asteroid)?.times ?? 0
}

export function applyCollectionStarted(state: StagedState, event: DataCollectionStarted, eventId: string): void {
  const { agent, asteroid, since_height, until_height, amount } = event
  updateAgent(state, agent, { task: { kind: 'collect', asteroid, since_height, until_height, amount } })
  const others = readSurveys(state, agent).filter((survey) => survey.asteroid !== asteroid)
  const surveys = [...others, { asteroid, times: timesSurveyed(state, agent, asteroid) + 1 }].slice(-readConfig(state).params.body.surveys_remembered)
  state.set(surveyKey(agent), surveys as unknown as Value)
  scheduleAt(state, until_height, { kind: 'collection_end', subject: agent, cause: eventId })
}

export const collectionEnd: DueHandler = ({ state, height }, { subject: agent }) => {
  const { task } = readAgent(state, agent)!
  if (task?.kind !== 'collect' || task.until_height > height) return []
  return [{ event: 'data.collected', payload: { agent, asteroid: task.asteroid, amount: task.amount } }]
}

export function applyDataCollected(state: StagedState, { agent, amount }: DataCollected): void {
  updateAgent(state, agent, { task: null, data: readAgent(state, agent)!.data + amount })
}
