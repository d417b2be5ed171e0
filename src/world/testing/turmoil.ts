import { decodeCanonical, encodeCanonical, sha256 } from '../../codec/index.ts'
import type { NodeConsensusAction, Value, ValueMap } from '../../codec/index.ts'
import { amountOf } from '../industry/bill.ts'
import { MATERIAL_KINDS, oreElement, ORES } from '../industry/materials.ts'
import { moduleBytes } from '../market/testing/bazaar.ts'
import { GAMEPLAY_KINDS } from '../module-manifest.ts'
import type { GameplayKind, ModuleManifest } from '../module-manifest.ts'
import { DEFAULT_PARAMS } from '../params.ts'
import { governanceSignerKey, signerIdOf } from '../governance/keys.ts'
import type { FactoryRecord } from '../industry/records.ts'
import type { AllianceRecord, ContractRecord } from '../society/records.ts'
import { snapshotEntries } from '../snapshot.ts'
import type { AgentRecord } from '../state/records.ts'
import type { StateReader } from '../state/state.ts'
import type { BlockContext, BlockResult, ModuleExecutor } from '../types.ts'
import { emitting } from './hand-made.ts'
import type { HandMade } from './hand-made.ts'
import { inhabitant, testGenesis, TestWorld, unsignedAction } from './test-world.ts'
import type { Inhabitant } from './test-world.ts'
import { anyVote, TURMOIL_GOVERNANCE } from './turmoil-governance.ts'

/** Numbers that look random and are the same for the same seed (mulberry32). */
export class Dice {
  private state: number

  constructor(seed: number) {
    this.state = seed >>> 0
  }

  /** From 0 to `sides` − 1. */
  roll(sides: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % sides
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.roll(times) === 0
  }

  pick<T>(list: readonly T[]): T {
    return list[this.roll(list.length)]!
  }

  /** Mostly small, at times absurd. */
  amount(usual = 20): number {
    return this.once(20) ? this.pick([0, 1_000, 1_000_000, 2 ** 40, Number.MAX_SAFE_INTEGER]) : 1 + this.roll(usual)
  }
}

const on = (stage: ModuleManifest['subscriptions']['stage'], kinds: readonly string[] = ['*']): ModuleManifest['subscriptions'] =>
  ({ stage, action_kinds: stage === 'pre_action' || stage === 'post_action' ? kinds : [], event_kinds: stage === 'post_event' ? kinds : [] })
const gameplay = (kind: GameplayKind, stage: 'tick' | 'post_event'): HandMade =>
  emitting(`t.${kind}.${stage}`, [], { role: 'gameplay', subscriptions: on(stage, ['*']), abi_contract: { cap_slots: {}, policy_hooks: [], gameplay: { kind } } })
const limits = { max_output_bytes: 1_024, max_emits: 3, max_effects: 2 }

const MODULES: readonly HandMade[] = [
  emitting('t.rules', [], { subscriptions: on('pre_action') }),
  emitting('t.own.judge', [], { kind: 'reducer', subscriptions: on('pre_action'), limits }),
  emitting('t.own.after', [], { kind: 'reducer', subscriptions: on('post_action'), limits, required_caps: ['net'] }),
  emitting('t.own.hears', [], { kind: 'reducer', subscriptions: on('post_event'), limits }),
  ...GAMEPLAY_KINDS.flatMap((kind) => [gameplay(kind, 'tick'), gameplay(kind, 'post_event')]),
]

const NAMES = ['ann', 'bob', 'cid', 'dora', 'eve', 'finn', 'gus', 'hal'] as const
const settled = NAMES.map(inhabitant)
const newcomers = ['ida', 'jim', 'kay'].map(inhabitant)
/** Where everybody meets, mostly at the first. */
const PLACES = ['asteroid/0001', 'asteroid/0001', 'asteroid/0001', 'asteroid/0001', 'asteroid/0002', 'asteroid/0003']
/** Few, so that agents find each other's. */
const ARTIFACTS = [1, 2, 3].map(moduleBytes)
const RECIPES = ['field.parts', 'field.racks', 'miner.ores']

export const TURMOIL = testGenesis({
  governance: TURMOIL_GOVERNANCE,
  agentNames: NAMES,
  modules: [...MODULES].sort((a, b) => (a.manifest.module_id < b.manifest.module_id ? -1 : 1)),
  instances: [
    ...settled.slice(0, 3).flatMap(({ id }, index) => ['judge', 'after', 'hears'].map((what) => ({ instance_id: `t.own.${what}#${index + 1}`, target: { kind: 'self_agent', agent: id } as const, owner: id }))),
    { instance_id: 't.own.judge#4', target: { kind: 'location_infrastructure', asteroid: PLACES.at(-2)! } as const, owner: settled[3]!.id },
    { instance_id: 't.own.hears#4', target: { kind: 'location_infrastructure', asteroid: PLACES.at(-1)! } as const, owner: settled[3]!.id },
  ],
  capabilities: [{ module_id: 't.own.after', name: 'net', effect_kinds: ['http.*'], expires_height: null }],
  policies: [{ when: {}, decision: 'allow' }],
  params: {
    speed_cm_per_block: 10_000_000, start_electricity: 3_000, start_data: 3_000, electricity_capacity: 5_000, registrations_per_block: 1,
    treasury_electricity: 35_000, treasury_data: 35_000, epoch_blocks: 10,
    effects: { ...DEFAULT_PARAMS.effects, max_queued: 8, expires_blocks: 3 },
    body: { ...DEFAULT_PARAMS.body, slots_max: 9, surveys_remembered: 2, access_grants_max: 3 },
    industry: { ...DEFAULT_PARAMS.industry, cargo_capacity: 120, factories_per_agent: 3, factories_per_asteroid: 5, transits_per_agent: 2, plan_blocks_max: 50, transit_max_cm_per_block: 20_000_000 },
    market: { ...DEFAULT_PARAMS.market, orders_per_side: 6, orders_per_agent: 3, order_blocks: 7, trades_per_order: 2, artifacts_max: 3, artifacts_per_agent: 2, bids_per_artifact: 2, bid_blocks: 9 },
    society: {
      ...DEFAULT_PARAMS.society, max_active_wars: 2, war_blocks: 2, war_blocks_per_intensity: 0, truce_blocks: 2, grace_blocks: 2, contract_blocks_max: 20, invitation_blocks: 20,
      crisis_cooldown_blocks: 2, crisis_aftermath_blocks: 3, max_open_proposals: 2, policy_window_blocks: 2, reputation_window_blocks: 6, reputation_pair_blocks: 2,
    },
  },
})

/** What modules answer depends on what they are asked and on nothing else, so that a replay gets the same. */
export function turmoilExecutor(): ModuleExecutor {
  return {
    call: ({ input, limits: { max_gas } }) => {
      const dice = new Dice(new DataView(sha256(input).buffer).getUint32(0))
      const { ctx, action, event } = decodeCanonical(input) as { readonly ctx: { readonly module_id: string }; readonly action?: Uint8Array; readonly event?: Uint8Array }
      const { module_id } = ctx
      const own = module_id.startsWith('t.own.')
      if (dice.once(own ? 15 : 400)) return { ok: false, failure: { code: 'TRAP', detail: 'trapped' }, fuelUsed: max_gas }
      if (dice.once(own ? 15 : 400)) return { ok: true, output: Uint8Array.of(dice.roll(256)), fuelUsed: 1 }
      const emits = own ? nonsense(dice) : module_id === 't.rules' ? rulesSay(dice, decodeCanonical(action!) as never) : directives(dice, module_id.split('.')[1]!, event)
      const state = own && dice.once(2) ? { new_state: new Uint8Array(dice.roll(300)) } : {}
      const effects = module_id === 't.own.after' && dice.once(3) ? [{ kind: dice.pick(['http.get', 'disk.wipe']), params: null, cap_ref: dice.pick(['net', 'net', 'gun']) }] : []
      return { ok: true, output: encodeCanonical({ emits, effects, ...state } as unknown as Value), fuelUsed: dice.roll(5_000) }
    },
  }
}

const emit = (kind: string, payload: Value): Value => ({ kind, payload })
const decide = (verdict: string, more: ValueMap = {}): Value => emit('rule.decision', { verdict, override_action: null, cost: {}, notes: [], ...more })

/** The modules of agents lie. */
function nonsense(dice: Dice): readonly Value[] {
  const lies: readonly (() => Value)[] = [
    () => decide('allow', { cost: { electricity: dice.roll(5), data: dice.roll(3) } }),
    () => decide(dice.once(6) ? 'deny' : 'allow', { notes: [dice.pick(['no', 'BAD_SIGNATURE', 'STORAGE_FULL'])] }),
    () => decide('modify', { override_action: { kind: 'emit_harvest', blocks: 1, amount: 1_000_000 } }),
    () => emit('power.storage_limit', { capacity: dice.pick([0, 10, 1_000_000_000]) }),
    () => emit('cargo.capacity_limit', { capacity: dice.pick([0, 10, 1_000_000_000]) }),
    () => emit('economy.mining_plan', { amount: 1_000, blocks: 1 }),
    () => emit('economy.recipe_execution_plan', null),
    () => emit('gameplay.lifecycle.directives', { directives: [{ type: 'meta_grant' }] }),
  ]
  return Array.from({ length: dice.roll(3) }, () => dice.pick(lies)())
}

/** What the world's rules plan is generous, and now and then wrong. */
function rulesSay(dice: Dice, { action, facts }: { readonly action: ValueMap; readonly facts: ValueMap }): readonly Value[] {
  if (dice.once(30)) return [decide('deny', { notes: ['today not'] })]
  if (dice.once(40)) return []
  const cost = dice.once(4) ? { cost: { electricity: dice.amount(3), data: dice.amount(2) } } : {}
  const costs = (cost.cost?.electricity ?? 0) > 1_000_000_000 || (cost.cost?.data ?? 0) > 1_000_000_000 ? {} : cost
  const modify = (override_action: Value): readonly Value[] => [decide('modify', { override_action, ...costs })]
  const plan = (kind: string, payload: Value): readonly Value[] => [emit(kind, payload), decide('allow', costs)]
  const small = (): number => (dice.once(40) ? dice.amount() : 1 + dice.roll(4))
  const material = (): string => dice.pick([...MATERIAL_KINDS.keys()])
  switch (action['kind']) {
    case 'harvest_radiation': return modify({ kind: 'emit_harvest', blocks: small(), amount: dice.amount(900) })
    case 'transfer_resource': return dice.once(3) ? modify({ kind: 'emit_resource_transfer', to: dice.pick(settled).id, resource: dice.pick(['data', 'electricity']), amount: dice.amount() }) : [decide('allow', costs)]
    case 'collect_data': return plan('data.collection_plan', { amount: dice.amount(200), blocks: small() })
    case 'body_action': return modify({ kind: 'emit_body_attributes', view: action['view']! })
    case 'mine_compound': return plan('economy.mining_plan', { amount: Math.min(1_000_000, Math.max(1, dice.once(3) ? small() : Number(facts['amount']))), blocks: 1 + dice.roll(3) })
    case 'transfer_material': return plan('economy.transit_plan', { blocks: 1 + dice.roll(6), loss_bps: dice.roll(4) * 2_000 })
    case 'build_factory': {
      return plan('economy.factory_build_decision', {
        consume: { [dice.pick(['iron_ore', 'copper_ore', 'gear'])]: small() }, power_required: small(), duration_blocks: small(),
        spec: { display_name: 'Works', tier: 1, tags: [], recipe_slots: 1 + dice.roll(3), wear_ppm_per_block: dice.pick([0, 10_000, 1_000_000]), storage_capacity: 1 + dice.roll(60) },
      })
    }
    case 'refine_compound':
    case 'schedule_recipe': {
      const made = dice.pick(['hardware_part', 'module_rack', 'gear', material()])
      const bill = dice.pick([{ iron_ore: small() }, { iron_ore: 1, copper_ore: 1 }, { [material()]: small() }])
      const extract: ValueMap = action['kind'] === 'schedule_recipe' && dice.once(2) ? { iron_ore: small() } : {}
      return plan('economy.recipe_execution_plan', {
        accepted_batches: 1, consume: bill, extract, produce: { [made]: small() }, byproducts: dice.once(2) ? { slag: 1, ...extract } : {}, power_required: small(), duration_blocks: small(),
      })
    }
    case 'validate_product': {
      const id = String(action['product_id'])
      return plan('economy.product_validation', { material: id.slice(id.indexOf('.') + 1), stack_limit: 50, tradable: true, quality_levels: [], notes: [] })
    }
    default: return [decide('allow', costs)]
  }
}

/** What gameplay modules direct, mostly what the facts call for. */
function directives(dice: Dice, kind: string, event: Uint8Array | undefined): readonly Value[] {
  if (event === undefined) return []
  const { facts } = decodeCanonical(event) as { readonly facts?: { readonly wars?: readonly ValueMap[]; readonly active?: readonly ValueMap[]; readonly pending?: readonly ValueMap[] } }
  const wish = (): ValueMap => {
    if (dice.once(3)) return { type: 'meta_grant', agent: dice.pick(settled).id, track: 'trade', points: dice.roll(100), achievement: dice.pick([null, 'bronze', 'diamond']) }
    if (kind === 'crisis') {
      const crisis = facts?.active?.[0]
      if (crisis !== undefined && dice.once(2)) return { type: 'crisis_timeout', crisis_id: crisis['crisis_id']!, penalty: dice.roll(91) }
      return { type: 'crisis_spawn', kind: dice.pick(['solar_storm', 'network_outage', 'supply_shock', 'governance_deadlock']), severity: 1, lasts_blocks: small(dice) }
    }
    if (kind === 'war' && facts?.wars !== undefined) {
      const { war_id, aggressor, defender } = dice.pick(facts.wars) as { war_id: string; aggressor: { score: number }; defender: { score: number } }
      const [a, d] = [aggressor.score, defender.score]
      return { type: 'war_conclude', war_id, winner: dice.once(5) ? 'draw' : a > d ? 'aggressor' : 'defender', aggressor_score: a, defender_score: d }
    }
    return { type: dice.pick(['governance_finalize', 'policy_update', '']), key: 'what', winning_option: null, passed: false }
  }
  return facts === undefined && !dice.once(40) ? [] : [emit('gameplay.lifecycle.directives', { directives: Array.from({ length: 1 + dice.roll(2) }, wish) })]
}

const small = (dice: Dice): number => 1 + dice.roll(10)

/** Records by key, as committed. */
export type Records = ReadonlyMap<string, unknown>

/** What somebody tries next: mostly about things there are, at times about none. */
export function anyAction(dice: Dice, who: Inhabitant, records: Records, keysOf: (prefix: string) => readonly string[]): ValueMap {
  const someone = (): string => dice.pick([...settled, ...newcomers]).id
  const place = (): string => (dice.once(30) ? 'asteroid/0999' : dice.pick(PLACES))
  const material = (): string => (dice.once(20) ? 'unobtainium' : dice.pick(['iron_ore', 'iron_ore', 'copper_ore', 'gear', 'slag', 'hardware_part', 'module_rack', ...MATERIAL_KINDS.keys()]))
  const own = Object.keys((records.get(who.id) as AgentRecord).materials)
  const held = (): string => (own.length === 0 || dice.once(6) ? material() : dice.pick(own))
  const id = (prefix: string, digits = 16): string => {
    const known = keysOf(`${prefix}/`)
    return known.length === 0 || dice.once(15) ? `${prefix}/${'0'.repeat(digits)}` : dice.pick(known)
  }
  /** One that suits the actor, if there is any, most of the time. */
  const suited = <T>(prefix: string, fits: (record: T) => boolean): string => {
    const known = keysOf(`${prefix}/`).filter((key) => fits(records.get(key) as T))
    return known.length === 0 || dice.once(8) ? id(prefix) : dice.pick(known)
  }
  const factory = (): string => suited<FactoryRecord>('factory', ({ owner, ready, asteroid }) => owner === who.id && ready && asteroid === location)
  const contract = (fits: (record: ContractRecord) => boolean): string => suited('contract', fits)
  const { location } = records.get(who.id) as AgentRecord
  const ledger = (): string => (dice.once(3) ? who.id : dice.once(2) ? id('factory') : someone())
  const resource = (): string => dice.pick(['electricity', 'data'])
  const wasm_hash = (): string => id('artifact', 64).slice('artifact/'.length)
  const bid_id = (): string => id('artifact_bid')
  const price = (): ValueMap => ({ resource: resource(), amount: 1 + dice.roll(60) })
  const amount = (): number => dice.amount()
  const council = (): string => dice.pick(['what', 'when', 'who'])
  const tries: readonly (readonly [weight: number, make: () => ValueMap])[] = [
    [6, () => ({ kind: 'move_agent', to: place() })],
    [4, () => ({ kind: 'harvest_radiation', blocks: amount() })],
    [3, () => ({ kind: 'transfer_resource', to: someone(), resource: resource(), amount: amount() })],
    [1, () => ({ kind: 'query_observation' })],
    [12, () => ({ kind: 'mine_compound', material: dice.once(8) ? material() : dice.pick(ORES), amount: amount() })],
    [8, () => ({ kind: 'refine_compound', recipe_id: dice.pick(RECIPES), batches: small(dice) })],
    [6, () => ({ kind: 'build_factory', factory_kind: dice.pick(['factory.miner.mk1', 'other']) })],
    [10, () => ({ kind: 'schedule_recipe', factory_id: factory(), recipe_id: dice.pick(RECIPES), batches: small(dice) })],
    [3, () => ({ kind: 'maintain_factory', factory_id: factory(), parts: amount() })],
    [2, () => ({ kind: 'recycle_factory', factory_id: factory() })],
    [2, () => ({ kind: 'validate_product', product_id: `any.${held()}`, amount: amount() })],
    [14, () => ({ kind: 'transfer_material', from: dice.once(2) ? who.id : ledger(), to: ledger(), material: held(), amount: amount(), priority: dice.pick(['urgent', 'standard']) })],
    [1, () => ({ kind: 'discard_material', from: ledger(), material: held(), amount: amount() })],
    [14, () => ({ kind: 'place_power_order', side: dice.pick(['buy', 'sell']), amount: amount(), limit_price: dice.amount(5) })],
    [3, () => ({ kind: 'cancel_power_order', order_id: id('power_order') })],
    [2, () => ({ kind: 'collect_held_power' })],
    [2, () => ({ kind: 'deploy_module_artifact', wasm: dice.once(8) ? new Uint8Array(dice.roll(50)) : dice.pick(ARTIFACTS) })],
    [3, () => ({ kind: 'list_module_artifact_for_sale', wasm_hash: wasm_hash(), price: price() })],
    [1, () => ({ kind: 'delist_module_artifact', wasm_hash: wasm_hash() })],
    [2, () => ({ kind: 'buy_module_artifact', wasm_hash: wasm_hash() })],
    [5, () => ({ kind: 'place_module_artifact_bid', wasm_hash: wasm_hash(), price: price() })],
    [2, () => ({ kind: 'cancel_module_artifact_bid', wasm_hash: wasm_hash(), bid_id: bid_id() })],
    [1, () => ({ kind: 'destroy_module_artifact', wasm_hash: wasm_hash() })],
    [1, () => ({ kind: 'body_action', view: { mass_kg: amount(), radius_cm: amount(), thrust_limit: amount(), cross_section_cm2: amount() } })],
    [2, () => ({ kind: 'expand_body_interface' })],
    [4, () => ({ kind: 'equip_body_slot', slot_id: dice.pick(['power-1', 'universal-1', 'universal-2', 'cargo-1', 'sensor-1']), module: dice.pick([null, 'm1.storage.cargo', 'm1.sensor.basic', 'm1.none', wasm_hash(), wasm_hash()]) })],
    [3, () => ({ kind: 'collect_data', blocks: amount() })],
    [1, () => ({ kind: 'grant_data_access', grantee: someone() })],
    [1, () => ({ kind: 'revoke_data_access', grantee: someone() })],
    [6, () => ({
      kind: 'open_economic_contract', counterparty: dice.pick([null, null, someone()]), deliver: { material: dice.once(4) ? material() : dice.pick(ORES), amount: 1 + dice.roll(2) }, payment: price(), reputation_stake: dice.roll(2),
      expires_in_blocks: 2 * small(dice), description: '',
    })],
    [6, () => ({ kind: 'accept_economic_contract', contract_id: contract(({ status, creator }) => status === 'open' && creator !== who.id) })],
    [9, () => ({ kind: 'settle_economic_contract', contract_id: contract(({ status, counterparty }) => status === 'accepted' && counterparty === who.id) })],
    [1, () => ({ kind: 'cancel_economic_contract', contract_id: contract(({ status, creator }) => status === 'open' && creator === who.id) })],
    [3, () => ({ kind: 'form_alliance', name: 'Some', invite: [...new Set([someone(), someone()])] })],
    [1, () => ({ kind: 'invite_to_alliance', alliance_id: id('alliance'), agent: someone() })],
    [8, () => ({ kind: 'join_alliance', alliance_id: suited<AllianceRecord>('alliance', ({ invitations }) => invitations.some(({ agent }) => agent === who.id)) })],
    [1, () => ({ kind: dice.pick(['leave_alliance', 'dissolve_alliance']) })],
    [5, () => ({ kind: 'declare_war', defender: suited<AllianceRecord>('alliance', ({ members }) => members.length > 1 && !members.includes(who.id)), objective: '', intensity: small(dice) })],
    [3, () => ({ kind: 'resolve_crisis', crisis_id: suited<{ status: string }>('crisis', ({ status }) => status === 'active'), amount: amount() })],
    [1, () => ({
      kind: 'open_council_proposal', key: council(), title: '', description: '', options: ['yes', 'no'], voting_window_blocks: 3, quorum_weight: 1, pass_threshold_bps: 5_000,
      policy: dice.pick([null, { electricity_tax_bps: 2_000, data_tax_bps: 0, power_trade_fee_bps: 2_000, max_open_contracts_per_agent: 2 }]),
    })],
    [2, () => ({ kind: 'cast_council_vote', key: council(), option: dice.pick(['yes', 'no', 'maybe']) })],
    [1, () => ({ kind: dice.pick(['emit_harvest', 'mine_compound', 'settle']) })],
  ]
  let left = dice.roll(tries.reduce((sum, [weight]) => sum + weight, 0))
  for (const [weight, make] of tries) {
    if (left < weight) return make()
    left -= weight
  }
  throw new Error('unreachable')
}

export interface TurmoilBlock {
  readonly context: BlockContext
  readonly actions: readonly NodeConsensusAction[]
  readonly verdicts: ReadonlyMap<string, boolean>
  readonly result: BlockResult
  /** Written by the block; null where something is gone. */
  readonly writes: readonly { readonly key: string; readonly value: Uint8Array | null }[]
}

export interface TurmoilInit {
  readonly seed: number
  readonly blocks: number
  /** Whether signers, guardians and those who would like to be try what they can as well, and old actions are brought again. */
  readonly governed?: boolean
}

const ACTIONS_PER_BLOCK = 6

/** Agents who try anything, all at once, for so many blocks. */
export function* turmoil({ seed, blocks, governed = false }: TurmoilInit): Generator<TurmoilBlock & { readonly world: TestWorld; readonly records: Records }> {
  const dice = new Dice(seed)
  const world = new TestWorld(TURMOIL, { executor: turmoilExecutor() })
  const records = new Map<string, unknown>()
  const { manifest, chunks } = world.kernel.snapshot()
  for (const { key, value } of snapshotEntries(manifest, chunks())) records.set(key, decodeCanonical(value))
  const state: StateReader = { get: (key) => (records.get(key) ?? null) as Value }
  const past: NodeConsensusAction[] = []
  const keysOf = (prefix: string): readonly string[] => [...records.keys()].filter((key) => key.startsWith(prefix)).sort()
  for (let n = 0; n < blocks; n++) {
    const present = [...settled, ...newcomers].filter(({ id }) => records.has(id))
    const nonces = new Map<string, number>()
    const next = (who: Inhabitant, action: ValueMap): NodeConsensusAction => {
      const nonce = nonces.get(who.id) ?? nonceOf(records, who.id) + 1
      nonces.set(who.id, nonce + 1)
      return unsignedAction(world.unsigned(who.id, action, { nonce: dice.once(60) ? nonce + 1 : nonce }))
    }
    const actions = Array.from({ length: dice.roll(2 * ACTIONS_PER_BLOCK) }, () => {
      const who = dice.pick(present)
      return next(who, anyAction(dice, who, records, keysOf))
    })
    if (dice.once(20)) {
      const who = dice.pick(newcomers)
      actions.push(next(who, { kind: 'register_agent', public_key: who.signer.publicKey, name: 'New' }))
    }
    for (let votes = governed ? dice.roll(4) : 0; votes > 0; votes--) {
      const { who, action } = anyVote(dice, world.kernel.worldId, state, present)
      actions.push(next(who, action))
    }
    if (governed && past.length > 0 && dice.once(2)) actions.push(dice.pick(past))
    const verdicts = new Map(actions.map(({ action_id }) => [action_id, !dice.once(50)]))
    const context = world.context()
    const result = world.kernel.executeBlock(context, actions, verdicts)
    const { writes } = world.kernel.commit()
    for (const { key, value } of writes) {
      if (value === null) records.delete(key)
      else records.set(key, decodeCanonical(value))
    }
    if (governed) past.push(...actions)
    yield { context, actions, verdicts, result, writes, world, records }
  }
}

function nonceOf(records: Records, actor: string): number {
  const signerId = signerIdOf(actor)
  return (records.get(signerId === null ? actor : governanceSignerKey(signerId)) as { readonly nonce: number } | undefined)?.nonce ?? 0
}

export type Sums = Record<string, number>

/** What a record holds: electricity and data, materials by name, elements still in asteroids under `ore:`. */
export function holdingsOf(key: string, record: unknown): Sums {
  const { electricity = 0, data = 0, materials = {} } = record as { readonly electricity?: number; readonly data?: number; readonly materials?: Sums }
  switch (key.slice(0, key.includes('/') ? key.indexOf('/') : undefined)) {
    case 'agent': return { electricity, data, ...materials }
    case 'factory': return { ...materials }
    case 'treasury': return { electricity, data }
    case 'held_power': return { electricity }
    case 'transit': {
      const { material, amount } = record as { material: string; amount: number }
      return { [material]: amount }
    }
    case 'power_order': {
      const { side, remaining, limit_price } = record as { side: string; remaining: number; limit_price: number }
      return side === 'sell' ? { electricity: remaining } : { data: remaining * limit_price }
    }
    case 'artifact_bid': return priceOf((record as { price: PriceLike }).price)
    case 'contract': {
      const { status, payment } = record as { status: string; payment: PriceLike }
      return status === 'open' || status === 'accepted' ? priceOf(payment) : {}
    }
    case 'asteroid': return Object.fromEntries(Object.entries((record as { elements: Sums }).elements).map(([element, amount]) => [`ore:${element}`, amount]))
    default: return {}
  }
}

interface PriceLike { readonly resource: string; readonly amount: number }
const priceOf = ({ resource, amount }: PriceLike): Sums => ({ [resource]: amount })

/** What one event says it brings into the world, or takes out of it. */
export function declaredBy({ kind, payload }: BlockResult['events'][number]): Sums {
  const sums: Sums = {}
  const add = (bill: Sums, sign: number): void => {
    for (const [name, amount] of Object.entries(bill)) sums[name] = (sums[name] ?? 0) + sign * amount
  }
  const bill = (name: string): Sums => payload[name] as Sums
  const units = (name: string): Sums => ({ [payload['material'] as string]: payload[name] as number })
  const ore = (of: Sums): Sums => Object.fromEntries(Object.entries(of).map(([material, amount]) => [`ore:${oreElement(material)!}`, amount]))
  switch (kind) {
    case 'agent.harvested': add({ electricity: payload['amount'] as number }, 1); break
    case 'data.collected': add({ data: payload['amount'] as number }, 1); break
    case 'mining.started': add(ore(units('amount')), -1); break
    case 'compound.mined': add(units('amount'), 1); add(ore(units('returned')), 1); break
    case 'refining.started':
    case 'factory.build_started': add(bill('consume'), -1); break
    case 'recipe.started': add(bill('consume'), -1); add(ore(bill('extract')), -1); break
    case 'compound.refined': add(bill('produce'), 1); break
    case 'recipe.completed': add(bill('produce'), 1); add(bill('byproducts'), 1); break
    case 'factory.maintained': add({ hardware_part: payload['parts'] as number }, -1); break
    case 'factory.recycled': add(bill('recovered'), 1); add(bill('lost'), -1); break
    case 'transit.completed': add(units('lost'), -1); break
    case 'material.discarded': add(units('amount'), -1); break
    case 'body.expanded': add({ module_rack: 1 }, -1); break
    case 'crisis.contributed': add({ iron_ore: payload['burned'] as number }, -1); break
    default:
  }
  return sums
}

/** Adds `sign` times `change` to `sums`. */
export function tally(sums: Sums, change: Sums, sign: number): void {
  for (const [name, amount] of Object.entries(change)) sums[name] = amountOf(sums, name) + sign * amount
}
