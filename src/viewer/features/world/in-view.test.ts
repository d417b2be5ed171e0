import { describe, expect, it } from 'vitest'
import type { VisibleEntity } from '../../render/contract.ts'
import { compareBy, matches } from './in-view.ts'

const row = (id: string, name: string, activity: VisibleEntity['activity']): VisibleEntity => ({ id: `agent/${id}`, name, kind: 'agent', activity })
const rows = [row('c', 'Cy', 'idle'), row('b', 'Ada', 'moving'), row('a', 'Ada', 'harvesting')]

describe('the table of agents in view', () => {
  it('sorts by name or by activity, and never leaves equal rows to chance', () => {
    expect(rows.toSorted(compareBy('name')).map((entity) => entity.id)).toEqual(['agent/a', 'agent/b', 'agent/c'])
    expect(rows.toSorted(compareBy('activity')).map((entity) => entity.activity)).toEqual(['harvesting', 'idle', 'moving'])
  })

  it('filters by name or id, whatever the case', () => {
    expect(rows.filter((entity) => matches(entity, ' aDa ')).length).toBe(2)
    expect(rows.filter((entity) => matches(entity, 'agent/c')).length).toBe(1)
    expect(rows.filter((entity) => matches(entity, '')).length).toBe(3)
  })
})
