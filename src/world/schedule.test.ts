import { describe, expect, it } from 'vitest'
import { encodeCanonical } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { isCrowded, scheduleAt, takeDue, unschedule } from './schedule.ts'
import { HEAD_KEY, OVERDUE_KEY, scheduleKey } from './state/keys.ts'
import { SCHEDULE_PAGE_ENTRIES } from './state/records.ts'
import type { ScheduleEntry } from './state/records.ts'
import { CommittedState, hashKey, makeItem, StagedState } from './state/state.ts'

const entry = (index: number): ScheduleEntry => ({ kind: 'arrival', subject: `subject/${index.toString(16).padStart(32, '0')}`, cause: `1-${index}` })

/** The state after the block of a height, with nothing in it but what the schedule asks for. */
function stateOf(height: number, records: Readonly<Record<string, Value>> = {}): StagedState {
  const all: Readonly<Record<string, Value>> = { [HEAD_KEY]: { height }, ...records }
  return new StagedState(new CommittedState(height, Object.entries(all).map(([key, record]) => makeItem(key, record, encodeCanonical(record), hashKey(key)))))
}

describe('the schedule', () => {
  it('gives back what is due, in the order it was noted, over as many pages as it takes, once', () => {
    const state = stateOf(0)
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
    const state = stateOf(0)
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
    const state = stateOf(0)
    for (let index = 0; index < 15 * SCHEDULE_PAGE_ENTRIES; index++) scheduleAt(state, 9, entry(index))
    expect(isCrowded(state, 9)).toBe(false)
    scheduleAt(state, 9, entry(99_999))
    expect([isCrowded(state, 9), isCrowded(state, 10)]).toEqual([true, false])
  })

  it('takes what is noted too late in the next block', () => {
    const state = stateOf(9)
    scheduleAt(state, 4, entry(1))
    scheduleAt(state, 10, entry(2))
    expect([takeDue(state, 10), takeDue(state, 11)]).toEqual([[], [entry(1), entry(2)]])
  })

  it('takes up what is overdue, oldest first, before what is due, and as much in one block as one has room for', () => {
    const page = (from: number): ScheduleEntry[] => Array.from({ length: SCHEDULE_PAGE_ENTRIES }, (_, index) => entry(from + index))
    const crowd = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [scheduleKey(5, index), page(1_000 * index)]))
    const state = stateOf(20, { [OVERDUE_KEY]: { from: 3, to: 20 }, [scheduleKey(3, 0)]: [entry(1)], ...crowd, [scheduleKey(6, 0)]: [entry(2)], [scheduleKey(21, 0)]: [entry(3)] })
    const first = takeDue(state, 21)
    expect([first[0], first.at(-1), first.length]).toEqual([entry(1), entry(3), 2 + 17 * SCHEDULE_PAGE_ENTRIES])
    expect(state.get(OVERDUE_KEY)).toEqual({ from: 6, to: 20 })
    expect(takeDue(state, 22)).toEqual([entry(2)])
    expect(state.get(OVERDUE_KEY)).toBe(null)
    expect(takeDue(state, 23)).toEqual([])
  })

  it('looks at so many overdue heights in one block, however far the world went back', () => {
    const state = stateOf(10_000, { [OVERDUE_KEY]: { from: 1, to: 10_000 }, [scheduleKey(4_097, 0)]: [entry(1)] })
    expect(takeDue(state, 10_001)).toEqual([])
    expect(takeDue(state, 10_002)).toEqual([entry(1)])
    expect(state.get(OVERDUE_KEY)).toEqual({ from: 8_193, to: 10_000 })
  })
})
