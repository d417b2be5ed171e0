import { expect, it } from 'vitest'
import type { ValueMap } from '../../../codec/index.ts'
import { ann, bob, Commons } from '../testing/commons.ts'

const grant = (change: ValueMap = {}): ValueMap => ({ type: 'meta_grant', agent: ann.id, track: 'trade', points: 12, achievement: null, ...change })
const meta = (world: Commons, id = ann.id): unknown => world.read(`meta/${id.slice(6)}`)

it('points add up by track and in total', () => {
  const world = new Commons()
  expect(world.refusal('economic', grant())).toBe(null)
  expect(world.refusal('war', grant({ track: 'war', points: 5 }))).toBe(null)
  const [granted] = world.directed('governance', grant({ points: 1 })).filter(({ kind }) => kind === 'meta.granted')
  expect(granted!.payload).toEqual({ agent: ann.id, track: 'trade', points: 1, track_points: 13, total: 18, achievement: null })
  expect(meta(world)).toEqual({ tracks: { trade: 13, war: 5 }, total: 18, achievements: [] })
})

it('achievements are told to the meta module when they are due, and granted once', () => {
  const world = new Commons()
  const look = (): ValueMap | null => world.facts('meta')
  world.directed('economic', grant({ points: 19 }))
  expect(look()).toBe(null)
  expect(world.refusal('meta', grant({ points: 0, achievement: 'bronze' }))).toBe('ACHIEVEMENT_NOT_DUE')
  world.directed('economic', grant({ points: 41, track: 'industry' }), grant({ agent: bob.id, points: 30 }))
  expect(look()).toEqual({
    pending: [
      { agent: ann.id, total: 60, achievements: [], best_track: 'industry' },
      { agent: bob.id, total: 30, achievements: [], best_track: 'trade' },
    ].sort((a, b) => (a.agent < b.agent ? -1 : 1)),
    more: 0,
  })
  expect(world.refusal('meta', grant({ points: 0, achievement: 'gold' }))).toBe('ACHIEVEMENT_NOT_DUE')
  world.directed('meta', grant({ points: 0, achievement: 'bronze' }), grant({ agent: bob.id, points: 0, achievement: 'bronze' }))
  expect(look()).toEqual({ pending: [{ agent: ann.id, total: 60, achievements: ['bronze'], best_track: 'industry' }], more: 0 })
  expect(world.refusal('meta', grant({ points: 0, achievement: 'bronze' }))).toBe('ACHIEVEMENT_NOT_DUE')
  world.directed('meta', grant({ points: 10, achievement: 'silver' }))
  expect(look()).toBe(null)
  expect(meta(world)).toMatchObject({ total: 70, achievements: ['bronze', 'silver'] })
})

it('nobody grants out of bounds', () => {
  const world = new Commons()
  const cases: readonly (readonly [ValueMap, string])[] = [
    [{ points: 101 }, 'BAD_DIRECTIVE'],
    [{ points: -1 }, 'BAD_DIRECTIVE'],
    [{ track: 'luck' }, 'BAD_DIRECTIVE'],
    [{ achievement: 'wood' }, 'BAD_DIRECTIVE'],
    [{ agent: `agent/${'0'.repeat(32)}` }, 'AGENT_NOT_FOUND'],
  ]
  for (const [change, code] of cases) expect(world.refusal('economic', grant(change)), JSON.stringify(change)).toBe(code)
  expect(meta(world)).toBe(null)
  world.put({ [`meta/${ann.id.slice(6)}`]: { tracks: { trade: 999_995 }, total: 999_995, achievements: ['bronze', 'silver', 'gold', 'platinum', 'diamond'] } })
  world.directed('economic', grant())
  expect(meta(world)).toMatchObject({ tracks: { trade: 1_000_000 }, total: 1_000_000 })
})
