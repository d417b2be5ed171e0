import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { governance } from '../../../world/governance/index.ts'
import { createFormat } from '../../i18n/format.ts'
import { en } from '../../i18n/en.ts'
import { zh } from '../../i18n/zh.ts'
import { worldEvent } from '../../test-support/fixtures.ts'
import { agentsIn, familyOf, sentenceOf, valueText } from './describe.ts'

const ada = `agent/${'a'.repeat(32)}`
const bo = `agent/${'b'.repeat(32)}`
const nameOf = (id: string): string => (id === ada ? 'Ada' : 'Bo')
const say = (kind: string, payload: Record<string, never> | object) => sentenceOf(worldEvent(5, 0, { kind, payload: payload as never }), nameOf, en, createFormat('en', en))

describe('events as sentences', () => {
  it('say who did what, where', () => {
    expect(say('agent.departed', { agent: ada, from_asteroid: 'asteroid/0001', to_asteroid: 'asteroid/0022' })).toBe('Ada left Asteroid 0001 for Asteroid 0022')
    expect(say('agent.harvested', { agent: ada, amount: 12, promised: 15 })).toBe('Ada harvested 12 electricity')
    expect(say('resource.transferred', { agent: ada, to: bo, resource: 'data', amount: 3 })).toBe('Ada gave 3 data to Bo')
    expect(say('action.rejected', { actor: ada, action_kind: 'move_agent', code: 'BUSY' })).toBe('Move by Ada was rejected')
    expect(say('validator.slashed', { actor: ada, validator_id: 'v1', stake_before: 100, stake_after: 90 })).toBe('Validator v1 was slashed by 10')
    expect(sentenceOf(worldEvent(5, 0, { kind: 'agent.arrived', payload: { agent: ada, asteroid: 'asteroid/0007' } }), nameOf, zh, createFormat('zh', zh))).toBe('Ada 到达小行星 0007')
  })

  it('tell of industry, markets and society', () => {
    expect(say('compound.mined', { agent: ada, material: 'iron_ore', amount: 6, returned: 0 })).toBe('Ada dug 6 iron_ore')
    expect(say('recipe.completed', { requester: ada, produce: { gear: 2 }, byproducts: {} })).toBe('A factory finished 2 gear for Ada')
    expect(say('transit.completed', { requester: ada, to: bo, material: 'gear', received: 4, lost: 1 })).toBe('4 gear arrived for Bo, 1 lost')
    expect(say('contract.settled', { agent: ada, creator: bo, deliver: { material: 'gear', amount: 2 }, payment: { resource: 'data', amount: 9 } })).toBe('Ada delivered 2 gear to Bo for 9 data')
    expect(say('power.traded', { buyer: ada, seller: bo, amount: 10, price: 3 })).toBe('Ada bought 10 electricity of Bo at 3')
    expect(say('crisis.spawned', { kind: 'solar_storm', severity: 4 })).toBe('Solar storm of severity 4')
    expect(say('council.finalized', { key: 'tax', passed: true })).toBe('The council passed tax')
    expect(say('body.slot_equipped', { agent: ada, slot_id: 'power-1', module: null })).toBe('Ada emptied power-1')
    expect(['compound.mined', 'power_order.placed', 'war.declared', 'data.collected', 'effect.queued', 'module.emitted'].map(familyOf)).toEqual(['industry', 'market', 'society', 'body', 'module', 'module'])
  })

  it('tell of governance', () => {
    const id = '7f2c'.repeat(16)
    expect(say('governance.proposed', { proposal_id: id, actor: 'signer/ann', author: 'signer/ann' })).toBe('ann made proposal 7f2c…7f2c')
    expect(say('governance.proposed', { proposal_id: id, actor: ada })).toBe('Ada made proposal 7f2c…7f2c')
    expect(say('governance.shadow_report', { proposal_id: id, report: { status: 'warning' } })).toBe('Shadow of proposal 7f2c…7f2c is done: with warnings')
    expect(say('governance.expired', { proposal_id: id, reason: 'superseded' })).toBe('Proposal 7f2c…7f2c expired: the manifest changed before')
    expect(say('governance.rolled_back', { proposal_id: id, to_height: 1200 })).toBe('Proposal 7f2c…7f2c put the world back to height 1,200')
    expect(say('manifest.updated', { proposal_id: id, manifest: { version: 4 } })).toBe('The world’s manifest is now version 4')
    expect(say('module.upgraded', { module_id: 'm1.rule.move', from_version: '0.3.0', to_version: '0.4.0' })).toBe('Module m1.rule.move went from 0.3.0 to 0.4.0')
    expect(['governance.applied', 'manifest.updated', 'module.upgraded'].map(familyOf)).toEqual(['governance', 'governance', 'module'])
    expect(governance.appliers.map(([kind]) => kind).filter((kind) => say(kind, { proposal_id: id }) === kind)).toEqual([])
  })

  it('read whatever the payload holds, and keep names of others bounded and harmless', () => {
    fc.assert(fc.property(fc.string(), fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())), (kind, payload) => {
      expect(typeof say(kind, payload)).toBe('string')
    }))
    const long = sentenceOf(worldEvent(5, 0, { kind: 'agent.arrived', payload: { agent: ada } }), () => `x\u202e${'y'.repeat(500)}`, en, createFormat('en', en))
    expect(long.length).toBeLessThan(80)
    expect(long).not.toContain('\u202e')
  })

  it('know their agents and their family', () => {
    expect(agentsIn(worldEvent(1, 0, { payload: { agent: ada, to: bo } }))).toEqual([ada, bo])
    expect(agentsIn(worldEvent(1, 0, { payload: { agent: ada, to: 'asteroid/0001' } }))).toEqual([ada])
    expect(['agent.arrived', 'agent.harvested', 'resource.transferred', 'validator_set.changed'].map(familyOf)).toEqual(['agent', 'harvest', 'resource', 'validator'])
  })
})

describe('values as text', () => {
  it('are bounded in depth, length and text', () => {
    expect(valueText({ a: 1, b: Uint8Array.of(255) })).toBe("{\n  a: 1,\n  b: h'ff'\n}")
    expect(valueText([[[[['deep']]]]])).toContain('…')
    expect(valueText(Array.from({ length: 5000 }, () => 1)).split('\n').length).toBeLessThan(80)
  })
})
