import { schema } from '../../codec/index.ts'
import { slotCounts } from '../body/slots.ts'
import { distanceCm, dockingPoint, travelBlocks } from '../geometry.ts'
import { cargoUsed } from '../industry/cargo.ts'
import { updateAgent } from '../ledger.ts'
import type { Settlement } from '../ledger.ts'
import type { DueHandler } from '../part.ts'
import { reject } from '../rejections.ts'
import { scheduleAt } from '../schedule.ts'
import { readAgent, readAsteroid } from '../state/read.ts'
import { ASTEROID_ID } from '../state/records.ts'
import type { Vector } from '../state/records.ts'
import type { StagedState } from '../state/state.ts'
import { defineAction } from './action-rule.ts'

const { literal, object } = schema

export type AgentDeparted = Settlement & {
  readonly agent: string
  readonly from_asteroid: string | null
  readonly to_asteroid: string
  readonly from: Vector
  readonly to: Vector
  readonly distance_cm: number
  readonly depart_height: number
  readonly arrive_height: number
}

export type AgentArrived = { readonly agent: string; readonly asteroid: string; readonly position: Vector }

/** A journey to an asteroid's dock. It takes time; what it costs is for the rules to say. */
export const moveAgent = defineAction({
  kind: 'move_agent',
  actors: 'agents',
  shape: object({ kind: literal('move_agent'), to: ASTEROID_ID }),
  override: null,
  fuel: 0,
  examine: ({ state, actor, agent }, { to }) => {
    const { motion, task, position, electricity } = agent!
    const asteroid = readAsteroid(state, to)
    if (asteroid === null) return reject('ASTEROID_NOT_FOUND', { asteroid: to })
    if (motion !== null) return reject('ALREADY_MOVING', { to: motion.to_asteroid, arrive_height: motion.arrive_height })
    if (task !== null) return reject('BUSY', { task: task.kind, until_height: task.until_height })
    const destination = dockingPoint(asteroid, actor)
    return {
      facts: {
        from: position, to: destination, distance_cm: distanceCm(position, destination), electricity,
        cargo_used: cargoUsed(agent!), mobility_slots: slotCounts(state, actor).mobility,
      },
    }
  },
  conclude: ({ params, actor, agent, height }, { to }, facts) => {
    if (facts.distance_cm === 0) return reject('ZERO_DISTANCE', { asteroid: to })
    return {
      event: 'agent.departed',
      payload: {
        agent: actor, from_asteroid: agent!.location, to_asteroid: to, from: facts.from, to: facts.to, distance_cm: facts.distance_cm,
        depart_height: height, arrive_height: height + travelBlocks(facts.distance_cm, params.speed_cm_per_block),
      },
    }
  },
})

export function applyDeparted(state: StagedState, event: AgentDeparted, eventId: string): void {
  const { agent, from, to, to_asteroid, depart_height, arrive_height } = event
  updateAgent(state, agent, { location: null, motion: { from, to, to_asteroid, depart_height, arrive_height } })
  scheduleAt(state, arrive_height, { kind: 'arrival', subject: agent, cause: eventId })
}

export const arrival: DueHandler = ({ state, height }, { subject: agent }) => {
  const { motion } = readAgent(state, agent)!
  if (motion === null || motion.arrive_height > height) return []
  return [{ event: 'agent.arrived', payload: { agent, asteroid: motion.to_asteroid, position: motion.to } }]
}

export function applyArrived(state: StagedState, { agent, asteroid, position }: AgentArrived): void {
  updateAgent(state, agent, { location: asteroid, position, motion: null })
}
