import { describe, expect, it } from 'vitest'
import type { ValueMap } from '../../codec/index.ts'
import { genesisInstances } from '../genesis-instances.ts'
import type { Genesis } from '../genesis.ts'
import { matchesKind } from '../module-manifest.ts'
import { deciding } from '../testing/hand-made.ts'
import { m1Modules } from '../testing/test-world.ts'
import { hostedInstances, Subscriptions, topicOfAction, topicOfEvent } from './subscriptions.ts'
import type { Topic } from './subscriptions.ts'

const ANN = `agent/${'a'.repeat(32)}`
const BOB = `agent/${'b'.repeat(32)}`
const HERE = 'asteroid/0001'
const THERE = 'asteroid/0002'
const watchingAll = { subscriptions: { action_kinds: ['*'], event_kinds: [], stage: 'pre_action' } } as const
const watchingEvents = { subscriptions: { action_kinds: [], event_kinds: ['*'], stage: 'post_event' } } as const
const unasked = (): Topic => { throw new Error('nothing here depends on what it is about') }

const subscriptionsOf = (genesis: Pick<Genesis, 'modules' | 'instances'>): Subscriptions => new Subscriptions(hostedInstances(genesisInstances(genesis), genesis.modules))
const rich = (): boolean => true

const action = (actor: string, facts: ValueMap, location: string | null) => (): Topic => topicOfAction({ actor, facts }, location)
const event = (payload: ValueMap) => (): Topic => topicOfEvent({ payload })

describe('kinds', () => {
  it('match exactly or by prefix', () => {
    expect(matchesKind('agent.arrived', 'agent.arrived')).toBe(true)
    expect(matchesKind('agent.arrived', 'agent.arrived_late')).toBe(false)
    expect(matchesKind('agent.*', 'agent.arrived')).toBe(true)
    expect(matchesKind('agent.*', 'agents')).toBe(false)
    expect(matchesKind('*', 'anything')).toBe(true)
  })
})

describe('subscriptions', () => {
  it('call instances in the order of their ids, however modules were listed', () => {
    const subscriptions = subscriptionsOf({ modules: [...m1Modules].reverse(), instances: [] })
    const ids = (kind: string): string[] => subscriptions.about('pre_action', kind, () => topicOfAction({ actor: ANN, facts: {} }, null), rich).map(({ id }) => id)
    const transfer = ids('transfer_resource')
    expect(transfer).toEqual([...transfer].sort())
    expect(transfer).toContain('m1.rule.transfer#1')
    expect(ids('register_agent')).toEqual([])
  })

  it('need not know what it is about when everyone sees everything', () => {
    const subscriptions = subscriptionsOf({ modules: [deciding('t.a', 'allow', {}, watchingAll)], instances: [] })
    expect(subscriptions.about('pre_action', 'move_agent', unasked, rich).map(({ id }) => id)).toEqual(['t.a#1'])
  })

  const targeted = (module: ReturnType<typeof deciding>): Subscriptions => subscriptionsOf({
    modules: [module],
    instances: [
      { instance_id: `${module.manifest.module_id}#2`, target: { kind: 'self_agent', agent: ANN }, owner: ANN },
      { instance_id: `${module.manifest.module_id}#3`, target: { kind: 'location_infrastructure', asteroid: HERE }, owner: null },
    ],
  })

  it('of instances for an agent or a place see only actions of the agent or at the place', () => {
    const subscriptions = targeted(deciding('t.a', 'allow', {}, watchingAll))
    const seen = (topic: () => Topic): string[] => subscriptions.about('pre_action', 'move_agent', topic, rich).map(({ id }) => id.slice(4))
    expect(seen(action(ANN, {}, THERE))).toEqual(['1', '2'])
    expect(seen(action(BOB, {}, HERE))).toEqual(['1', '3'])
    expect(seen(action(BOB, { asteroid: HERE }, null))).toEqual(['1', '3'])
    expect(seen(action(BOB, { asteroid: THERE }, HERE))).toEqual(['1'])
    expect(seen(action(ANN, {}, HERE))).toEqual(['1', '2', '3'])
    expect(seen(action(BOB, {}, null))).toEqual(['1'])
  })

  it('of instances for an agent or a place see only events about them', () => {
    const subscriptions = targeted(deciding('t.a', 'allow', {}, watchingEvents))
    const seen = (payload: ValueMap): string[] => subscriptions.about('post_event', 'agent.arrived', event(payload), rich).map(({ id }) => id.slice(4))
    expect(seen({})).toEqual(['1'])
    expect(seen({ agent: ANN })).toEqual(['1', '2'])
    expect(seen({ actor: ANN, to: BOB })).toEqual(['1', '2'])
    expect(seen({ agent: BOB, to: ANN })).toEqual(['1', '2'])
    expect(seen({ agent: BOB, asteroid: HERE })).toEqual(['1', '3'])
    expect(seen({ agent: BOB, to_asteroid: HERE, asteroid: THERE })).toEqual(['1', '3'])
  })

  it('leave out what their filter does not match', () => {
    const picky = deciding('t.a', 'allow', {}, { subscriptions: { ...watchingAll.subscriptions, filters: { all: [{ path: '/facts/amount', gte: 5 }] } } })
    const subscriptions = subscriptionsOf({ modules: [picky], instances: [] })
    const count = (amount: number): number => subscriptions.about('pre_action', 'move_agent', action(ANN, { amount }, null), rich).length
    expect([count(4), count(5)]).toEqual([0, 1])
  })

  it('take fuel for patterns, by their length, and call whom they cannot afford to leave out', () => {
    const picky = deciding('t.a', 'allow', {}, { subscriptions: { ...watchingAll.subscriptions, filters: { any: [{ path: '/actor', re: '^nobody$' }, { path: '/facts/amount', eq: 1 }, { path: '/actor', re: 'x' }] } } })
    const subscriptions = subscriptionsOf({ modules: [picky], instances: [] })
    const asked: number[] = []
    const count = (rich: boolean): number => subscriptions.about('pre_action', 'move_agent', action(ANN, {}, null), (fuel) => (asked.push(fuel), rich)).length
    expect([count(true), count(false)]).toEqual([0, 1])
    expect(asked).toEqual([9 * 64 * 10, 9 * 64 * 10])
  })

  it('know the policy hooks for a kind of effect, those of the world only', () => {
    const hook = deciding('t.hook', 'allow', {}, { ...watchingAll, abi_contract: { cap_slots: {}, policy_hooks: ['http.*'], gameplay: null } })
    const subscriptions = targeted(hook)
    expect(subscriptions.hooks('http.get').map(({ id }) => id)).toEqual(['t.hook#1'])
    expect(subscriptions.hooks('mail.send')).toEqual([])
  })
})
