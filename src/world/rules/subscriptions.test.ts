import { describe, expect, it } from 'vitest'
import { m1Modules } from '../testing/test-world.ts'
import { matchesKind, Subscriptions } from './subscriptions.ts'

describe('subscriptions', () => {
  it('match kinds exactly or by prefix', () => {
    expect(matchesKind('agent.arrived', 'agent.arrived')).toBe(true)
    expect(matchesKind('agent.arrived', 'agent.arrived_late')).toBe(false)
    expect(matchesKind('agent.*', 'agent.arrived')).toBe(true)
    expect(matchesKind('agent.*', 'agents')).toBe(false)
    expect(matchesKind('*', 'anything')).toBe(true)
  })

  it('call modules in the order of their ids, however they were listed', () => {
    const subscriptions = new Subscriptions([...m1Modules].reverse())
    const ids = (kind: string): string[] => subscriptions.at('pre_action', kind).map(({ manifest }) => manifest.module_id)
    expect(ids('transfer_resource')).toEqual(['m1.power.storage', 'm1.rule.transfer'])
    expect(ids('harvest_radiation')).toEqual(['m1.power.radiation_harvest', 'm1.power.storage'])
    expect(ids('register_agent')).toEqual([])
    expect(subscriptions.at('post_action', 'transfer_resource')).toEqual([])
  })
})
