import type { Value } from '../codec/index.ts'
import { OVERDUE_KEY, scheduleKey } from './state/keys.ts'
import { readHead, readOverdue, readSchedulePage } from './state/read.ts'
import { SCHEDULE_PAGE_ENTRIES } from './state/records.ts'
import type { ScheduleEntry } from './state/records.ts'
import type { StagedState, StateReader } from './state/state.ts'

/** Some two thousand entries. */
const CROWDED_PAGES = 16

/** What is overdue waits when so much is taken up in a block, and so many heights are looked at for it. */
const ROOM_FOR_OVERDUE = CROWDED_PAGES * SCHEDULE_PAGE_ENTRIES
const MAX_OVERDUE_HEIGHTS = 4_096

/** Notes something due at `at`, after what is due then already, or where something was taken back; in the next block if that time is over. */
export function scheduleAt(state: StagedState, at: number, entry: ScheduleEntry): void {
  const height = Math.max(at, readHead(state).height + 2)
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

/** Takes what is due at `height` out of the schedule, in the order it was noted; before it, as much as there is room for of what is overdue. */
export function takeDue(state: StagedState, height: number): ScheduleEntry[] {
  const due = takeAt(state, height)
  return [...takeOverdue(state, Math.max(1, ROOM_FOR_OVERDUE - due.length)), ...due]
}

/** Whole heights, so that none is left half done, and at least one. */
function takeOverdue(state: StagedState, room: number): ScheduleEntry[] {
  const overdue = readOverdue(state)
  if (overdue === null) return []
  const due: ScheduleEntry[] = []
  const end = Math.min(overdue.to, overdue.from + MAX_OVERDUE_HEIGHTS - 1)
  let next = overdue.from
  while (next <= end && due.length < room) due.push(...takeAt(state, next++))
  state.set(OVERDUE_KEY, next > overdue.to ? null : { ...overdue, from: next })
  return due
}

function takeAt(state: StagedState, height: number): ScheduleEntry[] {
  const due: ScheduleEntry[] = []
  for (let page = 0; ; page++) {
    const entries = readSchedulePage(state, height, page)
    if (entries === null) return due
    due.push(...entries)
    state.set(scheduleKey(height, page), null)
  }
}
