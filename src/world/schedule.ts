import type { Value } from '../codec/index.ts'
import { scheduleKey } from './state/keys.ts'
import { readSchedulePage } from './state/read.ts'
import { SCHEDULE_PAGE_ENTRIES } from './state/records.ts'
import type { ScheduleEntry } from './state/records.ts'
import type { StagedState } from './state/state.ts'

/** Notes something due at `height`, after what is due then already. */
export function scheduleAt(state: StagedState, height: number, entry: ScheduleEntry): void {
  let page = 0
  let entries = readSchedulePage(state, height, page)
  while (entries !== null && entries.length >= SCHEDULE_PAGE_ENTRIES) entries = readSchedulePage(state, height, ++page)
  state.set(scheduleKey(height, page), [...(entries ?? []), entry] as unknown as Value)
}

/** Takes what is due at `height` out of the schedule, in the order it was noted. */
export function takeDue(state: StagedState, height: number): ScheduleEntry[] {
  const due: ScheduleEntry[] = []
  for (let page = 0; ; page++) {
    const entries = readSchedulePage(state, height, page)
    if (entries === null) return due
    due.push(...entries)
    state.set(scheduleKey(height, page), null)
  }
}
