import type { Value } from '../codec/index.ts'
import { scheduleKey } from './state/keys.ts'
import { readSchedulePage } from './state/read.ts'
import { SCHEDULE_PAGE_ENTRIES } from './state/records.ts'
import type { ScheduleEntry } from './state/records.ts'
import type { StagedState, StateReader } from './state/state.ts'

/** Some two thousand entries. */
const CROWDED_PAGES = 16

/** Notes something due at `height`, after what is due then already, or where something was taken back. */
export function scheduleAt(state: StagedState, height: number, entry: ScheduleEntry): void {
  let page = 0
  let entries = readSchedulePage(state, height, page)
  while (entries !== null && entries.length >= SCHEDULE_PAGE_ENTRIES) entries = readSchedulePage(state, height, ++page)
  state.set(scheduleKey(height, page), [...(entries ?? []), entry] as unknown as Value)
}

/** Takes back what was noted for `height`, if it is still there. Its page stays, even empty, so that those behind it are found. */
export function unschedule(state: StagedState, height: number, kind: string, subject: string): void {
  for (let page = 0; ; page++) {
    const entries = readSchedulePage(state, height, page)
    if (entries === null) return
    const left = entries.filter((entry) => entry.kind !== kind || entry.subject !== subject)
    if (left.length === entries.length) continue
    const last = left.length === 0 && readSchedulePage(state, height, page + 1) === null
    state.set(scheduleKey(height, page), last ? null : (left as unknown as Value))
    return
  }
}

/** Whether so much is due at `height` that nobody should choose to have more due then: all of it happens in one block. */
export function isCrowded(state: StateReader, height: number): boolean {
  return readSchedulePage(state, height, CROWDED_PAGES - 1) !== null
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
