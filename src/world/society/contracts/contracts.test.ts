import { describe, expect, it } from 'vitest'
import type { ValueMap } from '../../../codec/index.ts'
import { heldPowerKey } from '../../market/keys.ts'
import { scheduleKey } from '../../state/keys.ts'
import type { ContractRecord, Standing } from '../records.ts'
import { ann, bob, cid, Commons } from '../testing/commons.ts'
import type { SocietyParams } from '../params.ts'

const OTHER_SITE = 'asteroid/0002'
const POLICY = { electricity_tax_bps: 1_000, data_tax_bps: 500, power_trade_fee_bps: 0, max_open_contracts_per_agent: 2 }

const order = (change: ValueMap = {}): ValueMap => ({
  kind: 'open_economic_contract', counterparty: null, deliver: { material: 'iron_ore', amount: 5 }, payment: { resource: 'electricity', amount: 50 },
  reputation_stake: 4, expires_in_blocks: 20, description: 'Ore for the smelter', ...change,
})
const accept = (contract_id: string): ValueMap => ({ kind: 'accept_economic_contract', contract_id })
const settle = (contract_id: string): ValueMap => ({ kind: 'settle_economic_contract', contract_id })
const cancel = (contract_id: string): ValueMap => ({ kind: 'cancel_economic_contract', contract_id })
const NOWHERE = 'contract/0000000000000000'

/** A world where bob carries ore. */
function market(society: Partial<SocietyParams> = {}): Commons {
  const world = new Commons({ policy: POLICY, ...society })
  world.change(bob, { materials: { iron_ore: 100 } })
  return world
}
const open = (world: Commons, change: ValueMap = {}): string => world.must(ann, order(change))['contract_id'] as string
const contract = (world: Commons, id: string): ContractRecord => world.read(id) as ContractRecord
const standing = (world: Commons, id: string): Standing => world.read(`standing/${id.slice(6)}`) as Standing

describe('a contract that is kept', () => {
  it('holds the payment, moves goods and payment less tax, and makes both a name', () => {
    const world = market()
    const before = world.totals()
    const id = open(world)
    expect(world.agent(ann.id)).toMatchObject({ electricity: 50 })
    expect(contract(world, id)).toMatchObject({ creator: ann.id, counterparty: null, status: 'open', place: world.site, expires_height: 21 })
    expect(world.totals()).toEqual(before)
    world.must(bob, accept(id))
    expect(contract(world, id)).toMatchObject({ counterparty: bob.id, status: 'accepted' })
    const treasury = world.read('treasury') as { electricity: number }
    const settled = world.must(bob, settle(id))
    expect(settled).toMatchObject({ agent: bob.id, creator: ann.id, tax: 5, creator_reputation: 4, counterparty_reputation: 4, counterparty_settled: 1 })
    expect(world.agent(ann.id)).toMatchObject({ electricity: 50, materials: { iron_ore: 5 }, reputation: 4 })
    expect(world.agent(bob.id)).toMatchObject({ electricity: 145, materials: { iron_ore: 95 }, reputation: 4 })
    expect(world.read('treasury')).toMatchObject({ electricity: treasury.electricity + 5 })
    expect(world.totals()).toEqual(before)
    expect(standing(world, bob.id)).toMatchObject({ open_contracts: 0, settled: 1, failed: 0 })
    expect(contract(world, id).status).toBe('settled')
    expect(world.pass(30).some(({ kind }) => kind === 'contract.expired')).toBe(false)
  })

  it('brings reputation by amount, stake and bound', () => {
    const gain = (amount: number, reputation_stake: number): unknown => {
      const world = market()
      world.change(ann, { electricity: 200, reputation: 50 })
      world.change(bob, { electricity: 0, reputation: 50 })
      const id = open(world, { payment: { resource: 'electricity', amount }, reputation_stake })
      world.must(bob, accept(id))
      return world.must(bob, settle(id))['counterparty_reputation']
    }
    expect(gain(5, 10)).toBe(1)
    expect(gain(35, 10)).toBe(3)
    expect(gain(150, 7)).toBe(7)
    expect(gain(150, 50)).toBe(12)
    expect(gain(150, 0)).toBe(0)
  })

  it('brings nothing more from the same partner at once, and no more than the cap within the window', () => {
    const world = market({ reputation_gain_cap: 9, reputation_pair_blocks: 5 })
    world.change(cid, { materials: { iron_ore: 50 } })
    const keep = (who: typeof bob): number => {
      world.change(ann, { electricity: 100 })
      world.change(who, { electricity: 0 })
      const id = open(world, { payment: { resource: 'electricity', amount: 60 }, reputation_stake: 6 })
      world.must(who, accept(id))
      return world.must(who, settle(id))['creator_reputation'] as number
    }
    expect(keep(bob)).toBe(6)
    expect(keep(bob)).toBe(0)
    expect(keep(cid)).toBe(3)
    world.pass(6)
    expect(keep(bob)).toBe(0)
    world.pass(20)
    expect(keep(bob)).toBe(6)
    expect(standing(world, ann.id).gains).toHaveLength(1)
  })

  it('pays data only to whom its owner has granted access', () => {
    const world = market()
    const id = open(world, { payment: { resource: 'data', amount: 20 } })
    expect(world.code(bob, accept(id))).toBe('NO_DATA_ACCESS')
    world.must(ann, { kind: 'grant_data_access', grantee: bob.id })
    world.must(bob, accept(id))
    world.must(ann, { kind: 'revoke_data_access', grantee: bob.id })
    expect(world.must(bob, settle(id))).toMatchObject({ tax: 1 })
    expect(world.agent(bob.id).data).toBe(39)
  })
})

describe('a contract that is not kept', () => {
  it('costs nobody anything when nobody accepted it', () => {
    const world = market()
    const id = open(world)
    const [expired] = world.advanceTo(22).filter(({ kind }) => kind === 'contract.expired')
    expect(expired!.payload).toMatchObject({ contract_id: id, blamed: null, creator_reputation: 0, counterparty_reputation: 0, refunded: { resource: 'electricity', amount: 50 } })
    expect(world.agent(ann.id)).toMatchObject({ electricity: 100, reputation: 0 })
    expect(standing(world, ann.id)).toMatchObject({ open_contracts: 0, failed: 0 })
    expect(world.code(bob, accept(id))).toBe('CONTRACT_NOT_OPEN')
  })

  it('costs whoever promised the goods its stake, as far as it has it, and some of its credit', () => {
    const world = market()
    world.change(bob, { reputation: 3 })
    const id = open(world)
    world.must(bob, accept(id))
    world.advanceTo(22)
    expect(world.agent(ann.id)).toMatchObject({ electricity: 100, reputation: 0 })
    expect(world.agent(bob.id)).toMatchObject({ reputation: 0 })
    expect(standing(world, bob.id)).toMatchObject({ open_contracts: 0, settled: 0, failed: 1 })
    expect(world.do(bob, order({ reputation_stake: 10 })).receipt).toMatchObject({ code: 'STAKE_TOO_HIGH', detail: { max: 9 } })
  })

  it('costs the creator its stake when the counterparty waited with the goods where it promised to be', () => {
    const world = market()
    world.change(ann, { reputation: 10 })
    world.change(bob, { reputation: 10 })
    const id = open(world)
    world.must(bob, accept(id))
    world.change(ann, { location: OTHER_SITE })
    const [expired] = world.advanceTo(22).filter(({ kind }) => kind === 'contract.expired')
    expect(expired!.payload).toMatchObject({ contract_id: id, blamed: ann.id, creator_reputation: -4, counterparty_reputation: 0 })
    expect([world.agent(ann.id).reputation, world.agent(bob.id).reputation]).toEqual([6, 10])
    expect(standing(world, ann.id).failed).toBe(1)
  })

  it('costs nobody a stake when the goods were there and the creator may have had no room for them', () => {
    const full = { materials: { slag: 96 } }
    const slotless = { cargo: false }
    for (const obstacle of [full, slotless]) {
      const world = market()
      world.change(ann, { reputation: 10 })
      world.change(bob, { reputation: 10 })
      const id = open(world)
      world.must(bob, accept(id))
      if (obstacle === slotless) world.must(ann, { kind: 'equip_body_slot', slot_id: 'cargo-1', module: null })
      else world.change(ann, full)
      const [expired] = world.advanceTo(22).filter(({ kind }) => kind === 'contract.expired')
      expect(expired!.payload).toMatchObject({ blamed: null, creator_reputation: 0, counterparty_reputation: 0 })
      expect([standing(world, ann.id).failed, standing(world, bob.id).failed]).toEqual([0, 0])
    }
  })

  it('can be taken back before somebody accepts it', () => {
    const world = market()
    const id = open(world)
    world.must(ann, cancel(id))
    expect(world.agent(ann.id).electricity).toBe(100)
    expect(contract(world, id).status).toBe('cancelled')
    expect(world.code(ann, cancel(id))).toBe('CONTRACT_NOT_OPEN')
    expect(world.code(bob, accept(id))).toBe('CONTRACT_NOT_OPEN')
  })
})

describe('rejections', () => {
  it('of opening', () => {
    const world = market({ contract_blocks_max: 50 })
    const cases: readonly (readonly [ValueMap, string])[] = [
      [{ counterparty: ann.id }, 'SELF_CONTRACT'],
      [{ counterparty: `agent/${'0'.repeat(32)}` }, 'AGENT_NOT_FOUND'],
      [{ deliver: { material: 'gold', amount: 1 } }, 'MATERIAL_UNKNOWN'],
      [{ deliver: { material: 'iron_ore', amount: 0 } }, 'BAD_ACTION'],
      [{ expires_in_blocks: 51 }, 'CONTRACT_TERM_TOO_LONG'],
      [{ expires_in_blocks: 0 }, 'BAD_ACTION'],
      [{ reputation_stake: 11 }, 'STAKE_TOO_HIGH'],
      [{ reputation_stake: 10_001 }, 'BAD_ACTION'],
      [{ payment: { resource: 'electricity', amount: 101 } }, 'INSUFFICIENT_ELECTRICITY'],
      [{ payment: { resource: 'data', amount: 21 } }, 'INSUFFICIENT_DATA'],
      [{ payment: { resource: 'iron_ore', amount: 1 } }, 'BAD_ACTION'],
      [{ description: 'two\nlines' }, 'BAD_ACTION'],
    ]
    for (const [change, code] of cases) expect(world.code(ann, order(change)), JSON.stringify(change)).toBe(code)
    open(world, { payment: { resource: 'electricity', amount: 1 } })
    open(world, { payment: { resource: 'electricity', amount: 1 } })
    expect(world.do(ann, order()).receipt).toMatchObject({ code: 'CONTRACT_LIMIT', detail: { open_contracts: 2, limit: 2 } })
  })

  it('of accepting', () => {
    const world = market()
    const forBob = open(world, { counterparty: bob.id, reputation_stake: 4 })
    expect(world.code(cid, accept(forBob))).toBe('NOT_CONTRACT_PARTY')
    expect(world.code(ann, accept(forBob))).toBe('SELF_CONTRACT')
    expect(world.code(bob, accept(NOWHERE))).toBe('CONTRACT_NOT_FOUND')
    world.put({ [`standing/${bob.id.slice(6)}`]: { open_contracts: 0, settled: 0, failed: 7, gains: [] } })
    expect(world.do(bob, accept(forBob)).receipt).toMatchObject({ code: 'STAKE_TOO_HIGH', detail: { max: 3 } })
    world.put({ [`standing/${bob.id.slice(6)}`]: { open_contracts: 2, settled: 0, failed: 0, gains: [] } })
    expect(world.code(bob, accept(forBob))).toBe('CONTRACT_LIMIT')
  })

  it('of settling', () => {
    const world = market()
    world.change(ann, { electricity: 190 })
    const id = open(world, { payment: { resource: 'electricity', amount: 150 } })
    expect(world.code(bob, settle(id))).toBe('CONTRACT_NOT_ACCEPTED')
    expect(world.code(bob, settle(NOWHERE))).toBe('CONTRACT_NOT_FOUND')
    world.must(bob, accept(id))
    expect(world.code(ann, settle(id))).toBe('NOT_CONTRACT_PARTY')
    expect(world.code(cid, cancel(id))).toBe('NOT_CONTRACT_PARTY')
    expect(world.code(ann, cancel(id))).toBe('CONTRACT_NOT_OPEN')
    expect(world.code(ann, cancel(NOWHERE))).toBe('CONTRACT_NOT_FOUND')
    expect(world.do(bob, settle(id)).receipt).toMatchObject({ code: 'STORAGE_FULL', detail: { balance: 100, amount: 135, capacity: 200 } })
    world.change(bob, { electricity: 0, materials: { iron_ore: 4 } })
    expect(world.do(bob, settle(id)).receipt).toMatchObject({ code: 'INSUFFICIENT_MATERIAL', detail: { material: 'iron_ore', required: 5, available: 4 } })
    world.change(bob, { location: OTHER_SITE, materials: { iron_ore: 5 } })
    expect(world.code(bob, settle(id))).toBe('NOT_CO_LOCATED')
    world.change(bob, { location: world.site })
    world.change(ann, { materials: { slag: world.genesis.params.industry.cargo_capacity - 4 } })
    expect(world.code(bob, settle(id))).toBe('CARGO_FULL')
    world.change(ann, { materials: {} })
    expect(world.code(bob, settle(id))).toBe(null)
  })

  it('of terms that are over, in the blocks before the kernel ends them', () => {
    const world = market()
    const id = open(world)
    world.put({ [id]: { ...contract(world, id), expires_height: 1 } })
    expect(world.code(bob, accept(id))).toBe('CONTRACT_EXPIRED')
    world.put({ [id]: { ...contract(world, id), status: 'accepted', counterparty: bob.id } })
    expect(world.code(bob, settle(id))).toBe('CONTRACT_EXPIRED')
  })
})

it('what is over leaves nothing to do, and nobody adds to a block that has too much to do', () => {
  const world = market()
  const id = open(world)
  const due = scheduleKey(contract(world, id).expires_height + 1, 0)
  expect(world.read(due)).toMatchObject([{ subject: id }])
  world.must(ann, cancel(id))
  expect(world.read(due)).toBeNull()
  const crowded = scheduleKey(world.kernel.height() + 1 + 6 + 1, 15)
  world.put({ [crowded]: [{ kind: 'arrival', subject: ann.id, cause: '1-0' }] })
  expect(world.code(ann, order({ expires_in_blocks: 6 }))).toBe('CONTRACT_TERM_CROWDED')
  expect(world.code(ann, order({ expires_in_blocks: 6 }))).toBe(null)
})

it('electricity that comes back and does not fit is held, whether a contract is cancelled or runs out', () => {
  const world = market()
  const id = open(world)
  open(world, { expires_in_blocks: 3 })
  world.change(ann, { electricity: 180 })
  world.must(ann, cancel(id))
  expect([world.agent(ann.id).electricity, world.read(heldPowerKey(ann.id))]).toEqual([200, { electricity: 30 }])
  world.advanceTo(world.kernel.height() + 4)
  expect([world.agent(ann.id).electricity, world.read(heldPowerKey(ann.id))]).toEqual([200, { electricity: 80 }])
})

it('old contracts are forgotten, so that history does not fill the state', () => {
  const world = market()
  const ids = Array.from({ length: 34 }, () => {
    const id = open(world)
    world.must(ann, cancel(id))
    return id
  })
  expect(world.read(ids[0]!)).toBe(null)
  expect(world.read(ids[1]!)).toBe(null)
  expect(contract(world, ids[2]!).status).toBe('cancelled')
  expect(world.read('recent/contracts')).toEqual(ids.slice(2))
})
