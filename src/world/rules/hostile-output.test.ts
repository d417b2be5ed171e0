import { describe, expect, it } from 'vitest'
import type { Value } from '../../codec/index.ts'
import { deciding, emitting } from '../testing/hand-made.ts'
import type { HandMade } from '../testing/hand-made.ts'
import { inhabitant, testGenesis, TestWorld } from '../testing/test-world.ts'

const ann = inhabitant('ann')
const MOVE = { kind: 'move_agent', to: 'asteroid/0007' }
const worldWith = (modules: readonly HandMade[]): TestWorld => new TestWorld(testGenesis({ modules }))
const ROOM = { limits: { max_output_bytes: 65_536, max_emits: 1_024 } }
/** A character of two UTF-16 units: where a text is cut, it may be cut in two. */
const WIDE = '\u{1f600}'

describe('texts of modules that the kernel cuts short', () => {
  it.each([0, 1])('notes of a denial stay texts, wherever they are cut (offset %i)', async (offset) => {
    const notes = Array.from({ length: 8 }, (_, index) => `${index === 0 ? 'a'.repeat(offset) : ''}${WIDE.repeat(59)}`)
    const world = worldWith([deciding('t.deny', 'deny', { notes }, ROOM)])
    const { receipt } = await world.act(ann, MOVE)
    expect(receipt).toMatchObject({ status: 'rejected', code: 'RULE_DENIED' })
    expect((receipt.detail['notes'] as string).isWellFormed()).toBe(true)
  })

  it.each([0, 1])('so does the reason why an answer cannot be used (offset %i)', async (offset) => {
    const strange = { [`${'a'.repeat(offset)}${WIDE.repeat(400)}`]: 1 }
    const world = worldWith([emitting('t.odd', [{ kind: 'rule.decision', payload: { verdict: 'allow', override_action: null, cost: {}, notes: [], ...strange } }], ROOM)])
    expect((await world.act(ann, MOVE)).receipt.code).toBe('RULE_FAILED')
  })

  it.each([0, 1])('and the type of a directive nobody knows (offset %i)', async (offset) => {
    const directives: Value = [{ type: `${'a'.repeat(offset)}${WIDE.repeat(100)}` }]
    const world = worldWith([emitting('t.game', [{ kind: 'gameplay.lifecycle.directives', payload: { directives } }], {
      ...ROOM, role: 'gameplay', abi_contract: { cap_slots: {}, policy_hooks: [], gameplay: { kind: 'meta' } },
      subscriptions: { action_kinds: [], event_kinds: ['agent.departed'], stage: 'post_event' },
    })])
    const { events } = world.block([await world.sign(ann, MOVE)])
    const refused = events.find(({ kind }) => kind === 'directive.refused')
    expect((refused!.payload['type'] as string).isWellFormed()).toBe(true)
  })
})
