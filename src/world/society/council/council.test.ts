import { describe, expect, it } from 'vitest'
import type { ValueMap } from '../../../codec/index.ts'
import type { AgentRecord } from '../../state/records.ts'
import type { SocietyParams } from '../params.ts'
import type { CouncilRecord } from '../records.ts'
import { readPolicy } from '../read.ts'
import { ann, bob, cid, Commons, dora, eve } from '../testing/commons.ts'
import { voteWeight } from './cast-vote.ts'

const POLICY = { electricity_tax_bps: 500, data_tax_bps: 0, power_trade_fee_bps: 2_000, max_open_contracts_per_agent: 3 }
const propose = (change: ValueMap = {}): ValueMap => ({
  kind: 'open_council_proposal', key: 'beacon', title: 'A beacon', description: 'Where shall it stand?', options: ['north', 'south', 'nowhere'], voting_window_blocks: 10,
  quorum_weight: 3, pass_threshold_bps: 6_000, policy: null, ...change,
})
const vote = (option: string, key = 'beacon'): ValueMap => ({ kind: 'cast_council_vote', key, option })
const finalize = (winning_option: string | null, passed: boolean, key = 'beacon'): ValueMap => ({ type: 'governance_finalize', key, winning_option, passed })

function council(change: ValueMap = {}, society: Partial<SocietyParams> = {}): Commons {
  const world = new Commons(society)
  world.must(ann, propose(change))
  return world
}
const record = (world: Commons, key = 'beacon'): CouncilRecord => world.read(`council/${key}`) as CouncilRecord
const weights = (world: Commons): readonly number[] => record(world).options.map(({ weight }) => weight)

describe('a vote', () => {
  it('weighs what the name of the voter is worth', () => {
    const weight = (reputation: number): number => voteWeight({ reputation } as AgentRecord)
    expect([0, 9, 10, 19, 250, 989, 990, 5_000].map(weight)).toEqual([1, 1, 2, 2, 26, 99, 100, 100])
    const world = council()
    expect(world.agent(ann.id).data).toBe(15)
    world.change(bob, { reputation: 45 })
    world.must(ann, vote('north'))
    expect(world.must(bob, vote('south'))).toMatchObject({ weight: 5 })
    world.must(cid, vote('north'))
    expect(record(world).options).toEqual([{ name: 'north', weight: 2, votes: 2 }, { name: 'south', weight: 5, votes: 1 }, { name: 'nowhere', weight: 0, votes: 0 }])
    expect(world.read(`council_votes/${bob.id.slice(6)}`)).toEqual([{ key: 'beacon', opened_height: 1, option: 'south', weight: 5 }])
  })

  it('passes with quorum and threshold, when the window has closed', () => {
    const world = council()
    for (const [who, option] of [[ann, 'north'], [bob, 'north'], [cid, 'south']] as const) world.must(who, vote(option))
    expect(record(world).closes_height).toBe(12)
    expect(world.refusal('governance', finalize('north', true))).toBe('PROPOSAL_NOT_CLOSED')
    world.advanceTo(11)
    const events = world.directed('governance', finalize('north', true))
    expect(events.find(({ kind }) => kind === 'council.finalized')!.payload).toEqual({ key: 'beacon', winning_option: 'north', winning_weight: 2, total_weight: 3, passed: true })
    expect(record(world)).toMatchObject({ status: 'passed', winning_option: 'north' })
    expect(world.read('councils/open')).toEqual([])
    expect(world.code(dora, vote('south'))).toBe('PROPOSAL_CLOSED')
  })

  it('fails without quorum, below the threshold, or without a winner', () => {
    const outcome = (votes: readonly string[], change: ValueMap = {}): unknown => {
      const world = council(change)
      votes.forEach((option, index) => world.must([ann, bob, cid, dora, eve][index]!, vote(option)))
      world.advanceTo(22)
      const { status, winning_option } = record(world)
      return [status, winning_option]
    }
    expect(outcome(['north', 'north'])).toEqual(['failed', 'north'])
    expect(outcome(['north', 'north', 'north'])).toEqual(['passed', 'north'])
    expect(outcome(['north', 'north', 'south', 'nowhere'])).toEqual(['failed', 'north'])
    expect(outcome(['north', 'north', 'south', 'nowhere'], { pass_threshold_bps: 5_000 })).toEqual(['passed', 'north'])
    expect(outcome(['north', 'south', 'north', 'south'])).toEqual(['failed', null])
    expect(outcome([])).toEqual(['failed', null])
  })

  it('that no module ends is counted by the kernel', () => {
    const world = council()
    for (const who of [ann, bob, cid]) world.must(who, vote('nowhere'))
    expect(world.advanceTo(21).some(({ kind }) => kind === 'council.finalized')).toBe(false)
    const [result] = world.pass(1).filter(({ kind }) => kind === 'council.finalized')
    expect(result!.payload).toMatchObject({ winning_option: 'nowhere', passed: true })
  })

  it('can be held again under the same key, with old votes forgotten', () => {
    const world = council()
    world.must(bob, vote('north'))
    world.advanceTo(22)
    expect(world.read('recent/councils')).toEqual(['council/beacon'])
    world.must(ann, propose({ quorum_weight: 1 }))
    expect(world.read('recent/councils')).toEqual([])
    world.must(bob, vote('south'))
    expect(weights(world)).toEqual([0, 1, 0])
    expect(world.read(`council_votes/${bob.id.slice(6)}`)).toHaveLength(1)
  })
})

describe('a vote on the policy', () => {
  const ballot = { policy: POLICY, options: ['yes', 'no'] }

  it('changes it when the first option wins', () => {
    const world = council(ballot)
    for (const who of [ann, bob, cid]) world.must(who, vote('yes'))
    const events = world.advanceTo(22)
    expect(events.find(({ kind }) => kind === 'policy.updated')!.payload).toEqual({ key: 'beacon', policy: POLICY })
    expect(world.read('gameplay_policy')).toEqual(POLICY)
    expect(readPolicy({ get: (key) => world.kernel.query(key).value })).toEqual(POLICY)
  })

  it('leaves it when another one wins', () => {
    const world = council(ballot)
    for (const who of [ann, bob, cid]) world.must(who, vote('no'))
    world.advanceTo(22)
    expect(record(world)).toMatchObject({ status: 'passed', winning_option: 'no' })
    expect(readPolicy({ get: (key) => world.kernel.query(key).value })).toEqual(world.genesis.params.society.policy)
  })

  it('needs time and people', () => {
    const world = new Commons()
    expect(world.do(ann, propose({ ...ballot, voting_window_blocks: 9 })).receipt).toMatchObject({ code: 'POLICY_TERMS', detail: { min_window: 10, min_quorum: 3 } })
    expect(world.code(ann, propose({ ...ballot, quorum_weight: 2 }))).toBe('POLICY_TERMS')
    expect(world.code(ann, propose({ ...ballot, policy: { ...POLICY, data_tax_bps: 2_001 } }))).toBe('BAD_ACTION')
    expect(world.code(ann, propose({ ...ballot, policy: { ...POLICY, max_open_contracts_per_agent: 0 } }))).toBe('BAD_ACTION')
  })
})

describe('rejections', () => {
  it('of proposing', () => {
    const world = council({}, { max_open_proposals: 2 })
    expect(world.code(bob, propose())).toBe('PROPOSAL_EXISTS')
    for (const options of [['one'], ['one', 'one'], ['one', '']]) expect(world.code(bob, propose({ key: 'other', options }))).toBe('BAD_OPTIONS')
    for (const bad of [{ key: 'X' }, { options: Array.from({ length: 9 }, String) }, { voting_window_blocks: 1_441 }, { pass_threshold_bps: 4_999 }, { quorum_weight: 0 }]) {
      expect(world.code(bob, propose({ key: 'other', ...bad }))).toBe('BAD_ACTION')
    }
    world.change(bob, { data: 4 })
    expect(world.code(bob, propose({ key: 'other' }))).toBe('INSUFFICIENT_DATA')
    world.must(cid, propose({ key: 'other' }))
    expect(world.code(dora, propose({ key: 'third' }))).toBe('PROPOSAL_LIMIT')
  })

  it('of voting', () => {
    const world = council()
    expect(world.code(bob, vote('north', 'nothing'))).toBe('PROPOSAL_NOT_FOUND')
    expect(world.code(bob, vote('west'))).toBe('NO_SUCH_OPTION')
    world.must(bob, vote('north'))
    expect(world.code(bob, vote('south'))).toBe('ALREADY_VOTED')
    world.change(cid, { registered_at: 1 })
    expect(world.code(cid, vote('north'))).toBe('NOT_ELIGIBLE')
    expect(weights(world)).toEqual([1, 0, 0])
    world.advanceTo(11)
    expect(world.code(dora, vote('north'))).toBe('PROPOSAL_CLOSED')
  })

  it('of results that are not what the votes say', () => {
    const world = council()
    for (const [who, option] of [[ann, 'north'], [bob, 'north'], [cid, 'south']] as const) world.must(who, vote(option))
    world.advanceTo(11)
    for (const lie of [finalize('south', true), finalize('north', false), finalize(null, false), finalize('west', true)]) {
      expect(world.refusal('governance', lie)).toBe('BAD_RESULT')
    }
    expect(world.refusal('governance', finalize('north', true, 'nothing'))).toBe('PROPOSAL_NOT_FOUND')
    expect(world.refusal('meta', finalize('north', true))).toBe('NOT_ALLOWED')
    expect(record(world).status).toBe('open')
    expect(world.refusal('governance', finalize('north', true))).toBe(null)
    expect(world.refusal('governance', finalize('north', true))).toBe('PROPOSAL_NOT_FOUND')
  })
})

it('the governance module is told the tallies of open proposals', () => {
  const world = council()
  world.must(bob, vote('south'))
  expect(world.facts('governance')).toEqual({
    proposals: [{
      key: 'beacon', proposer: ann.id, closes_height: 12, quorum_weight: 3, pass_threshold_bps: 6_000, closed: false,
      options: [{ name: 'north', weight: 0 }, { name: 'south', weight: 1 }, { name: 'nowhere', weight: 0 }],
    }],
  })
  world.advanceTo(22)
  expect(world.facts('governance')).toBe(null)
})
