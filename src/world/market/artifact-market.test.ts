import { describe, expect, it } from 'vitest'
import { utf8Bytes } from '../../codec/index.ts'
import type { ValueMap } from '../../codec/index.ts'
import { wat } from '../../wasm/testdata/wat.ts'
import type { ActionContext } from '../actions/action-rule.ts'
import { newId } from '../new-id.ts'
import { DEFAULT_PARAMS } from '../params.ts'
import { deciding } from '../testing/hand-made.ts'
import { inhabitant, testGenesis, TestWorld, unsignedAction } from '../testing/test-world.ts'
import { placeModuleArtifactBid } from './bid-for-artifact.ts'
import { ARTIFACT_BID_PREFIX, ARTIFACTS_KEY, artifactsOfKey, artifactWasmKey } from './keys.ts'
import { ann, Bazaar, bob, cid, hashOf, moduleBytes, totalsOf } from './testing/bazaar.ts'

const deploy = (wasm: Uint8Array): ValueMap => ({ kind: 'deploy_module_artifact', wasm })
const data = (amount: number): ValueMap => ({ resource: 'data', amount })
const electricity = (amount: number): ValueMap => ({ resource: 'electricity', amount })
const list = (wasm_hash: string, price: ValueMap): ValueMap => ({ kind: 'list_module_artifact_for_sale', wasm_hash, price })
const delist = (wasm_hash: string): ValueMap => ({ kind: 'delist_module_artifact', wasm_hash })
const buy = (wasm_hash: string): ValueMap => ({ kind: 'buy_module_artifact', wasm_hash })
const bid = (wasm_hash: string, price: ValueMap): ValueMap => ({ kind: 'place_module_artifact_bid', wasm_hash, price })
const destroy = (wasm_hash: string): ValueMap => ({ kind: 'destroy_module_artifact', wasm_hash })
const unbid = (wasm_hash: string, bid_id: string): ValueMap => ({ kind: 'cancel_module_artifact_bid', wasm_hash, bid_id })

/** Places a bid; gives its id. */
const placeBid = (world: Bazaar, who: typeof ann, hash: string, price: ValueMap): string => world.must(who, bid(hash, price))[0]!.payload['bid_id'] as string

describe('deploy_module_artifact', () => {
  it('records the bytes and their owner', () => {
    const world = new Bazaar()
    const [event] = world.must(ann, deploy(moduleBytes(1)))
    const hash = hashOf(1)
    expect(event).toMatchObject({ kind: 'artifact.deployed', payload: { agent: ann.id, wasm_hash: hash, cost: { electricity: 1 } } })
    expect(world.artifact(hash)).toEqual({ owner: ann.id, bytes: moduleBytes(1).length, deployed_height: 1, listing: null, bids: [], equipped: 0 })
    expect(world.read(artifactWasmKey(hash))).toEqual(moduleBytes(1))
    expect(world.read(artifactsOfKey(ann.id))).toEqual([hash])
    expect(world.read(ARTIFACTS_KEY)).toEqual({ count: 1, bytes: moduleBytes(1).length })
  })

  it('costs one unit of electricity per started 2 KiB', () => {
    const sized = (bytes: number): Uint8Array => wat(`(module (memory (export "memory") 1 4) (data (i32.const 0) "${'a'.repeat(bytes)}")
      (func (export "alloc") (param i32) (result i32) (i32.const 16)) (func (export "call") (param i32 i32) (result i64) (i64.const 0)))`)
    const world = new Bazaar()
    for (const [bytes, fee] of [[100, 1], [2_048, 2], [4_000, 2], [10_000, 5]] as const) {
      expect(world.do(ann, deploy(sized(bytes))).receipt).toMatchObject({ code: null, fees: { electricity: fee, data: 0 } })
    }
    const large = sized(60_000)
    expect(world.do(bob, deploy(large)).receipt).toMatchObject({ code: null, fees: { electricity: 30 }, fuel: 100_000 + 500 * large.length })
  })

  it('takes no more of the fuel of a block than its bytes do: many small ones leave room for others', () => {
    const world = new Bazaar()
    const nonce = world.agent(ann.id).nonce
    const actions = Array.from({ length: 100 }, (_, n) => unsignedAction(world.unsigned(ann.id, deploy(Uint8Array.of(n)), { nonce: nonce + 1 + n })))
    actions.push(unsignedAction(world.unsigned(bob.id, deploy(moduleBytes(1)))))
    const { receipts, fuel_used } = world.block(actions, new Map(actions.map(({ action_id }) => [action_id, true])))
    expect(new Set(receipts.slice(0, -1).map(({ code }) => code))).toEqual(new Set(['BAD_MODULE']))
    expect(receipts.at(-1)?.code).toBeNull()
    expect(fuel_used).toBeLessThan(DEFAULT_PARAMS.block_fuel_limit / 20)
  })

  it('takes only what a node would run, and says what is wrong', () => {
    const world = new Bazaar()
    for (const [wasm, code] of [
      [utf8Bytes('not a module at all'), 'WASM_BAD_HEADER'],
      [new Uint8Array(0), 'WASM_BAD_HEADER'],
      [wat('(module (memory (export "memory") 1 4))'), 'WASM_NO_ALLOC'],
      [wat('(module (import "env" "now" (func (result i64))) (memory (export "memory") 1 4))'), 'WASM_IMPORT'],
    ] as const) {
      const { receipt } = world.do(ann, deploy(wasm))
      expect(receipt).toMatchObject({ code: 'BAD_MODULE', detail: { wasm_code: code } })
      expect(receipt.detail['message']).not.toBe('')
    }
    expect(world.purse(ann).electricity).toBe(100)
  })

  it.each(['', 'x'])('answers in whole characters when names in the module are long and wide (%j first)', (first) => {
    const world = new Bazaar()
    const wide = '\\f0\\9f\\98\\80'.repeat(60) // U+1F600, two UTF-16 units
    const { receipt } = world.do(ann, deploy(wat(`(module (import "${first}${wide}" "${wide}" (func)) (memory (export "memory") 1 4))`)))
    expect(receipt).toMatchObject({ code: 'BAD_MODULE', detail: { wasm_code: 'WASM_IMPORT' } })
    expect((receipt.detail['message'] as string).isWellFormed()).toBe(true)
  })

  it('takes every module once, and only so many of an agent and of a world', () => {
    const world = new Bazaar({ market: { artifacts_per_agent: 2, artifacts_max: 3 } })
    world.deploy(ann, 1)
    expect(world.do(bob, deploy(moduleBytes(1))).receipt).toMatchObject({ code: 'ARTIFACT_EXISTS', detail: { wasm_hash: hashOf(1) } })
    world.deploy(ann, 2)
    expect(world.code(ann, deploy(moduleBytes(3)))).toBe('ARTIFACT_LIMIT')
    world.deploy(bob, 3)
    expect(world.code(bob, deploy(moduleBytes(4)))).toBe('ARTIFACTS_FULL')
    const small = new Bazaar({ market: { artifact_bytes_max: 2 * moduleBytes(1).length - 1 } })
    small.deploy(ann, 1)
    expect(small.code(bob, deploy(moduleBytes(2)))).toBe('ARTIFACTS_FULL')
  })
})

describe('list_module_artifact_for_sale and delist_module_artifact', () => {
  it('offer an artifact, change its price and withdraw it, for one data each', () => {
    const world = new Bazaar()
    const hash = world.deploy(ann, 1)
    expect(world.do(ann, list(hash, data(50))).receipt).toMatchObject({ code: null, fees: { data: 1, electricity: 0 } })
    expect(world.artifact(hash)?.listing).toEqual({ resource: 'data', amount: 50 })
    world.must(ann, list(hash, electricity(7)))
    expect(world.artifact(hash)?.listing).toEqual({ resource: 'electricity', amount: 7 })
    expect(world.do(ann, delist(hash)).receipt).toMatchObject({ code: null, fees: { data: 1 } })
    expect(world.artifact(hash)?.listing).toBeNull()
    expect(world.purse(ann).data).toBe(997)
  })

  it('are for the owner of an existing artifact', () => {
    const world = new Bazaar()
    const hash = world.deploy(ann, 1)
    expect(world.do(bob, list(hash, data(50))).receipt).toMatchObject({ code: 'NOT_ARTIFACT_OWNER', detail: { owner: ann.id } })
    expect(world.code(bob, delist(hash))).toBe('NOT_ARTIFACT_OWNER')
    expect(world.code(ann, delist(hash))).toBe('ARTIFACT_NOT_LISTED')
    expect(world.code(ann, list(hashOf(9), data(50)))).toBe('ARTIFACT_NOT_FOUND')
    expect(world.code(ann, delist(hashOf(9)))).toBe('ARTIFACT_NOT_FOUND')
    expect(world.code(ann, list(hash, data(0)))).toBe('BAD_ACTION')
    expect(world.code(ann, list(hash, { resource: 'iron_ore', amount: 1 }))).toBe('BAD_ACTION')
  })

  it('sell at once, at the asking price, to the highest and then oldest bid that meets it', () => {
    const world = new Bazaar()
    const hash = world.deploy(ann, 1)
    placeBid(world, bob, hash, data(60))
    const winner = placeBid(world, cid, hash, data(80))
    const events = world.must(ann, list(hash, data(55)))
    expect(events.map(({ kind }) => kind)).toEqual(['artifact.listed', 'artifact.sold'])
    expect(events[1]).toMatchObject({ caused_by: `event:${events[0]!.id}`, payload: { agent: cid.id, seller: ann.id, price: { amount: 55 }, bid_id: winner, refund: 25 } })
    expect(world.purse(ann).data).toBe(1_000 - 1 + 55)
    expect(world.purse(cid).data).toBe(945)
    expect(world.artifact(hash)).toMatchObject({ owner: cid.id, listing: null, bids: [expect.stringMatching(/^artifact_bid/)] })
    expect(world.bid(winner)).toBeNull()
    expect([world.read(artifactsOfKey(ann.id)), world.read(artifactsOfKey(cid.id))]).toEqual([null, [hash]])
    // The other bid stands, towards the new owner.
    world.must(cid, list(hash, data(60)))
    expect(world.artifact(hash)).toMatchObject({ owner: bob.id, bids: [] })
  })

  it('do not sell for less, for another resource, or to who may own no more', () => {
    const world = new Bazaar({ market: { artifacts_per_agent: 1 } })
    const hash = world.deploy(ann, 1)
    placeBid(world, bob, hash, electricity(90))
    placeBid(world, cid, hash, data(90))
    world.deploy(cid, 2)
    world.must(ann, list(hash, data(91)))
    world.must(ann, list(hash, data(90)))
    expect(world.artifact(hash)).toMatchObject({ owner: ann.id, listing: { amount: 90 } })
    world.must(ann, list(hash, electricity(90)))
    expect(world.artifact(hash)?.owner).toBe(bob.id)
  })
})

describe('buy_module_artifact', () => {
  it('pays the seller and hands the artifact over; the bid of the buyer ends', () => {
    const world = new Bazaar()
    const hash = world.deploy(ann, 1)
    const own = placeBid(world, bob, hash, data(10))
    const other = placeBid(world, cid, hash, data(20))
    world.must(ann, list(hash, data(50)))
    const events = world.must(bob, buy(hash))
    expect(events.map(({ kind }) => kind)).toEqual(['artifact.sold', 'artifact.bid_cancelled'])
    expect(events[1]!.payload).toMatchObject({ agent: bob.id, bid_id: own, reason: 'bought', refund: { resource: 'data', amount: 10 } })
    expect(world.purse(bob).data).toBe(950)
    expect(world.purse(ann).data).toBe(1_049)
    expect(world.artifact(hash)).toMatchObject({ owner: bob.id, listing: null, bids: [other] })
  })

  it('holds electricity for a seller that has no room for it', () => {
    const world = new Bazaar({ electricity_capacity: 110 })
    const hash = world.deploy(ann, 1)
    world.must(ann, list(hash, electricity(30)))
    world.must(bob, buy(hash))
    expect([world.purse(ann).electricity, world.held(ann), world.purse(bob).electricity]).toEqual([110, 19, 70])
  })

  it('is refused for what is not for sale, one\'s own, too dear, or too many', () => {
    const world = new Bazaar({ market: { artifacts_per_agent: 1 } })
    const hash = world.deploy(ann, 1)
    expect(world.code(bob, buy(hashOf(9)))).toBe('ARTIFACT_NOT_FOUND')
    expect(world.code(bob, buy(hash))).toBe('ARTIFACT_NOT_LISTED')
    world.must(ann, list(hash, data(1_001)))
    expect(world.code(ann, buy(hash))).toBe('OWN_ARTIFACT')
    expect(world.do(bob, buy(hash)).receipt).toMatchObject({ code: 'INSUFFICIENT_DATA', detail: { required: 1_001 } })
    world.must(ann, list(hash, electricity(101)))
    expect(world.code(bob, buy(hash))).toBe('INSUFFICIENT_ELECTRICITY')
    world.deploy(cid, 2)
    expect(world.code(cid, buy(hash))).toBe('ARTIFACT_LIMIT')
  })
})

describe('place_module_artifact_bid and cancel_module_artifact_bid', () => {
  it('set the price aside and give it back', () => {
    const world = new Bazaar()
    const hash = world.deploy(ann, 1)
    const id = placeBid(world, bob, hash, electricity(40))
    expect(world.purse(bob).electricity).toBe(60)
    expect(world.bid(id)).toEqual({ wasm_hash: hash, bidder: bob.id, price: { resource: 'electricity', amount: 40 }, placed_height: 2, expires_height: 1_002 })
    expect(world.artifact(hash)?.bids).toEqual([id])
    world.must(bob, unbid(hash, id))
    expect(world.purse(bob).electricity).toBe(100)
    expect([world.bid(id), world.artifact(hash)?.bids]).toEqual([null, []])
  })

  it('buy at once, at the asking price, where it is no higher', () => {
    const world = new Bazaar()
    const hash = world.deploy(ann, 1)
    world.must(ann, list(hash, data(50)))
    placeBid(world, cid, hash, electricity(60))
    expect(world.artifact(hash)?.owner).toBe(ann.id)
    const events = world.must(bob, bid(hash, data(70)))
    expect(events.map(({ kind }) => kind)).toEqual(['artifact.bid_placed', 'artifact.sold'])
    expect([world.purse(bob).data, world.purse(ann).data]).toEqual([950, 1_049])
    expect(world.artifact(hash)).toMatchObject({ owner: bob.id, bids: [expect.anything()] })
  })

  it('are refused for what is not there, one\'s own, unpaid, twice, or one too many', () => {
    const world = new Bazaar({ market: { bids_per_artifact: 1, artifacts_per_agent: 1 } })
    const hash = world.deploy(ann, 1)
    expect(world.code(bob, bid(hashOf(9), data(5)))).toBe('ARTIFACT_NOT_FOUND')
    expect(world.code(ann, bid(hash, data(5)))).toBe('OWN_ARTIFACT')
    expect(world.code(bob, bid(hash, data(1_001)))).toBe('INSUFFICIENT_DATA')
    const id = placeBid(world, bob, hash, data(5))
    expect(world.do(bob, bid(hash, data(6))).receipt).toMatchObject({ code: 'BID_EXISTS', detail: { bid_id: id } })
    expect(world.code(cid, bid(hash, data(5)))).toBe('BIDS_FULL')
    expect(world.code(cid, bid(hash, electricity(6)))).toBe('BIDS_FULL')
    const second = world.deploy(cid, 2)
    expect(world.code(cid, bid(hash, data(6)))).toBe('ARTIFACT_LIMIT')
    expect(world.do(cid, unbid(hash, id)).receipt).toMatchObject({ code: 'NOT_BIDDER', detail: { bidder: bob.id } })
    expect(world.code(bob, unbid(second, id))).toBe('BID_NOT_FOUND')
    expect(world.code(bob, unbid(hash, `artifact_bid/${'0'.repeat(16)}`))).toBe('BID_NOT_FOUND')
  })

  it('displace the lowest, then the newest bid in the same resource when there is no room for more', () => {
    const names = ['ann', 'bob', 'cid', 'dora', 'eve'] as const
    const world = new Bazaar({ market: { bids_per_artifact: 3 } }, names)
    const [dora, eve] = [inhabitant('dora'), inhabitant('eve')]
    const before = totalsOf(world.kernel)
    const hash = world.deploy(ann, 1)
    const first = placeBid(world, bob, hash, data(5))
    const newest = placeBid(world, cid, hash, data(5))
    const other = placeBid(world, dora, hash, electricity(1))
    const events = world.must(eve, bid(hash, data(6)))
    expect(events.map(({ kind, payload }) => [kind, payload['bid_id'], payload['reason']]).slice(1)).toEqual([['artifact.bid_cancelled', newest, 'displaced']])
    expect(world.artifact(hash)?.bids).toEqual([first, other, events[0]!.payload['bid_id']])
    expect([world.purse(cid).data, totalsOf(world.kernel)]).toEqual([1_000, before])
    // One that is met at once needs no room.
    world.must(ann, list(hash, electricity(2)))
    world.must(cid, bid(hash, electricity(2)))
    expect(world.artifact(hash)).toMatchObject({ owner: cid.id, bids: { length: 3 } })
  })

  it('get no id that is taken', () => {
    const world = new Bazaar()
    const taken = newId(ARTIFACT_BID_PREFIX, ann.id, world.agent(ann.id).nonce + 1)
    const context = { state: { get: (key: string) => (key === taken ? {} : null) }, params: world.genesis.params, actor: ann.id, agent: world.agent(ann.id), height: 9 } as unknown as ActionContext
    const ruling = { override: null, storageLimit: null, commonStorageLimit: null, cargoLimit: null }
    expect(placeModuleArtifactBid.conclude(context, bid(hashOf(1), data(5)), { owner: bob.id, listing: null }, ruling)).toMatchObject({ code: 'ID_TAKEN' })
  })

  it('end by themselves after a while', () => {
    const world = new Bazaar({ market: { bid_blocks: 3 } })
    const hash = world.deploy(ann, 1)
    const id = placeBid(world, bob, hash, data(40))
    expect(world.pass(3)).toMatchObject([{ kind: 'artifact.bid_cancelled', payload: { agent: bob.id, bid_id: id, reason: 'expired' } }])
    expect([world.purse(bob).data, world.artifact(hash)?.bids]).toEqual([1_000, []])
    const other = placeBid(world, bob, hash, data(40))
    world.must(bob, unbid(hash, other))
    expect(world.pass(5)).toEqual([])
  })
})

describe('destroy_module_artifact', () => {
  it('takes artifact and bytes out of the world, for one electricity, and bids go back', () => {
    const world = new Bazaar()
    const before = totalsOf(world.kernel)
    const hash = world.deploy(ann, 1)
    placeBid(world, bob, hash, data(40))
    placeBid(world, cid, hash, electricity(10))
    const { receipt, events } = world.do(ann, destroy(hash))
    expect(receipt).toMatchObject({ code: null, fees: { electricity: 1 } })
    expect(events.map(({ kind, payload }) => [kind, payload['reason']])).toEqual([['artifact.destroyed', undefined], ['artifact.bid_cancelled', 'destroyed'], ['artifact.bid_cancelled', 'destroyed']])
    expect([world.artifact(hash), world.read(artifactWasmKey(hash)), world.read(artifactsOfKey(ann.id))]).toEqual([null, null, null])
    expect(world.read(ARTIFACTS_KEY)).toEqual({ count: 0, bytes: 0 })
    expect([world.purse(bob).data, world.purse(cid).electricity]).toEqual([1_000, 100])
    expect(totalsOf(world.kernel)).toEqual(before)
    world.deploy(bob, 1) // and can be deployed again
  })

  it('keeps what a module of the world runs', async () => {
    const { wasm, manifest } = deciding('t.rule', 'allow')
    const world = new TestWorld(testGenesis({ modules: [{ wasm, manifest }] }))
    expect((await world.act(ann, deploy(wasm))).receipt.code).toBeNull()
    expect((await world.act(ann, destroy(manifest.wasm_hash))).receipt).toMatchObject({ code: 'ARTIFACT_IN_USE', detail: { modules: 't.rule' } })
  })

  it('is for the owner, and not for what is in use', () => {
    const world = new Bazaar()
    const hash = world.deploy(ann, 1)
    expect(world.code(bob, destroy(hash))).toBe('NOT_ARTIFACT_OWNER')
    expect(world.code(ann, destroy(hashOf(9)))).toBe('ARTIFACT_NOT_FOUND')
    world.must(ann, { kind: 'equip_body_slot', slot_id: 'universal-1', module: hash })
    expect(world.do(ann, destroy(hash)).receipt).toMatchObject({ code: 'ARTIFACT_IN_USE', detail: { slots: 1 } })
    expect(world.code(ann, list(hash, data(5)))).toBe('ARTIFACT_IN_USE')
    world.must(ann, { kind: 'equip_body_slot', slot_id: 'universal-1', module: null })
    expect(world.code(ann, destroy(hash))).toBeNull()
  })
})
