import { schema } from '../../codec/index.ts'
import { slotCounts } from '../body/slots.ts'
import { positionAt } from '../geometry.ts'
import type { Settlement } from '../ledger.ts'
import { reject } from '../rejections.ts'
import { AGENT_ID, vectorSchema } from '../state/records.ts'
import type { Vector } from '../state/records.ts'
import { defineAction } from './action-rule.ts'
import type { Candidate } from './action-rule.ts'

const { array, int, literal, object } = schema

/** As many as a params set may allow candidates. */
const MAX_VISIBLE = 256

/** Looking through some thousand agents around: about as long as this much fuel takes a module. */
const LOOK_FUEL = 50_000

export type ObservationRecorded = Settlement & { readonly agent: string; readonly position: Vector; readonly visible: readonly Candidate[] }

/** What an agent sees around it, put on record. The kernel says who is near, the rules who of them is visible. */
export const queryObservation = defineAction({
  kind: 'query_observation',
  actors: 'agents',
  shape: object({ kind: literal('query_observation') }),
  override: object({
    kind: literal('emit_observation'),
    visible: array(object({ agent_id: AGENT_ID, position: vectorSchema, distance_cm: int() }), MAX_VISIBLE),
  }),
  fuel: LOOK_FUEL,
  examine: ({ state, actor, agent, height, observe }) => {
    const position = positionAt(agent!, height)
    return { facts: { position, candidates: observe(position, actor), sensor_slots: slotCounts(state, actor).sensor } }
  },
  conclude: ({ actor }, _action, { position, candidates }, { override }) => {
    const byId = new Map(candidates.map((candidate) => [candidate.agent_id, candidate]))
    const visible: Candidate[] = []
    for (const { agent_id } of override?.visible ?? candidates) {
      // A rule may leave candidates out, never make them up: what is recorded are the kernel's own facts.
      const candidate = byId.get(agent_id)
      if (candidate === undefined) return reject('RULE_FAILED', { reason: 'an agent that is no candidate was declared visible' })
      visible.push(candidate)
      byId.delete(agent_id)
    }
    return { event: 'observation.recorded', payload: { agent: actor, position, visible } }
  },
})
