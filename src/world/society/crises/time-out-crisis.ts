import { schema } from '../../../codec/index.ts'
import type { Value } from '../../../codec/index.ts'
import { defineDirective } from '../../part.ts'
import type { DueHandler, EventInit, PartContext } from '../../part.ts'
import { reject } from '../../rejections.ts'
import type { StagedState } from '../../state/state.ts'
import type { CrisisTimedOut } from '../events.ts'
import { ACTIVE_CRISES_KEY, RECENT_CRISES_KEY } from '../keys.ts'
import { removeEffect, setEffect } from '../modifiers.ts'
import { readActiveCrises, readCrisis } from '../read.ts'
import { CRISIS_ID } from '../records.ts'
import type { CrisisRecord } from '../records.ts'
import { retire } from '../recent.ts'

const { int, literal, object } = schema

/** Per cent by which a crisis hurts everybody while it lasts, and what a module may make of its aftermath. */
export const STRENGTH_PER_SEVERITY = 10
const MAX_PENALTY = 90

/** Nobody helped in time. What was given stays given; everybody suffers for a while longer. */
export const crisisTimeout = defineDirective({
  type: 'crisis_timeout',
  from: ['crisis'],
  shape: object({ type: literal('crisis_timeout'), crisis_id: CRISIS_ID, penalty: int(0, MAX_PENALTY) }),
  carryOut: (context, { crisis_id, penalty }) => {
    const crisis = readCrisis(context.state, crisis_id)
    if (crisis === null) return reject('CRISIS_NOT_FOUND', { crisis_id })
    if (crisis.status !== 'active') return reject('CRISIS_OVER', { crisis_id })
    if (context.height < crisis.until_height) return reject('CRISIS_NOT_OVER', { crisis_id, until_height: crisis.until_height })
    return [timedOut(context, crisis_id, crisis, penalty)]
  },
})

/** No module said what follows: what the crisis did goes on for as long as an aftermath lasts. */
export const crisisEnd: DueHandler = (context, { subject: crisis_id }) => {
  const crisis = readCrisis(context.state, crisis_id)
  if (crisis === null || crisis.status !== 'active' || context.height < crisis.until_height) return []
  return [timedOut(context, crisis_id, crisis, STRENGTH_PER_SEVERITY * crisis.severity)]
}

function timedOut({ height, params }: PartContext, crisis_id: string, { kind, severity }: CrisisRecord, penalty: number): EventInit {
  const payload: CrisisTimedOut = { crisis_id, kind, severity, penalty, height, aftermath_until_height: height + params.society.crisis_aftermath_blocks }
  return { event: 'crisis.timed_out', payload }
}

export function applyCrisisTimedOut(state: StagedState, { crisis_id, kind, penalty, height, aftermath_until_height }: CrisisTimedOut): void {
  closeCrisis(state, crisis_id, 'timed_out')
  if (aftermath_until_height > height) setEffect(state, height, { crisis_id, kind, strength: penalty, until_height: aftermath_until_height })
}

/** It no longer counts as going on, and no longer hurts. */
export function closeCrisis(state: StagedState, crisisId: string, status: 'resolved' | 'timed_out'): void {
  const active = readActiveCrises(state)
  state.set(ACTIVE_CRISES_KEY, { ...active, ids: active.ids.filter((id) => id !== crisisId), [status]: active[status] + 1 })
  state.set(crisisId, { ...readCrisis(state, crisisId)!, status } as unknown as Value)
  removeEffect(state, crisisId)
  retire(state, RECENT_CRISES_KEY, crisisId)
}
