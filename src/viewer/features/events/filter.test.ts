import { describe, expect, it } from 'vitest'
import { NO_FILTER } from '../../app/url.ts'
import { itemsOf } from '../../stores/feed.ts'
import { blockSummary, worldEvent } from '../../test-support/fixtures.ts'
import { familyOf } from './describe.ts'
import { filterItems } from './filter.ts'

const ada = `agent/${'a'.repeat(32)}`
const items = itemsOf(blockSummary(7, [
  worldEvent(7, 0, { kind: 'agent.departed', payload: { agent: ada } }),
  worldEvent(7, 1, { kind: 'harvest.started', payload: { agent: `agent/${'b'.repeat(32)}` } }),
  worldEvent(7, 2, { kind: 'agent.harvested', payload: { agent: ada } }),
]))
const context = { nameOf: (id: string) => (id === ada ? 'Ada' : 'Bo'), sentence: (item: (typeof items)[number]) => `sentence ${item.id}` }
const ids = (filter: Partial<typeof NO_FILTER>, limit = 10) => filterItems(items, { ...NO_FILTER, ...filter }, context, limit).map((item) => item.id)

describe('the event filter', () => {
  it('shows everything when empty, newest first, up to the limit', () => {
    expect(ids({})).toEqual(['7-2', '7-1', '7-0'])
    expect(ids({}, 2)).toEqual(['7-2', '7-1'])
  })

  it('takes a family or an exact kind', () => {
    expect(ids({ kind: 'harvest' })).toEqual(['7-2', '7-1'])
    expect(ids({ kind: 'agent.departed' })).toEqual(['7-0'])
    expect(familyOf('something.new')).toBe('other')
  })

  it('finds agents by name or id whatever the case, and combines with text', () => {
    expect(ids({ agent: 'ADA' })).toEqual(['7-2', '7-0'])
    expect(ids({ agent: 'bbbb' })).toEqual(['7-1'])
    expect(ids({ agent: 'ada', text: 'Sentence 7-0' })).toEqual(['7-0'])
    expect(ids({ text: 'nowhere' })).toEqual([])
  })
})
