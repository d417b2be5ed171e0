import { schema } from '../../../codec/index.ts'
import type { Value } from '../../../codec/index.ts'
import { newId } from '../../new-id.ts'
import { defineDirective } from '../../part.ts'
import type { TickFacts } from '../../part.ts'
import { reject } from '../../rejections.ts'
import { scheduleAt } from '../../schedule.ts'
import { readConfig, readHead } from '../../state/read.ts'
import type { StagedState } from '../../state/state.ts'
import type { CrisisSpawned } from '../events.ts'
import { ACTIVE_CRISES_KEY } from '../keys.ts'
import { setEffect } from '../modifiers.ts'
import { readActiveCrises, readCrisis } from '../read.ts'
import { CRISIS_KIND, MAX_SEVERITY } from '../records.ts'
import type { CrisisRecord } from '../records.ts'
import { needsOf } from './crisis-needs.ts'
import { STRENGTH_PER_SEVERITY } from './time-out-crisis.ts'

const { int, literal, object } = schema

/** What crisis modules decide by. */
export const crisisFacts: TickFacts = ({ state, height, params }) => {
  const { ids, spawned, resolved, timed_out, last_spawn_height } = readActiveCrises(state)
  const { max_active_crises, crisis_interval_blocks, crisis_cooldown_blocks, crisis_blocks_max } = params.society
  return {
    spawned, resolved, timed_out, last_spawn_height, max_active_crises, crisis_interval_blocks, crisis_cooldown_blocks, crisis_blocks_max,
    agents: readHead(state).agent_count,
    active: ids.map((crisis_id) => {
      const { kind, severity, required, contributed, until_height } = readCrisis(state, crisis_id)!
      return { crisis_id, kind, severity, required, contributed, until_height, over: height >= until_height }
    }),
  }
}

/** Trouble begins. How often and how bad is for modules to say, how much at once for the kernel. */
export const crisisSpawn = defineDirective({
  type: 'crisis_spawn',
  from: ['crisis'],
  shape: object({ type: literal('crisis_spawn'), kind: CRISIS_KIND, severity: int(1, MAX_SEVERITY), lasts_blocks: int(1) }),
  carryOut: ({ state, height, params }, { kind, severity, lasts_blocks }) => {
    const { ids, spawned, last_spawn_height } = readActiveCrises(state)
    const { max_active_crises, crisis_cooldown_blocks, crisis_blocks_max } = params.society
    if (lasts_blocks > crisis_blocks_max) return reject('CRISIS_TERM', { lasts_blocks, max: crisis_blocks_max })
    const tooSoon = spawned > 0 && height < last_spawn_height + crisis_cooldown_blocks
    if (tooSoon || ids.length >= max_active_crises || ids.some((id) => readCrisis(state, id)!.kind === kind)) {
      return reject('CRISIS_LIMIT', { kind, active: ids.length, max: max_active_crises, last_spawn_height })
    }
    const payload: CrisisSpawned = {
      crisis_id: newId('crisis', kind, spawned + 1), kind, severity, ...needsOf(kind, severity, readHead(state).agent_count),
      spawned_height: height, until_height: height + lasts_blocks,
    }
    return [{ event: 'crisis.spawned', payload }]
  },
})

export function applyCrisisSpawned(state: StagedState, event: CrisisSpawned, eventId: string): void {
  const { crisis_id, kind, severity, spawned_height, until_height } = event
  const crisis: CrisisRecord = {
    kind, severity, needs: event.needs, required: event.required, contributed: 0, contributors: [], spawned_height, until_height, status: 'active',
  }
  state.set(crisis_id, crisis as unknown as Value)
  const active = readActiveCrises(state)
  state.set(ACTIVE_CRISES_KEY, { ...active, ids: [...active.ids, crisis_id], spawned: active.spawned + 1, last_spawn_height: spawned_height })
  setEffect(state, spawned_height, { crisis_id, kind, strength: STRENGTH_PER_SEVERITY * severity, until_height })
  scheduleAt(state, until_height + readConfig(state).params.society.grace_blocks, { kind: 'crisis_end', subject: crisis_id, cause: eventId })
}
