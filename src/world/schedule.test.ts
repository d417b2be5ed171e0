import { describe, expect, it } from 'vitest'
import { isCrowded, scheduleAt, takeDue, unschedule } from './schedule.ts'
import { SCHEDULE_PAGE_ENTRIES } from './state/records.ts'
import type { ScheduleEntry } from './state/records.ts'
import { CommittedState, StagedState } from './state/state.ts'

const entry = (index: number): ScheduleEntry => ({ kind: 'arrival', subject: `subject/${index.toString(16).padStart(32, '0')}`, cause: `1-${index}` })

describe('the schedule', () => {
  it('gives back what is due, in the order it was noted, over as many pages as it takes, once', () => {
    const state = new StagedState(new CommittedState(0, []))
    const count = 3 * SCHEDULE_PAGE_ENTRIES + 5
    const entries = Array.from({ length: count }, (_, index) => entry(index))
    for (const item of entries) scheduleAt(state, 9, item)
    scheduleAt(state, 10, entry(count))
    const sizes = state.changes().map(({ item }) => (item!.record as unknown[]).length)
    expect(Math.max(...sizes)).toBe(SCHEDULE_PAGE_ENTRIES)
    expect(takeDue(state, 8)).toEqual([])
    expect(takeDue(state, 9)).toEqual(entries)
    expect(takeDue(state, 9)).toEqual([])
    expect(state.changes().map(({ key }) => key)).toEqual(['schedule/10'])
  })

  it('forgets what is taken back, finds what lies behind it, and uses the room again', () => {
    const state = new StagedState(new CommittedState(0, []))
    const entries = Array.from({ length: 2 * SCHEDULE_PAGE_ENTRIES + 1 }, (_, index) => entry(index))
    for (const item of entries) scheduleAt(state, 9, item)
    const [first, rest] = [entries.slice(0, SCHEDULE_PAGE_ENTRIES), entries.slice(SCHEDULE_PAGE_ENTRIES)]
    for (const { kind, subject } of first) unschedule(state, 9, kind, subject)
    unschedule(state, 9, 'arrival', 'subject/none')
    unschedule(state, 9, 'harvest_end', rest[0]!.subject)
    unschedule(state, 8, 'arrival', rest[0]!.subject)
    const last = rest.at(-1)!
    unschedule(state, 9, last.kind, last.subject)
    expect(state.changes().map(({ key }) => key)).toEqual(['schedule/9', 'schedule/9/1'])
    scheduleAt(state, 9, last)
    expect(takeDue(state, 9)).toEqual([last, ...rest.slice(0, -1)])
    expect(state.changes()).toEqual([])
  })

  it('says when there is too much for one block to choose it', () => {
    const state = new StagedState(new CommittedState(0, []))
    for (let index = 0; index < 15 * SCHEDULE_PAGE_ENTRIES; index++) scheduleAt(state, 9, entry(index))
    expect(isCrowded(state, 9)).toBe(false)
    scheduleAt(state, 9, entry(99_999))
    expect([isCrowded(state, 9), isCrowded(state, 10)]).toEqual([true, false])
  })
})
