import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCanonical } from '../../codec/index.ts'
import type { NodeConsensusAction, Value, ValueMap } from '../../codec/index.ts'
import { applyEvent } from '../apply-event.ts'
import { eventHash } from '../event-log.ts'
import { createKernel } from '../kernel.ts'
import { takeDue } from '../schedule.ts'
import { snapshotEntries } from '../snapshot.ts'
import { HEAD_KEY, recentBlockKey } from '../state/keys.ts'
import { rootHash } from '../state/merkle-tree.ts'
import { readHead } from '../state/read.ts'
import type { AgentRecord } from '../state/records.ts'
import { CommittedState, hashKey, makeItem, StagedState } from '../state/state.ts'
import { unsignedAction } from '../testing/test-world.ts'
import type { BlockContext, BlockResult } from '../types.ts'
import type { AllianceRecord, ContractRecord, Standing, WarRecord } from './records.ts'
import { Commons, EVERYBODY } from './testing/commons.ts'
import type { Direct } from './testing/commons.ts'

/** Picks one of the ids there are; a wrong one now and then. */
type Pick = (prefix: string) => string
interface Step {
  readonly who: number
  readonly pick: number
  readonly action: (pick: Pick) => ValueMap
}

const SOCIETY = {
  max_active_wars: 2, war_blocks: 1, war_blocks_per_intensity: 0, truce_blocks: 2, grace_blocks: 2, contract_blocks_max: 8, invitation_blocks: 6,
  crisis_cooldown_blocks: 1, crisis_aftermath_blocks: 3, max_open_proposals: 2, policy_window_blocks: 2, reputation_window_blocks: 6, reputation_pair_blocks: 2,
} as const

const person = fc.nat(EVERYBODY.length - 1).map((index) => EVERYBODY[index]!.id)
const some = (max: number): fc.Arbitrary<number> => fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max }) }, { weight: 1, arbitrary: fc.maxSafeNat() })
const always = <A extends ValueMap>(arbitrary: fc.Arbitrary<A>): fc.Arbitrary<Step['action']> => arbitrary.map((action) => () => action)
const about = (kind: string, field: string, prefix: string): fc.Arbitrary<Step['action']> => fc.constant((pick) => ({ kind, [field]: pick(prefix) }))

const actions: fc.Arbitrary<Step['action']> = fc.oneof(
  always(fc.record({
    kind: fc.constant('open_economic_contract'), counterparty: fc.option(person), deliver: fc.record({ material: fc.constantFrom('iron_ore', 'gear'), amount: some(6) }),
    payment: fc.record({ resource: fc.constantFrom('electricity', 'data'), amount: some(40) }), reputation_stake: some(12), expires_in_blocks: some(8), description: fc.constant(''),
  })),
  about('accept_economic_contract', 'contract_id', 'contract/'),
  about('settle_economic_contract', 'contract_id', 'contract/'),
  about('cancel_economic_contract', 'contract_id', 'contract/'),
  always(fc.record({ kind: fc.constant('grant_data_access'), grantee: person })),
  always(fc.record({ kind: fc.constant('form_alliance'), name: fc.constant('Some'), invite: fc.uniqueArray(person, { maxLength: 4 }) })),
  person.map((agent) => (pick: Pick): ValueMap => ({ kind: 'invite_to_alliance', alliance_id: pick('alliance/'), agent })),
  about('join_alliance', 'alliance_id', 'alliance/'),
  fc.constantFrom('leave_alliance', 'dissolve_alliance').map((kind) => () => ({ kind })),
  some(3).map((intensity) => (pick: Pick): ValueMap => ({ kind: 'declare_war', defender: pick('alliance/'), objective: '', intensity })),
  some(30).map((amount) => (pick: Pick): ValueMap => ({ kind: 'resolve_crisis', crisis_id: pick('crisis/'), amount })),
  fc.boolean().map((changes) => (pick: Pick): ValueMap => ({
    kind: 'open_council_proposal', key: pick('council/').slice('council/'.length) || 'question', title: '', description: '', options: ['yes', 'no'],
    voting_window_blocks: 3, quorum_weight: 3, pass_threshold_bps: 5_000,
    policy: changes ? { electricity_tax_bps: 2_000, data_tax_bps: 1_000, power_trade_fee_bps: 0, max_open_contracts_per_agent: 2 } : null,
  })),
  fc.constantFrom('yes', 'no').map((option) => (pick: Pick): ValueMap => ({ kind: 'cast_council_vote', key: pick('council/').slice('council/'.length) || 'question', option })),
)
const step: fc.Arbitrary<Step> = fc.record({ who: fc.nat(EVERYBODY.length - 1), pick: fc.nat(), action: actions })

/** What the gameplay modules say in a block: often what the facts say, sometimes a lie, sometimes nothing. */
interface Mood {
  readonly honest: boolean
  readonly severity: number
  readonly kind: 'solar_storm' | 'network_outage' | 'supply_shock'
}
const mood: fc.Arbitrary<Mood> = fc.record({ honest: fc.boolean(), severity: fc.integer({ min: 1, max: 5 }), kind: fc.constantFrom('solar_storm', 'network_outage', 'supply_shock') })
const plans = fc.array(fc.record({ steps: fc.array(step, { maxLength: 10, size: 'max' }), mood }), { minLength: 3, maxLength: 16, size: 'max' })

function directionsOf({ honest, severity, kind }: Mood): Commons['direct'] {
  const crisis: Direct = (facts) => [
    { type: 'crisis_spawn', kind, severity, lasts_blocks: 4 },
    ...(facts!['active'] as { crisis_id: string }[]).map(({ crisis_id }): Value => ({ type: 'crisis_timeout', crisis_id, penalty: severity * 10 })),
  ]
  const war: Direct = (facts) => (facts!['wars'] as { war_id: string; aggressor: { score: number }; defender: { score: number } }[]).map(({ war_id, aggressor, defender }) => ({
    type: 'war_conclude', war_id, winner: aggressor.score >= defender.score === honest ? 'aggressor' : 'defender', aggressor_score: aggressor.score, defender_score: defender.score,
  }))
  const governance: Direct = (facts) => (facts!['proposals'] as { key: string }[]).map(({ key }) => ({ type: 'governance_finalize', key, winning_option: honest ? 'yes' : null, passed: honest }))
  return { crisis, war, governance }
}

interface Played {
  readonly world: Commons
  readonly before: ReturnType<Commons['totals']>
  readonly blocks: readonly { readonly context: BlockContext; readonly actions: readonly NodeConsensusAction[]; readonly verdicts: ReadonlyMap<string, boolean>; readonly mood: Mood; readonly result: BlockResult }[]
}

function begin(): Commons {
  const world = new Commons(SOCIETY)
  world.put(Object.fromEntries(EVERYBODY.map(({ id }, index) => [id, { ...world.agent(id), materials: { iron_ore: 20, gear: 5 }, reputation: index * 9, data: 60 }])))
  const [ann, bob, cid, dora] = EVERYBODY
  world.alliance('Some', ann, bob)
  world.alliance('Others', cid, dora)
  return world
}

function play(plan: readonly { readonly steps: readonly Step[]; readonly mood: Mood }[]): Played {
  const world = begin()
  const before = world.totals()
  const blocks = plan.map(({ steps, mood: now }) => {
    const ahead = new Map<number, number>()
    const actions = steps.map(({ who: somebody, pick, action }) => {
      const wish = action((prefix) => pickOf(world, prefix, pick))
      const who = fitting(world, wish) ?? somebody
      const offset = ahead.get(who) ?? 0
      ahead.set(who, offset + 1)
      const unsigned = world.unsigned(EVERYBODY[who]!.id, wish)
      return unsignedAction({ ...unsigned, nonce: unsigned.nonce + offset })
    })
    const verdicts = new Map(actions.map(({ action_id }) => [action_id, true]))
    const context = world.context()
    world.direct = directionsOf(now)
    return { context, actions, verdicts, mood: now, result: world.block(actions, verdicts) }
  })
  world.direct = {}
  return { world, before, blocks }
}

function pickOf(world: Commons, prefix: string, pick: number): string {
  const known = world.kernel.keys(prefix, 64)
  return known.length === 0 ? (prefix === 'council/' ? prefix : `${prefix}0000000000000000`) : known[pick % known.length]!
}

/** Deliveries are made by whoever promised them, wars declared by founders: chance alone would hardly ever find them. */
function fitting(world: Commons, { kind, contract_id, defender }: ValueMap): number | null {
  let fit: string | null = null
  if (kind === 'settle_economic_contract') fit = (world.read(contract_id as string) as ContractRecord | null)?.counterparty ?? null
  if (kind === 'declare_war') {
    const other = world.kernel.keys('alliance/', 64).find((id) => id !== defender)
    fit = other === undefined ? null : (world.read(other) as AllianceRecord).founder
  }
  const index = EVERYBODY.findIndex(({ id }) => id === fit)
  return index < 0 ? null : index
}

const recordsOf = (world: Commons): ReadonlyMap<string, unknown> => {
  const { manifest, chunks } = world.kernel.snapshot()
  return new Map([...snapshotEntries(manifest, chunks())].map(({ key, value }) => [key, decodeCanonical(value)]))
}
const under = <T>(records: ReadonlyMap<string, unknown>, prefix: string): readonly (readonly [string, T])[] => [...records].filter(([key]) => key.startsWith(prefix)) as [string, T][]

describe('whatever a society does, and whatever its modules say', () => {
  it('electricity, data and materials are conserved; only crises burn ore, and what they say', () => {
    fc.assert(fc.property(plans, (plan) => {
      const { world, before, blocks } = play(plan)
      const burned = blocks.flatMap(({ result }) => result.events).filter(({ kind }) => kind === 'crisis.contributed').reduce((sum, { payload }) => sum + (payload['burned'] as number), 0)
      expect(world.totals()).toEqual({ ...before, materials: { gear: before.materials['gear'], iron_ore: before.materials['iron_ore']! - burned } })
    }), { numRuns: 50 })
  })

  it('records fit their shapes and each other, and nobody owes what it has not', () => {
    fc.assert(fc.property(plans, (plan) => {
      const { world } = play(plan)
      // Taking the records in checks every one against its shape.
      world.put({})
      const records = recordsOf(world)
      const height = world.kernel.height()
      for (const [, { electricity, data, reputation, materials }] of under<AgentRecord>(records, 'agent/')) {
        expect(Math.min(electricity, data, reputation, ...Object.values(materials))).toBeGreaterThanOrEqual(0)
      }
      const members = new Map(under<AllianceRecord>(records, 'alliance/').flatMap(([id, alliance]) => alliance.members.map((member) => [member, id] as const)))
      expect(new Map(under<{ alliance_id: string }>(records, 'alliance_of/').map(([key, { alliance_id }]) => [key.replace('alliance_of', 'agent'), alliance_id] as const))).toEqual(members)
      for (const [, { members: list, founder }] of under<AllianceRecord>(records, 'alliance/')) expect(list).toContain(founder)
      const open = new Map<string, number>()
      for (const [, { status, creator, counterparty, expires_height }] of under<ContractRecord>(records, 'contract/')) {
        if (status !== 'open' && status !== 'accepted') continue
        expect(expires_height).toBeGreaterThanOrEqual(height)
        for (const who of status === 'open' ? [creator] : [creator, counterparty!]) open.set(who, (open.get(who) ?? 0) + 1)
      }
      for (const [key, standing] of under<Standing>(records, 'standing/')) expect(standing.open_contracts).toBe(open.get(key.replace('standing', 'agent')) ?? 0)
      const active = under<WarRecord>(records, 'war/').filter(([, { result }]) => result === null)
      expect(active.map(([id]) => id).sort()).toEqual([...((records.get('wars/active') as string[] | undefined) ?? [])].sort())
      for (const [, { ends_height }] of active) expect(ends_height + SOCIETY.grace_blocks).toBeGreaterThan(height)
    }), { numRuns: 30 })
  })

  it('everything under way ends by itself', () => {
    fc.assert(fc.property(plans, (plan) => {
      const { world } = play(plan)
      world.pass(20)
      const records = recordsOf(world)
      expect(under<ContractRecord>(records, 'contract/').filter(([, { status }]) => status === 'open' || status === 'accepted')).toEqual([])
      expect(records.get('wars/active') ?? []).toEqual([])
      expect((records.get('crises/active') as { ids: string[] } | undefined)?.ids ?? []).toEqual([])
      expect(records.get('councils/open') ?? []).toEqual([])
      for (const [, { war }] of under<AllianceRecord>(records, 'alliance/')) expect(war).toBe(null)
    }), { numRuns: 20 })
  })

  it('playing it again gives the same states', () => {
    fc.assert(fc.property(plans, (plan) => {
      const { blocks } = play(plan)
      const again = begin()
      for (const { context, actions, verdicts, mood: now, result } of blocks) {
        again.direct = directionsOf(now)
        expect(again.kernel.executeBlock(context, actions, verdicts)).toEqual(result)
        again.kernel.commit()
        expect(again.kernel.stateRoot()).toEqual(result.state_root)
      }
      const { manifest, chunks } = again.kernel.snapshot()
      const restored = createKernel(again.genesis)
      restored.restore(manifest, chunks())
      expect(restored.stateRoot()).toEqual(again.kernel.stateRoot())
    }), { numRuns: 15 })
  })

  it('the state follows from the events alone', () => {
    fc.assert(fc.property(plans, (plan) => {
      const { blocks } = play(plan)
      const { manifest, chunks } = begin().kernel.snapshot()
      const items = [...snapshotEntries(manifest, chunks())].map(({ key, value }) => makeItem(key, decodeCanonical(value), value, hashKey(key)))
      const state = new CommittedState(manifest.height, items)
      for (const { context, result } of blocks) {
        const staged = new StagedState(state)
        // The bookkeeping of a block besides its events.
        staged.set(recentBlockKey(context.height - 1), { height: context.height - 1, block_hash: context.parent_hash })
        takeDue(staged, context.height)
        for (const event of result.events) applyEvent(staged, event)
        const head = readHead(staged)
        const last = result.events.at(-1)
        const last_event_hash = last === undefined ? head.last_event_hash : eventHash(last)
        staged.set(HEAD_KEY, { ...head, height: context.height, event_count: head.event_count + result.events.length, last_event_hash })
        const changes = staged.changes()
        const tree = state.treeAfter(changes)
        expect(rootHash(tree)).toEqual(result.state_root)
        state.apply(context.height, changes, tree)
      }
    }), { numRuns: 15 })
  })

  it('the plans reach what they are to test', () => {
    const seen = new Set<string>()
    fc.assert(fc.property(plans, (plan) => {
      const { world, blocks } = play(plan)
      for (const { kind } of [...blocks.flatMap(({ result }) => result.events), ...world.pass(20)]) seen.add(kind)
    }), { numRuns: 60, seed: 7 })
    for (const kind of [
      'contract.opened', 'contract.accepted', 'contract.settled', 'contract.cancelled', 'contract.expired', 'alliance.formed', 'alliance.invited', 'alliance.joined',
      'alliance.left', 'alliance.dissolved', 'war.declared', 'war.concluded', 'crisis.spawned', 'crisis.contributed', 'crisis.resolved', 'crisis.timed_out',
      'council.opened', 'council.voted', 'council.finalized', 'directive.refused',
    ]) expect(seen).toContain(kind)
  })
})
