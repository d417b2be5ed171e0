import { describe, expect, it } from 'vitest'
import { scheduleAt, takeDue } from './schedule.ts'
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
})
