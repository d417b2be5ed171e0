import { describe, expect, it } from 'vitest'
import type { ValueMap } from '../codec/index.ts'
import type { BlockResult } from '../world/index.ts'
import { signedForTest } from '../world/testing/hand-made.ts'
import { ann, bob, cid, dora, eve, EVERYBODY, finn, Gathering } from '../world/society/testing/gathering.ts'
import type { GatheringInit } from '../world/society/testing/gathering.ts'
import { builtinModules } from './index.ts'

const m5 = await builtinModules(['m5'])

/** Six agents and the m5 modules, run for real. */
const world = (society: GatheringInit['society'] = {}): Gathering => new Gathering({ modules: m5, society })

const payloads = (events: BlockResult['events'], kind: string): ValueMap[] => events.filter((event) => event.kind === kind).map(({ payload }) => payload)
const only = (events: BlockResult['events'], kind: string): ValueMap => {
  const found = payloads(events, kind)
  expect(found.map(() => kind)).toEqual([kind])
  return found[0]!
}
const meta = (of: Gathering, id: string): unknown => of.read(`meta/${id.slice(6)}`)
const noFailures = (events: BlockResult['events']): void => expect(events.filter(({ kind }) => kind === 'module.call_failed' || kind === 'directive.refused')).toEqual([])

describe('m5.gameplay.war.core', () => {
  const declare = (defender: string, intensity = 2): ValueMap => ({ kind: 'declare_war', defender, objective: 'Ore', intensity })

  it('ends a war when it has lasted its time: the higher score wins, spoils are split, winners get points', () => {
    const of = world()
    const miners = of.alliance('Miners', cid, dora, eve)
    const raiders = of.alliance('Raiders', ann, bob)
    const before = of.totals()
    const { war_id, ends_height } = of.must(ann, declare(miners)) as { war_id: string; ends_height: number }
    const events = of.advanceTo(ends_height + 5)
    noFailures(events)
    expect(only(events, 'war.concluded')).toMatchObject({ war_id, aggressor: raiders, defender: miners, winner: 'defender', aggressor_score: 22, defender_score: 30, height: ends_height })
    for (const { id } of [ann, bob]) expect(of.agent(id).reputation).toBe(0)
    for (const { id } of [cid, dora, eve]) {
      expect(of.agent(id)).toMatchObject({ reputation: 4 })
      expect(meta(of, id)).toEqual({ tracks: { war: 4 }, total: 4, achievements: [] })
    }
    expect(of.totals()).toEqual(before)
  })

  it('counts how tired both sides are of the war before, less and less', () => {
    const of = world({ truce_blocks: 0 })
    const miners = of.alliance('Miners', cid, dora, eve)
    of.alliance('Raiders', ann, bob)
    const fight = (): ValueMap => {
      for (const { id } of EVERYBODY) of.put({ [id]: { ...of.agent(id), electricity: 150, data: 100, reputation: 0 } })
      const { ends_height } = of.must(ann, declare(miners, 10)) as { ends_height: number }
      return only(of.advanceTo(ends_height + 5), 'war.concluded')
    }
    expect(fight()).toMatchObject({ aggressor_score: 30, defender_score: 30, winner: 'aggressor' })
    // Twenty points of weariness, less two for the blocks since.
    expect(fight()).toMatchObject({ aggressor_score: 26, defender_score: 26 })
    of.pass(1_000)
    expect(fight()).toMatchObject({ aggressor_score: 30, defender_score: 30 })
  })
})

describe('m5.gameplay.governance.council', () => {
  const propose = { kind: 'open_council_proposal', key: 'beacon', title: 'A beacon', description: '', options: ['north', 'süden'], voting_window_blocks: 7, quorum_weight: 3, pass_threshold_bps: 6_000, policy: null }
  const vote = (option: string): ValueMap => ({ kind: 'cast_council_vote', key: 'beacon', option })
  const held = (...votes: readonly string[]): { readonly of: Gathering; readonly result: ValueMap; readonly events: BlockResult['events'] } => {
    const of = world()
    of.must(ann, propose)
    votes.forEach((option, index) => of.must(EVERYBODY[index]!, vote(option)))
    const events = of.advanceTo(16)
    noFailures(events)
    return { of, result: only(events, 'council.finalized'), events }
  }

  it('passes what has quorum and threshold, at the end of the window', () => {
    const { of, result } = held('süden', 'süden', 'north')
    expect(result).toEqual({ key: 'beacon', winning_option: 'süden', winning_weight: 2, total_weight: 3, passed: true })
    expect(meta(of, ann.id)).toEqual({ tracks: { governance: 4 }, total: 4, achievements: [] })
    expect(meta(of, bob.id)).toMatchObject({ total: 1 })
  })

  it('fails what has no quorum, too little of it, or no winner', () => {
    expect(held('süden', 'süden').result).toMatchObject({ winning_option: 'süden', passed: false })
    expect(held('süden', 'süden', 'north', 'north').result).toMatchObject({ winning_option: null, passed: false })
    const { of, result } = held()
    expect(result).toMatchObject({ winning_option: null, total_weight: 0, passed: false })
    expect(meta(of, ann.id)).toBe(null)
  })
})

describe('m5.gameplay.crisis.cycle', () => {
  const SOON = { crisis_interval_blocks: 16, crisis_cooldown_blocks: 4 }
  const give = (crisis_id: string, amount: number): ValueMap => ({ kind: 'resolve_crisis', crisis_id, amount })
  const spawned = (of: Gathering, blocks: number): ValueMap => only(of.pass(blocks), 'crisis.spawned')

  it('begins with a storm that a young world can resolve; helpers get reputation and points', () => {
    const of = world(SOON)
    expect(payloads(of.advanceTo(15), 'crisis.spawned')).toEqual([])
    const crisis = spawned(of, 1)
    expect(crisis).toMatchObject({ kind: 'solar_storm', severity: 1, required: 20, spawned_height: 16, until_height: 30 })
    of.must(ann, give(crisis['crisis_id'] as string, 5))
    const { events } = of.do(bob, give(crisis['crisis_id'] as string, 15))
    noFailures(events)
    expect(only(events, 'crisis.resolved')).toMatchObject({ kind: 'solar_storm' })
    expect(meta(of, bob.id)).toEqual({ tracks: { resilience: 12 }, total: 12, achievements: [] })
    const next = payloads(of.advanceTo(40), 'crisis.spawned')
    expect(next).toMatchObject([{ kind: 'supply_shock', severity: 2, spawned_height: 32 }])
  })

  it('ends crises nobody resolved, and makes the next ones worse and sooner', () => {
    const of = world(SOON)
    const events = of.advanceTo(160)
    noFailures(events)
    const crises = payloads(events, 'crisis.spawned')
    const ends = payloads(events, 'crisis.timed_out')
    expect(crises.slice(0, 5).map(({ kind }) => kind)).toEqual(['solar_storm', 'supply_shock', 'network_outage', 'governance_deadlock', 'solar_storm'])
    expect(crises.slice(0, 5).map(({ severity }) => severity)).toEqual([1, 2, 4, 2, 4])
    expect(ends.slice(0, 4).map(({ severity, penalty }) => [severity, penalty])).toEqual([[1, 10], [2, 30], [4, 80], [2, 50]])
    expect(ends[0]).toMatchObject({ crisis_id: crises[0]!['crisis_id'], height: crises[0]!['until_height'] })
    expect(of.read('crises/active')).toMatchObject({ timed_out: ends.length, resolved: 0 })
  })

  it('forgets the bad times once a crisis is resolved', () => {
    const of = world(SOON)
    const crises = (): ValueMap[] => payloads(of.pass(1), 'crisis.spawned')
    let last: ValueMap | undefined
    for (let seen = 0; seen < 3;) {
      last = crises()[0] ?? last
      if (last !== undefined && last['spawned_height'] === of.kernel.height()) seen++
    }
    expect(last).toMatchObject({ kind: 'network_outage', severity: 4 })
    for (const { id } of EVERYBODY) of.put({ [id]: { ...of.agent(id), data: 100 } })
    of.must(ann, give(last!['crisis_id'] as string, 32))
    const events = of.pass(60)
    const next = payloads(events, 'crisis.spawned')[0]!
    expect(next).toMatchObject({ kind: 'governance_deadlock', severity: 1 })
    const [ended] = payloads(events, 'crisis.timed_out')
    expect(ended).toMatchObject({ penalty: 10 })
  })
})

describe('m5.gameplay.economic.overlay and m5.gameplay.meta.progression', () => {
  it('contracts bring points, reliability shows after three, and points bring achievements', () => {
    const of = world({ reputation_gain_cap: 60, reputation_pair_blocks: 0 })
    of.put({ [bob.id]: { ...of.agent(bob.id), materials: { iron_ore: 50 }, reputation: 20 } })
    const keep = (): BlockResult['events'] => {
      of.put({ [ann.id]: { ...of.agent(ann.id), electricity: 100, materials: {}, reputation: 20 }, [bob.id]: { ...of.agent(bob.id), electricity: 0 } })
      const { contract_id } = of.must(ann, {
        kind: 'open_economic_contract', counterparty: bob.id, deliver: { material: 'iron_ore', amount: 1 }, payment: { resource: 'electricity', amount: 100 },
        reputation_stake: 12, expires_in_blocks: 10, description: '',
      })
      of.must(bob, { kind: 'accept_economic_contract', contract_id: contract_id! })
      const { events } = of.do(bob, { kind: 'settle_economic_contract', contract_id: contract_id! })
      noFailures(events)
      expect(payloads(events, 'contract.settled')).toHaveLength(1)
      return events
    }
    keep()
    // 100 paid are eight points; of the tax of two nothing is left.
    expect(meta(of, bob.id)).toEqual({ tracks: { trade: 8 }, total: 8, achievements: [] })
    keep()
    keep()
    expect(meta(of, bob.id)).toMatchObject({ tracks: { trade: 24, reliability: 2 }, total: 26 })
    const events = of.pass(3)
    noFailures(events)
    expect(payloads(events, 'meta.granted')).toMatchObject([
      { agent: ann.id, points: 0, total: 24, achievement: 'bronze', track: 'trade' },
      { agent: bob.id, points: 0, total: 26, achievement: 'bronze', track: 'trade' },
    ].sort((a, b) => (a.agent < b.agent ? -1 : 1)))
    expect(meta(of, ann.id)).toMatchObject({ achievements: ['bronze'] })
  })

  it('grants one achievement after the other to whoever has points for several; the high ones bring points', () => {
    const of = world()
    of.put({ [`meta/${finn.id.slice(6)}`]: { tracks: { industry: 100, war: 190 }, total: 290, achievements: [] }, meta_pending: [finn.id] })
    const events = of.pass(8)
    noFailures(events)
    expect(payloads(events, 'meta.granted').map(({ achievement, points, total, track }) => [achievement, points, total, track])).toEqual([
      ['bronze', 0, 290, 'war'], ['silver', 0, 290, 'war'], ['gold', 0, 290, 'war'], ['platinum', 10, 300, 'war'], ['diamond', 20, 320, 'war'],
    ])
    expect(of.read('meta_pending')).toEqual([])
  })
})

it('modules that fail stop nothing: contracts expire, wars and votes end by the kernel', () => {
  const failing = m5.map(({ manifest, wasm }) => ({ manifest: signedForTest({ ...manifest, limits: { ...manifest.limits, max_gas: 1 } }), wasm }))
  const of = new Gathering({ modules: failing })
  const miners = of.alliance('Miners', cid, dora)
  of.alliance('Raiders', ann, bob)
  of.must(eve, {
    kind: 'open_economic_contract', counterparty: null, deliver: { material: 'iron_ore', amount: 1 }, payment: { resource: 'electricity', amount: 10 },
    reputation_stake: 0, expires_in_blocks: 5, description: '',
  })
  of.must(ann, { kind: 'declare_war', defender: miners, objective: '', intensity: 1 })
  of.must(finn, { kind: 'open_council_proposal', key: 'beacon', title: '', description: '', options: ['a', 'b'], voting_window_blocks: 3, quorum_weight: 1, pass_threshold_bps: 5_000, policy: null })
  const events = of.pass(40)
  expect(new Set(payloads(events, 'module.call_failed').map(({ code }) => code))).toEqual(new Set(['OUT_OF_FUEL']))
  expect(only(events, 'contract.expired')).toMatchObject({ creator: eve.id })
  expect(only(events, 'war.concluded')).toMatchObject({ winner: 'draw' })
  expect(only(events, 'council.finalized')).toMatchObject({ passed: false })
})
