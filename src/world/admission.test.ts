import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCanonical, toConsensusAction } from '../codec/index.ts'
import type { NodeConsensusAction, Value, ValueMap } from '../codec/index.ts'
import { hintOf, isRejectionCode } from './rejections.ts'
import { inhabitant, seedOf, testGenesis, TestWorld, unsignedAction } from './testing/test-world.ts'

const ann = inhabitant('ann')
const OBSERVE = { kind: 'query_observation' }
const world = new TestWorld()
world.advanceTo(5)
const packed = (value: Value): NodeConsensusAction => toConsensusAction(encodeCanonical(value))

/** What becomes of one action in a block that also holds an honest one; nothing is committed. */
async function rejection(action: NodeConsensusAction, verdict?: boolean): Promise<{ code: string | null; detail: object }> {
  const honest = await world.sign(inhabitant('bob'), OBSERVE)
  const result = world.kernel.executeBlock(world.context(), [action, honest], verdict === undefined ? undefined : new Map([[action.action_id, verdict]]))
  const [receipt, other] = result.receipts
  expect(other).toMatchObject({ status: 'applied' })
  expect(result.events.filter(({ caused_by }) => caused_by === `action:${action.action_id}`)).toHaveLength(receipt!.events.count)
  const early = world.kernel.checkAction(action, verdict)
  world.kernel.rollback()
  if (receipt!.code !== null) {
    expect(isRejectionCode(receipt!.code) && receipt!.hint === hintOf(receipt!.code)).toBe(true)
    expect(early?.code).toBe(receipt!.code)
  }
  return { code: receipt!.code, detail: receipt!.detail }
}

describe('an envelope is refused', () => {
  it('for another world', async () => {
    const action = await world.sign(ann, OBSERVE, { world_id: `demo-test.${'0'.repeat(64)}` })
    expect(await rejection(action)).toMatchObject({ code: 'WRONG_WORLD' })
  })

  it('after its time, and when its time is too far away', async () => {
    expect(await rejection(await world.sign(ann, OBSERVE, { valid_until_height: 5 }))).toEqual({ code: 'EXPIRED', detail: { valid_until_height: 5, height: 6 } })
    expect(await rejection(await world.sign(ann, OBSERVE, { valid_until_height: 6 }))).toMatchObject({ code: null })
    expect(await rejection(await world.sign(ann, OBSERVE, { valid_until_height: 1_006 }))).toMatchObject({ code: null })
    expect(await rejection(await world.sign(ann, OBSERVE, { valid_until_height: 1_007 }))).toEqual({ code: 'VALID_TOO_LONG', detail: { valid_until_height: 1_007, latest: 1_006 } })
  })

  it('with a nonce that is not the next', async () => {
    for (const nonce of [2, 3, Number.MAX_SAFE_INTEGER]) expect(await rejection(await world.sign(ann, OBSERVE, { nonce }))).toEqual({ code: 'BAD_NONCE', detail: { nonce, expected: 1 } })
  })

  it('of an actor that is not there', async () => {
    expect(await rejection(await world.sign(inhabitant('nobody'), OBSERVE))).toMatchObject({ code: 'UNKNOWN_ACTOR' })
    expect(await rejection(await world.sign({ id: 'validator/nobody', signer: ann.signer }, OBSERVE))).toMatchObject({ code: 'UNKNOWN_ACTOR' })
  })

  it('with a signature of another key or over other content', async () => {
    expect(await rejection(await world.sign({ id: ann.id, signer: inhabitant('bob').signer }, OBSERVE))).toMatchObject({ code: 'BAD_SIGNATURE' })
    expect(await rejection(unsignedAction(world.unsigned(ann.id, OBSERVE)))).toMatchObject({ code: 'BAD_SIGNATURE' })
    expect(await rejection(await world.sign(ann, OBSERVE), false)).toMatchObject({ code: 'BAD_SIGNATURE' })
  })

  it('of a kind that does not exist, or that only modules may cause', async () => {
    for (const kind of ['fly', '', 'toString', '__proto__', 'constructor', 'hasOwnProperty', 'MOVE_AGENT']) {
      expect(await rejection(await world.sign(ann, { kind }))).toMatchObject({ code: 'UNKNOWN_KIND' })
    }
    for (const action of [{ kind: 'emit_resource_transfer', to: ann.id, resource: 'data', amount: 1 }, { kind: 'emit_harvest', blocks: 1, amount: 99 }, { kind: 'emit_observation', visible: [] }, { kind: 'emit_anything' }]) {
      expect(await rejection(await world.sign(ann, action))).toMatchObject({ code: 'NOT_ALLOWED' })
    }
  })

  it('when the action has another shape than its kind', async () => {
    const shapes: readonly ValueMap[] = [
      { kind: 'move_agent' }, { kind: 'move_agent', to: null }, { kind: 'move_agent', to: 7 }, { kind: 'move_agent', to: 'asteroid/0001', distance_cm: 0 },
      { kind: 'move_agent', to: ['asteroid/0001'] }, { kind: 'harvest_radiation', blocks: '3' }, { kind: 'harvest_radiation', blocks: -3 },
      { kind: 'harvest_radiation', blocks: { valueOf: 3 } }, { kind: 'transfer_resource', to: ann.id, resource: 'data' },
      { kind: 'query_observation', extra: true }, { kind: 'register_agent', public_key: new Uint8Array(31), name: 'x' },
    ]
    for (const action of shapes) expect(await rejection(await world.sign(ann, action))).toMatchObject({ code: 'BAD_ACTION' })
  })

  it('when its bytes are no envelope, its id is not theirs or it is too large', async () => {
    const honest = await world.sign(ann, OBSERVE)
    const envelope = { world_id: world.kernel.worldId, actor: ann.id, nonce: 1, valid_until_height: 9, action: OBSERVE, signature: new Uint8Array(64) }
    const broken: readonly NodeConsensusAction[] = [
      packed(null), packed([]), packed({}), packed('move'), packed(17), toConsensusAction(new Uint8Array(0)), toConsensusAction(Uint8Array.of(0xa1, 0x61)),
      toConsensusAction(honest.payload_cbor.subarray(0, -1)), toConsensusAction(Uint8Array.from([...honest.payload_cbor, 0])),
      packed({ ...envelope, nonce: 0 }), packed({ ...envelope, nonce: -1 }), packed({ ...envelope, actor: 'agent/nobody' }), packed({ ...envelope, actor: 'treasury' }),
      packed({ ...envelope, action: [] }), packed({ ...envelope, action: { to: 'x' } }), packed({ ...envelope, signature: new Uint8Array(63) }),
      packed({ ...envelope, toString: 1 }), packed({ ...envelope, constructor: {} }),
      { ...honest, action_id: '0'.repeat(64) }, { ...honest, payload_hash: new Uint8Array(32) }, { ...honest, payload_cbor: Uint8Array.of(1) },
      toConsensusAction(new Uint8Array((64 << 10) + 1)),
    ]
    for (const action of broken) expect(await rejection(action)).toMatchObject({ code: 'BAD_ACTION' })
  })

  it('and so is any mutation of an honest one, without a trace in the state', async () => {
    const honest = await world.sign(ann, { kind: 'move_agent', to: 'asteroid/0007' })
    const before = world.kernel.executeBlock(world.context(), [])
    fc.assert(fc.property(fc.nat(honest.payload_cbor.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const mutated = toConsensusAction(honest.payload_cbor.with(at, honest.payload_cbor[at]! ^ mask))
      const result = world.kernel.executeBlock(world.context(), [mutated])
      expect(result.receipts[0]!.status).toBe('rejected')
      expect(result.state_root).toEqual(before.state_root)
      expect(result.events).toEqual(before.events)
    }), { numRuns: 200 })
    world.kernel.rollback()
  })

  it('as is any value in place of an action of a known kind', async () => {
    const values = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, fc.constant(null), fc.boolean(), fc.maxSafeInteger(), fc.string({ maxLength: 20 }).filter((text) => text.isWellFormed() && !text.startsWith('\ufeff')), fc.uint8Array({ maxLength: 40 }), fc.array(tie('value'), { maxLength: 4 }), tie('map')),
      map: fc.dictionary(fc.constantFrom('kind', 'to', 'amount', 'resource', 'blocks', 'toString', 'constructor', 'name', 'public_key', 'evidence'), tie('value'), { maxKeys: 5 }),
    }))
    const kinds = fc.constantFrom('move_agent', 'harvest_radiation', 'transfer_resource', 'query_observation', 'report_duplicate_vote', 'register_agent')
    fc.assert(fc.property(kinds, values.map, (kind, fields) => {
      const action = unsignedAction(world.unsigned(ann.id, { ...(fields as ValueMap), kind } as Value))
      const result = world.kernel.executeBlock(world.context(), [action], new Map([[action.action_id, true]]))
      expect(result.receipts).toHaveLength(1)
      expect(world.kernel.checkAction(action, true)?.code ?? null).toSatisfy((code: string | null) => code === null || isRejectionCode(code))
    }), { numRuns: 300 })
    world.kernel.rollback()
  })
})

describe('an action that was refused', () => {
  it('after it proved authentic uses up its nonce, so that nobody can play it again', async () => {
    const own = new TestWorld()
    const action = await own.sign(ann, { kind: 'move_agent', to: own.agent(ann.id).location! })
    expect(own.block([action]).receipts[0]).toMatchObject({ code: 'ZERO_DISTANCE', events: { first: 0, count: 1 } })
    expect(own.agent(ann.id).nonce).toBe(1)
    expect(own.block([action]).receipts[0]).toMatchObject({ code: 'BAD_NONCE', events: { count: 0 } })
  })

  it('is an event with the code, the data and its cause', async () => {
    const own = new TestWorld()
    const { receipt, events } = await own.act(ann, { kind: 'move_agent', to: 'asteroid/9999' })
    expect(events).toMatchObject([{ kind: 'action.rejected', caused_by: `action:${receipt.action_id}`, payload: { actor: ann.id, nonce: 1, action_kind: 'move_agent', code: 'ASTEROID_NOT_FOUND', detail: { asteroid: 'asteroid/9999' } } }])
  })
})

describe('an action that was applied', () => {
  it('is applied once, in this block and in later ones', async () => {
    const own = new TestWorld()
    const action = await own.sign(ann, OBSERVE)
    expect(own.block([action, action]).receipts.map(({ code }) => code)).toEqual([null, 'BAD_NONCE'])
    expect(own.block([action]).receipts[0]!.code).toBe('BAD_NONCE')
  })

  it('may be followed by the next of its actor in the same block', async () => {
    const own = new TestWorld()
    const actions = [await own.sign(ann, OBSERVE), await own.sign(ann, OBSERVE, { nonce: 2 }), await own.sign(ann, { kind: 'move_agent', to: 'asteroid/0007' }, { nonce: 3 })]
    expect(own.block(actions).receipts.map(({ code }) => code)).toEqual([null, null, null])
  })

  it('gives the same result whether its verdict was worked out ahead or here', async () => {
    const own = new TestWorld()
    const actions = [await own.sign(ann, OBSERVE), await own.sign({ id: inhabitant('bob').id, signer: ann.signer }, OBSERVE)]
    const here = own.kernel.executeBlock(own.context(), actions)
    const ahead = own.kernel.executeBlock(own.context(), actions, new Map([[actions[0]!.action_id, true], [actions[1]!.action_id, false]]))
    expect(ahead).toEqual(here)
  })
})

describe('the key of an actor', () => {
  it('comes from the state, or for a registration from the action itself', () => {
    const dora = inhabitant('dora')
    const register = { kind: 'register_agent', public_key: dora.signer.publicKey, name: 'Dora' }
    const { kernel } = new TestWorld(testGenesis({ seed: seedOf('keys') }))
    expect(kernel.actorKey(ann.id)).toEqual(ann.signer.publicKey)
    expect(kernel.actorKey('validator/v1')).not.toBeNull()
    expect(kernel.actorKey(dora.id, register)).toEqual(dora.signer.publicKey)
    expect(kernel.actorKey(ann.id, register)).toBeNull()
    for (const actor of [dora.id, 'treasury', 'world/head', 'asteroid/0001', 'agent/', '', '__proto__']) expect(kernel.actorKey(actor)).toBeNull()
    expect(kernel.actorKey(dora.id, { kind: 'register_agent', public_key: 'no key' })).toBeNull()
    expect(kernel.actorKey(7 as never)).toBeNull()
  })
})
