import { describe, expect, it } from 'vitest'
import { blockHash, receiptHash, receiptPayload } from '../../codec/index.ts'
import type { BlockHeader, EffectReceipt, NodeConsensusAction, ReceiptSignature, ValueMap } from '../../codec/index.ts'
import { frost } from '../../crypto/index.ts'
import { createGenesis } from '../create-genesis.ts'
import type { GenesisInit } from '../create-genesis.ts'
import { decodeGenesis, encodeGenesis } from '../genesis.ts'
import { DEFAULT_PARAMS } from '../params.ts'
import { isRejectionCode } from '../rejections.ts'
import { emitting } from '../testing/hand-made.ts'
import { EventFold } from '../testing/event-fold.ts'
import { inhabitant, seedOf, signerOf, testGenesis, TestWorld } from '../testing/test-world.ts'
import type { BlockResult } from '../types.ts'
import type { ListedExecutor } from './executors.ts'
import { EFFECT_QUEUE_KEY, effectKey, executorKey } from './keys.ts'

const ann = inhabitant('ann')
const bob = inhabitant('bob')
const GET = { kind: 'http.get', params: { path: '/weather' }, cap_ref: 'net' }
const onMove = { action_kinds: ['move_agent'], event_kinds: [], stage: 'post_action' } as const
const asking = emitting('t.asks', [], { subscriptions: onMove, required_caps: ['net'] }, { effects: [GET] })
const members = ['node-a', 'node-b', 'node-c']

/** A group key made together by the members. */
function makeGroup(): readonly frost.KeyShare[] {
  const sides = members.map((id) => new frost.KeyGeneration({ context: 'test', threshold: 2, participants: members }, id))
  let block = 0
  const random = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => seedOf(`random ${block + (index >> 5)}`)[index & 31]!)
  const commitments = sides.map((side) => {
    block += 100
    return side.start((length) => { block += 2; return random(length) })
  })
  const others = <M extends { readonly participant: string }>(messages: readonly M[], id: string): M[] => messages.filter(({ participant }) => participant !== id)
  const shares = sides.flatMap((side) => side.deal(others(commitments, side.participant)))
  const confirmations = sides.map((side) => side.finish(shares.filter(({ recipient }) => recipient === side.participant)))
  return sides.map((side) => side.confirm(others(confirmations, side.participant)))
}
const keyShares = makeGroup()

const node = (id: string, effect_kinds: readonly string[]): ListedExecutor => ({ executor_id: id, executor: { kind: 'node', public_key: signerOf(id).publicKey, effect_kinds } })
const EXECUTORS: readonly ListedExecutor[] = [
  { executor_id: 'all-three', executor: { kind: 'group', threshold: 2, participants: members, group_key: keyShares[0]!.group.publicKey, effect_kinds: ['http.*'] } },
  { executor_id: 'keyless', executor: { kind: 'group', threshold: 2, participants: members, group_key: null, effect_kinds: ['http.*'] } },
  node('mailer', ['mail.*']), node('node-a', ['http.*']), node('node-b', []), node('node-c', []),
]

/** Blocks with headers, as consensus would finalize them. */
class AnchoredWorld extends TestWorld {
  readonly headers = new Map<number, BlockHeader>()

  override block(actions: readonly NodeConsensusAction[] = []): BlockResult {
    const context = this.context()
    const result = super.block(actions)
    const { height, state_root, receipts_root, events_root, next_validators_hash } = result
    this.headers.set(height, {
      world_id: this.kernel.worldId, height, round: 0, time: height, parent_hash: context.parent_hash, last_commit_hash: seedOf('commit'), action_root: seedOf('actions'),
      state_root, receipts_root, events_root, validators_hash: next_validators_hash, next_validators_hash, proposer: 'v1', writer_epoch: 1,
    })
    return result
  }

  override context(): { height: number; parent_hash: Uint8Array; proposer: string } {
    const context = super.context()
    const parent = this.headers.get(context.height - 1)
    return parent === undefined ? context : { ...context, parent_hash: blockHash(parent) }
  }
}

async function worldWithIntent(init: Partial<GenesisInit> = {}): Promise<AnchoredWorld> {
  const world = new AnchoredWorld(testGenesis({
    modules: [asking], capabilities: [{ module_id: 't.asks', name: 'net', effect_kinds: ['http.*'], expires_height: null }], policies: [{ when: {}, decision: 'allow' }], effectExecutors: EXECUTORS, ...init,
  }))
  world.block([await world.sign(ann, { kind: 'move_agent', to: 'asteroid/0007' })])
  expect(world.read(EFFECT_QUEUE_KEY)).toMatchObject({ queued: 1 })
  return world
}

const receipt: EffectReceipt = { intent_id: 'intent/1-0', status: 'ok', payload: { body: 'sunny' }, cost_cents: null }
const anchorAt = (world: AnchoredWorld, height = 1): { consensus_height: number; receipts_root: Uint8Array } => ({ consensus_height: height, receipts_root: world.headers.get(height)!.receipts_root })
function byNode(world: AnchoredWorld, id = 'node-a', { of = receipt, height = 1, worldId = world.kernel.worldId } = {}): ReceiptSignature {
  const claims = { algorithm: 'ed25519', signer_node_id: id, ...anchorAt(world, height) } as const
  return { ...claims, signature: signerOf(id).signSync(receiptPayload(worldId, of, claims)) }
}
const groupClaims = (world: AnchoredWorld, signer_group_id = 'all-three') => ({ algorithm: 'threshold_ed25519', signer_group_id, threshold: 2, participants: members, ...anchorAt(world) }) as const
function byEach(world: AnchoredWorld, who: readonly string[]): ReceiptSignature {
  const claims = { ...groupClaims(world), scheme: 'multisig' } as const
  return { ...claims, signatures: who.map((id) => ({ signer_node_id: id, signature: signerOf(id).signSync(receiptPayload(world.kernel.worldId, receipt, claims)) })) }
}
async function byGroup(world: AnchoredWorld): Promise<ReceiptSignature> {
  const claims = { ...groupClaims(world), scheme: 'frost' } as const
  const payload = receiptPayload(world.kernel.worldId, receipt, claims)
  const store = frost.createMemoryNonceStore()
  let drawn = 0
  const two = keyShares.slice(1)
  const commitments = await Promise.all(two.map((share) => frost.commitNonces(share, store, () => seedOf(`nonce ${++drawn}`))))
  const shares = await Promise.all(two.map((share) => frost.signShare(share, store, { payload, commitments })))
  return { ...claims, aggregate: frost.aggregate({ group: keyShares[0]!.group, payload, commitments }, shares) }
}

const submission = (world: AnchoredWorld, signature: unknown, change: Readonly<Record<string, unknown>> = {}): ValueMap =>
  ({ kind: 'submit_effect_receipt', receipt, signature, anchor: world.headers.get(1)!, ...change }) as unknown as ValueMap
const submit = async (world: AnchoredWorld, signature: unknown, change: Readonly<Record<string, unknown>> = {}, who = bob) => world.act(who, submission(world, signature, change))
const codeOf = async (world: AnchoredWorld, signature: unknown, change: Readonly<Record<string, unknown>> = {}): Promise<string | null> => (await submit(world, signature, change)).receipt.code

describe('a receipt of an effect', () => {
  it('that is signed by an executor is recorded, and the effect is done', async () => {
    const world = await worldWithIntent()
    const { receipt: outcome, events } = await submit(world, byNode(world))
    expect(outcome).toMatchObject({ status: 'applied', fuel: 2_000_000 })
    const [recorded] = events.filter(({ kind }) => kind === 'effect.receipt')
    expect(recorded!.payload).toMatchObject({
      actor: bob.id, ...receipt, module_id: 't.asks', instance_id: 't.asks#1', kind: 'http.get', algorithm: 'ed25519', signer: 'node-a', consensus_height: 1, agent: null, asteroid: null,
    })
    expect(world.read(effectKey('intent/1-0'))).toMatchObject({ state: 'done', receipt: { status: 'ok', receipt_hash: receiptHash(receipt), signer: 'node-a', event_id: recorded!.id } })
    expect(world.read(EFFECT_QUEUE_KEY)).toMatchObject({ queued: 0 })
  })

  it('may be signed by enough of a group, one by one or together, and submitted by a validator', async () => {
    const one = await worldWithIntent()
    const each = await submit(one, byEach(one, ['node-b', 'node-c']))
    expect(each.receipt).toMatchObject({ code: null, fuel: 4_000_000 })
    const other = await worldWithIntent()
    const together = await submit(other, await byGroup(other), {}, { id: 'validator/v1', signer: signerOf('v1') })
    expect(together.receipt).toMatchObject({ code: null, fuel: 2_000_000 })
    for (const world of [one, other]) expect(world.read(effectKey('intent/1-0'))).toMatchObject({ state: 'done', receipt: { signer: 'all-three' } })
  })

  it('counts once, never expires afterwards, and is forgotten like any effect', async () => {
    const world = await worldWithIntent({ params: { effects: { ...DEFAULT_PARAMS.effects, expires_blocks: 3 } } })
    await submit(world, byNode(world))
    expect(await codeOf(world, byNode(world, 'node-a', { of: { ...receipt, status: 'failed' } }), { receipt: { ...receipt, status: 'failed' } })).toBe('EFFECT_NOT_QUEUED')
    const later = world.advanceTo(7).map(({ kind }) => kind)
    expect(later).not.toContain('effect.expired')
    expect(later).toContain('effect.removed')
    expect(world.read(effectKey('intent/1-0'))).toBeNull()
    expect(await codeOf(world, byNode(world))).toBe('EFFECT_NOT_FOUND')
    expect(world.read(EFFECT_QUEUE_KEY)).toMatchObject({ queued: 0 })
  })

  it('comes too late once the effect expired', async () => {
    const world = await worldWithIntent({ params: { effects: { ...DEFAULT_PARAMS.effects, expires_blocks: 2 } } })
    world.advanceTo(3)
    expect(await codeOf(world, byNode(world))).toBe('EFFECT_NOT_QUEUED')
  })

  it('is told to the instance that asked, also where that sees one agent only', async () => {
    const filters = { all: [{ path: '/payload/module_id', eq: 't.asks' }] }
    const hears = emitting('t.hears', [{ kind: 'heard', payload: null }], { role: 'agent_internal', subscriptions: { action_kinds: [], event_kinds: ['effect.receipt'], stage: 'post_event', filters } })
    const instances: GenesisInit['instances'] = [
      { instance_id: 't.asks#1', target: { kind: 'self_agent', agent: ann.id }, owner: null },
      { instance_id: 't.hears#1', target: { kind: 'self_agent', agent: ann.id }, owner: null },
      { instance_id: 't.hears#2', target: { kind: 'self_agent', agent: inhabitant('cid').id }, owner: null },
    ]
    const world = await worldWithIntent({ modules: [asking, hears], instances })
    const { events } = world.block([await world.sign(bob, submission(world, byNode(world)))])
    expect(events.find(({ kind }) => kind === 'effect.receipt')!.payload).toMatchObject({ agent: ann.id, asteroid: null })
    expect(events.filter(({ kind }) => kind === 'module.emitted').map(({ payload }) => payload['instance_id'])).toEqual(['t.hears#1'])
  })

  it('follows from the events alone, and survives a snapshot', async () => {
    const world = await worldWithIntent()
    const fold = new EventFold(world.genesis, world.kernel.worldId)
    const replay = new AnchoredWorld(world.genesis)
    const actions = [await replay.sign(ann, { kind: 'move_agent', to: 'asteroid/0007' })]
    for (const block of [actions, [await world.sign(bob, submission(world, byNode(world)))]]) {
      const context = replay.context()
      const result = replay.block(block)
      expect(fold.apply(context, result)).toEqual(result.state_root)
    }
    expect(replay.read(effectKey('intent/1-0'))).toMatchObject({ state: 'done' })
    const { manifest, chunks } = replay.kernel.snapshot()
    const restored = new TestWorld(world.genesis)
    restored.kernel.restore(manifest, chunks())
    expect(restored.kernel.stateRoot()).toEqual(replay.kernel.stateRoot())
  })
})

describe('a bad receipt is refused with a code of its own', () => {
  it.each<[string, (world: AnchoredWorld) => unknown, ((world: AnchoredWorld) => Readonly<Record<string, unknown>>)?]>([
    ['EFFECT_NOT_FOUND', (world) => byNode(world), () => ({ receipt: { ...receipt, intent_id: 'intent/1-1' } })],
    ['BAD_ACTION', (world) => byNode(world), () => ({ receipt: { ...receipt, status: 'Not OK' } })],
    ['BAD_ACTION', (world) => byNode(world), () => ({ anchor: null })],
    ['RECEIPT_SIGNATURE_MALFORMED', () => null],
    ['RECEIPT_SIGNATURE_MALFORMED', (world) => ({ ...byNode(world), more: 1 })],
    ['RECEIPT_UNKNOWN_SCHEME', () => ({ algorithm: 'rot13' })],
    ['RECEIPT_SCHEME_NOT_TRUSTED', (world) => ({ algorithm: 'hmac_sha256', ...anchorAt(world), mac: new Uint8Array(32) })],
    ['RECEIPT_SIGNER_UNKNOWN', (world) => byNode(world, 'stranger')],
    ['RECEIPT_SIGNER_NOT_ALLOWED', (world) => byNode(world, 'mailer')],
    ['RECEIPT_SIGNER_NOT_ALLOWED', (world) => byNode(world, 'node-b')],
    ['RECEIPT_SIGNER_UNKNOWN', (world) => byEach(world, ['node-a', 'stranger'])],
    ['RECEIPT_THRESHOLD_NOT_MET', (world) => byEach(world, ['node-a'])],
    ['RECEIPT_DUPLICATE_SIGNER', (world) => byEach(world, ['node-a', 'node-a'])],
    ['RECEIPT_THRESHOLD_MISMATCH', (world) => ({ ...byEach(world, ['node-a']), threshold: 1 })],
    ['RECEIPT_PARTICIPANTS_MISMATCH', (world) => ({ ...byEach(world, members), participants: ['node-a', 'node-b'] })],
    ['RECEIPT_NO_GROUP_KEY', (world) => ({ ...groupClaims(world, 'keyless'), scheme: 'frost', aggregate: new Uint8Array(64) })],
    ['RECEIPT_SIGNATURE_INVALID', (world) => byNode(world, 'node-a', { of: { ...receipt, payload: 'other' } })],
    ['RECEIPT_SIGNATURE_INVALID', (world) => byNode(world, 'node-a', { worldId: `demo-other.${'0'.repeat(64)}` })],
    ['RECEIPT_SIGNATURE_INVALID', (world) => ({ ...byNode(world, 'node-b'), signer_node_id: 'node-a' })],
    ['RECEIPT_SIGNATURE_INVALID', (world) => ({ ...groupClaims(world), scheme: 'frost', aggregate: new Uint8Array(64) })],
    ['RECEIPT_ANCHOR_MISMATCH', (world) => ({ ...byNode(world), receipts_root: seedOf('other') })],
    ['RECEIPT_ANCHOR_UNKNOWN', (world) => ({ ...byNode(world), consensus_height: 2 })],
    ['RECEIPT_ANCHOR_UNKNOWN', (world) => byNode(world), (world) => ({ anchor: { ...world.headers.get(1)!, time: 99 } })],
    ['RECEIPT_ANCHOR_UNKNOWN', (world) => ({ ...byNode(world), receipts_root: seedOf('other') }), (world) => ({ anchor: { ...world.headers.get(1)!, receipts_root: seedOf('other') } })],
  ])('%s', async (code, signature, change) => {
    const world = await worldWithIntent()
    const before = world.read(effectKey('intent/1-0'))
    expect(await codeOf(world, signature(world), change?.(world))).toBe(code)
    expect(isRejectionCode(code)).toBe(true)
    expect(world.read(effectKey('intent/1-0'))).toEqual(before)
    expect(await codeOf(world, byNode(world))).toBeNull()
  })

  it('RECEIPT_ANCHOR_TOO_EARLY: who signs must have seen the request', async () => {
    const world = await worldWithIntent()
    const { intent_id } = (await world.act(bob, { kind: 'move_agent', to: 'asteroid/0009' })).events.find(({ kind }) => kind === 'effect.queued')!.payload
    const of = { ...receipt, intent_id: intent_id as string }
    expect(await codeOf(world, byNode(world, 'node-a', { of }), { receipt: of })).toBe('RECEIPT_ANCHOR_TOO_EARLY')
    expect(await codeOf(world, byNode(world, 'node-a', { of, height: 2 }), { receipt: of, anchor: world.headers.get(2)! })).toBeNull()
  })

  it('RECEIPT_ANCHOR_UNKNOWN once the block is not recent any more', async () => {
    const world = await worldWithIntent()
    world.advanceTo(65)
    expect(await codeOf(world, byNode(world))).toBe('RECEIPT_ANCHOR_UNKNOWN')
    expect(await codeOf(world, byNode(world, 'node-a', { height: 60 }), { anchor: world.headers.get(60)! })).toBeNull()
  })

  it('RECEIPT_SIGNER_UNKNOWN where nobody may execute effects', async () => {
    const world = await worldWithIntent({ effectExecutors: [] })
    expect(await codeOf(world, byNode(world))).toBe('RECEIPT_SIGNER_UNKNOWN')
  })
})

describe('the executors of a genesis', () => {
  const genesisWith = (effectExecutors: readonly ListedExecutor[]): ReturnType<typeof createGenesis> => testGenesis({ effectExecutors })
  const group = (change: Partial<Extract<ListedExecutor['executor'], { readonly kind: 'group' }>>): ListedExecutor[] =>
    [...EXECUTORS.filter(({ executor }) => executor.kind === 'node'), { executor_id: 'g', executor: { kind: 'group', threshold: 2, participants: members, group_key: null, effect_kinds: [], ...change } }]

  it('are in the state and survive being written down', () => {
    const genesis = genesisWith(EXECUTORS)
    expect(decodeGenesis(encodeGenesis(genesis))).toEqual(genesis)
    const world = new TestWorld(genesis)
    for (const { executor_id, executor } of EXECUTORS) expect(world.read(executorKey(executor_id))).toEqual(executor)
  })

  it.each<[string, readonly ListedExecutor[]]>([
    ['a key of small order', [{ executor_id: 'a', executor: { kind: 'node', public_key: new Uint8Array(32), effect_kinds: [] } }]],
    ['one key twice', [node('a', []), { ...node('a', []), executor_id: 'b' }]],
    ['one id twice', [node('a', []), node('a', ['*'])]],
    ['too few participants', group({ threshold: 4 })],
    ['a stranger', group({ participants: ['node-a', 'stranger'] })],
    ['a participant twice', group({ participants: ['node-a', 'node-a'] })],
    ['a group in a group', group({ participants: ['g', 'node-a'] })],
    ['a group key that is that of a participant', group({ group_key: signerOf('node-a').publicKey })],
  ])('are refused with %s', (_what, executors) => {
    expect(() => genesisWith(executors)).toThrow(expect.objectContaining({ code: 'GENESIS_INVALID' }) as Error)
  })
})
