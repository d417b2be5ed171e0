import { describe, expect, it } from 'vitest'
import { decodeCanonical } from '../../codec/index.ts'
import type { ValueMap } from '../../codec/index.ts'
import { oreElement } from '../industry/materials.ts'
import { emitting } from '../testing/hand-made.ts'
import { inhabitant, m1Modules, testGenesis, TestWorld, unsignedAction } from '../testing/test-world.ts'
import type { Inhabitant } from '../testing/test-world.ts'
import { moduleStateKey, worldInstanceId } from '../state/keys.ts'
import type { AsteroidRecord } from '../state/records.ts'
import type { BlockResult } from '../types.ts'
import { bodyKey } from './keys.ts'

const ann = inhabitant('ann')
const bob = inhabitant('bob')

/** The set m1 and nothing else, as shipped; 150 electricity and 1,000 data each. */
class M1World extends TestWorld {
  constructor(modules = m1Modules) {
    super(testGenesis({ modules, params: { start_electricity: 150, start_data: 1_000, treasury_data: 1_000_000, speed_cm_per_block: 10_000_000 } }))
  }

  do(who: Inhabitant, ...actions: ValueMap[]): BlockResult {
    const unsigned = actions.map((action) => this.unsigned(who.id, action))
    const signed = unsigned.map((action, index) => unsignedAction({ ...action, nonce: action.nonce + index }))
    return this.block(signed, new Map(signed.map(({ action_id }) => [action_id, true])))
  }

  receipt(who: Inhabitant, action: ValueMap): BlockResult['receipts'][number] {
    return this.do(who, action).receipts[0]!
  }

  asteroid(id: string): AsteroidRecord {
    return this.read(id) as AsteroidRecord
  }

  nearest(who: Inhabitant, wanted: (asteroid: AsteroidRecord, id: string) => boolean): string {
    const { position } = this.agent(who.id)
    const away = (id: string): number => Math.hypot(this.asteroid(id).position.x - position.x, this.asteroid(id).position.y - position.y)
    return this.kernel.view().asteroids.ids.filter((id) => wanted(this.asteroid(id), id)).sort((a, b) => away(a) - away(b))[0]!
  }

  /** Takes an agent to the nearest asteroid that is as asked for. */
  travelTo(who: Inhabitant, wanted: (asteroid: AsteroidRecord) => boolean): string {
    const nearest = this.nearest(who, wanted)
    if (this.agent(who.id).location === nearest) return nearest
    const receipt = this.receipt(who, { kind: 'move_agent', to: nearest })
    if (receipt.code !== null) throw new Error(receipt.code)
    this.advanceTo(this.agent(who.id).motion!.arrive_height)
    return nearest!
  }
}

const equip = (slot_id: string, module: string | null): ValueMap => ({ kind: 'equip_body_slot', slot_id, module })

describe('the set m1 in a world', () => {
  it('lets an agent collect data as long as an asteroid has something new to tell', () => {
    const world = new M1World()
    const found: number[] = []
    for (let survey = 0; survey < 10; survey++) {
      const { receipts } = world.do(ann, { kind: 'collect_data', blocks: 10 })
      if (receipts[0]!.code !== null) {
        expect(receipts[0]).toMatchObject({ code: 'NOTHING_NEW' })
        break
      }
      expect(receipts[0]!.fees).toEqual({ electricity: 10, data: 0 })
      found.push(world.advanceTo(world.kernel.height() + 10).find(({ kind }) => kind === 'data.collected')!.payload['amount'] as number)
    }
    expect(found).toEqual([30, 15, 7, 3, 1])
    expect(world.agent(ann.id)).toMatchObject({ electricity: 100, data: 1_056 })
  })

  it('needs a sensor to look around, and a drive to move', () => {
    const world = new M1World()
    expect(world.receipt(ann, { kind: 'query_observation' })).toMatchObject({ code: null, fees: { electricity: 1 } })
    world.do(ann, equip('sensor-1', null), equip('mobility-1', null))
    expect(world.receipt(ann, { kind: 'query_observation' }).code).toBe('NO_SENSOR')
    expect(world.receipt(ann, { kind: 'collect_data', blocks: 1 }).code).toBe('NO_SENSOR')
    const elsewhere = world.agent(ann.id).location === 'asteroid/0001' ? 'asteroid/0002' : 'asteroid/0001'
    expect(world.receipt(ann, { kind: 'move_agent', to: elsewhere }).code).toBe('NO_MOBILITY')
    world.do(ann, equip('universal-1', 'm1.mobility.basic'))
    expect(world.receipt(ann, { kind: 'move_agent', to: elsewhere }).code).not.toBe('NO_MOBILITY')
  })

  it('harvests more with a third power slot, and nothing without any', () => {
    const world = new M1World()
    const radiation = world.asteroid(world.travelTo(ann, (asteroid) => asteroid.radiation >= 10)).radiation
    const harvest = (): unknown => world.do(ann, { kind: 'harvest_radiation', blocks: 2 }).events.find(({ kind }) => kind === 'harvest.started')?.payload['amount']
    const perBlock = 1 + Math.floor(radiation / 10)
    expect(harvest()).toBe(2 * perBlock)
    world.advanceTo(world.kernel.height() + 2)
    world.do(ann, equip('universal-1', 'm1.power.radiation_harvest'))
    expect(harvest()).toBe(3 * perBlock)
    world.advanceTo(world.kernel.height() + 2)
    world.do(ann, equip('universal-1', null), equip('power-1', null), equip('power-2', null))
    expect(world.receipt(ann, { kind: 'harvest_radiation', blocks: 2 }).code).toBe('NO_POWER_SLOT')
  })

  it('rebuilds a body for ten electricity, within what bodies can be', () => {
    const world = new M1World()
    const view = { mass_kg: 300, radius_cm: 100, thrust_limit: 2_000, cross_section_cm2: 20_000 }
    expect(world.receipt(ann, { kind: 'body_action', view })).toMatchObject({ code: null, fees: { electricity: 10 } })
    expect(world.read(bodyKey(ann.id))).toMatchObject({ view })
    expect(world.receipt(ann, { kind: 'body_action', view: { ...view, thrust_limit: 6_001 } })).toMatchObject({ code: 'BODY_OUT_OF_RANGE', detail: { notes: 'BODY_OUT_OF_RANGE; thrust_limit' } })
  })

  it('bounds the electricity an agent can buy, and gives the rest of a cancelled order back when there is room', () => {
    const world = new M1World()
    const order = (side: string, amount: number, limit_price: number): ValueMap => ({ kind: 'place_power_order', side, amount, limit_price })
    expect(world.receipt(bob, order('buy', 51, 2))).toMatchObject({ code: 'STORAGE_FULL', detail: { module_id: 'm1.power.storage' } })
    const placed = world.do(ann, order('sell', 60, 2)).events.find(({ kind }) => kind === 'power_order.placed')!
    world.do(bob, order('buy', 50, 2))
    expect([world.agent(ann.id), world.agent(bob.id)]).toMatchObject([{ electricity: 90, data: 1_099 }, { electricity: 200, data: 900 }]) // 1 % to the treasury
    world.do(ann, { kind: 'cancel_power_order', order_id: placed.payload['order_id'] as string })
    expect(world.agent(ann.id).electricity).toBe(100)
  })

  it('fills a hold up to its slots, and makes the way dearer for it', () => {
    const plan = emitting('t.mining', [{ kind: 'economy.mining_plan', payload: { amount: 10, blocks: 1 } }], { subscriptions: { action_kinds: ['mine_compound'], event_kinds: [], stage: 'pre_action' } })
    const world = new M1World([...m1Modules, plan])
    const iron = (asteroid: AsteroidRecord): number => asteroid.elements[oreElement('iron_ore')!] ?? 0
    const place = world.travelTo(ann, (asteroid) => iron(asteroid) >= 1_000)
    const mine = (): BlockResult['receipts'][number] => world.receipt(ann, { kind: 'mine_compound', material: 'iron_ore', amount: 10 })
    const fill = (): void => {
      for (let digs = 0; digs < 30 && mine().code === null; digs++) world.block()
    }
    fill()
    expect(world.agent(ann.id).materials).toEqual({ iron_ore: 120 })
    world.do(ann, equip('universal-1', 'm1.storage.cargo'))
    fill()
    expect(world.agent(ann.id).materials).toEqual({ iron_ore: 200 })
    const next = world.nearest(ann, (_, id) => id !== place)
    const { receipts, events } = world.do(ann, { kind: 'move_agent', to: next })
    const km = Math.ceil((events.find(({ kind }) => kind === 'agent.departed')!.payload['distance_cm'] as number) / 100_000)
    expect(receipts[0]!.fees.electricity).toBe(km + Math.floor((km * 200) / 160))
  })

  it('remembers what is worth it, and forgets the oldest first', () => {
    const world = new M1World()
    const memories = (): readonly { kind: string; agent: string | null; height: number }[] => {
      const state = world.read(moduleStateKey(worldInstanceId('m1.memory.core'))) as Uint8Array | null
      return state === null ? [] : (decodeCanonical(state) as never)
    }
    world.do(ann, { kind: 'query_observation' })
    world.do(ann, { kind: 'transfer_resource', to: bob.id, resource: 'data', amount: 1 })
    expect(memories()).toEqual([])
    const newcomer = inhabitant('newcomer')
    world.do(newcomer, { kind: 'register_agent', public_key: newcomer.signer.publicKey, name: 'New' })
    expect(memories()).toEqual([{ kind: 'agent.registered', agent: newcomer.id, height: 3 }])
    for (let round = 0; round < 130; round++) {
      const [seller, buyer] = round % 2 === 0 ? [ann, bob] : [bob, ann]
      world.do(seller, { kind: 'place_power_order', side: 'sell', amount: 1, limit_price: 1 })
      world.do(buyer, { kind: 'place_power_order', side: 'buy', amount: 1, limit_price: 1 })
    }
    const kept = memories()
    expect(kept).toHaveLength(128)
    expect(new Set(kept.map(({ kind }) => kind))).toEqual(new Set(['power.traded']))
    expect(kept.map(({ height }) => height)).toEqual(Array.from({ length: 128 }, (_, index) => 3 + 2 * (index + 3)))
    expect(kept[0]!.agent).toBe(bob.id)
  })

  it('remembers no more of a block than it has room for, however many things somebody makes happen in it for nothing', () => {
    const world = new M1World()
    const flood = (): BlockResult => world.do(ann, ...Array.from({ length: 600 }, (_, n): ValueMap => (n % 2 === 0 ? { kind: 'form_alliance', name: 'Some', invite: [] } : { kind: 'dissolve_alliance' })))
    flood()
    const { receipts, fuel_used, events } = flood()
    expect(receipts.filter(({ code }) => code !== null)).toEqual([])
    expect(fuel_used).toBeLessThan(world.genesis.params.block_fuel_limit / 5)
    expect(events.filter(({ kind }) => kind === 'module.call_failed').map(({ payload }) => payload['module_id'])).toEqual(['m1.memory.core'])
  })

  it('asks only the rules of storage and transfer about a transfer', () => {
    const asked = m1Modules.filter(({ manifest: { subscriptions } }) => subscriptions.action_kinds.includes('transfer_resource') || subscriptions.event_kinds.some((kind) => 'resource.transferred'.startsWith(kind.replace('*', ''))))
    expect(asked.map(({ manifest }) => manifest.module_id)).toEqual(['m1.power.storage', 'm1.rule.transfer'])
  })
})
