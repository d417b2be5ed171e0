import { decodeCanonical, encodeCanonical } from '../../../codec/index.ts'
import type { NodeConsensusAction, Value, ValueMap } from '../../../codec/index.ts'
import type { WorldEvent } from '../../events.ts'
import { distanceCm } from '../../geometry.ts'
import { DEFAULT_PARAMS } from '../../params.ts'
import type { IndustryParams } from '../params.ts'
import type { FactoryRecord } from '../records.ts'
import { unitsOf } from '../bill.ts'
import { remainingOre } from '../ore.ts'
import { ORES } from '../materials.ts'
import { emitting } from '../../testing/hand-made.ts'
import type { HandMade } from '../../testing/hand-made.ts'
import type { AsteroidRecord, Materials } from '../../state/records.ts'
import { inhabitant, testGenesis, TestWorld, unsignedAction } from '../../testing/test-world.ts'
import type { Inhabitant } from '../../testing/test-world.ts'
import type { BlockContext, BlockResult, ModuleExecutor } from '../../types.ts'

export type Emit = { readonly kind: string; readonly payload: Value }
/** What the world's one rule module says about an action, given its facts. */
export type Rules = (action: ValueMap, facts: ValueMap) => readonly Emit[]

const ruleModule = (): HandMade => emitting('t.rules', [], { subscriptions: { action_kinds: ['*'], event_kinds: [], stage: 'pre_action' } })

/** Centimetres a block. */
const SPEED = 1_000_000

/** An executor in which the rule module is a function. */
export function executorOf(rules: Rules): ModuleExecutor {
  return {
    call: ({ input }) => {
      const { action } = decodeCanonical(input) as { readonly action: Uint8Array }
      const told = decodeCanonical(action) as { readonly action: ValueMap; readonly facts: ValueMap }
      return { ok: true, output: encodeCanonical({ effects: [], emits: rules(told.action, told.facts) as unknown as Value }), fuelUsed: 1 }
    },
  }
}

export const miningPlan = (amount: number, blocks = 2): Emit => ({ kind: 'economy.mining_plan', payload: { amount, blocks } })

export interface RecipeInit {
  readonly accepted_batches?: number
  readonly consume?: Materials
  readonly extract?: Materials
  readonly produce?: Materials
  readonly byproducts?: Materials
  readonly power_required?: number
  readonly duration_blocks?: number
}
export const recipePlan = (init: RecipeInit): Emit => ({
  kind: 'economy.recipe_execution_plan',
  payload: { accepted_batches: 1, consume: {}, extract: {}, produce: {}, byproducts: {}, power_required: 0, duration_blocks: 2, ...init },
})

export const SPEC = { display_name: 'Test works', tier: 1, tags: ['test'], recipe_slots: 2, wear_ppm_per_block: 1_000, storage_capacity: 40 }
export const buildPlan = (change: Partial<{ consume: Materials; power_required: number; duration_blocks: number; spec: Partial<typeof SPEC> }> = {}): Emit => ({
  kind: 'economy.factory_build_decision',
  payload: { consume: { structural_frame: 10 }, power_required: 0, duration_blocks: 3, ...change, spec: { ...SPEC, ...change.spec } },
})
export const transitPlan = (blocks: number, loss_bps = 0): Emit => ({ kind: 'economy.transit_plan', payload: { blocks, loss_bps } })
export const cargoLimit = (capacity: number): Emit => ({ kind: 'cargo.capacity_limit', payload: { capacity } })

export const ann = inhabitant('ann')
export const bob = inhabitant('bob')

/** One block of a world, for playing it again. */
export interface PlayedBlock {
  readonly context: BlockContext
  readonly actions: readonly NodeConsensusAction[]
  readonly verdicts: ReadonlyMap<string, boolean> | undefined
  readonly result: BlockResult
}

const isAboutTheWorld = ({ kind }: WorldEvent): boolean => !kind.startsWith('module.')

interface Acted {
  readonly receipt: BlockResult['receipts'][number]
  /** Those of the whole block, without the world's keeping of accounts about its modules. */
  readonly events: BlockResult['events']
}

/** A world whose rules a test writes, with ann and bob docked at an asteroid that has all ores but rare earths. Moving is free. */
export class Workshop extends TestWorld {
  rules: Rules
  /** Every block so far. */
  readonly played: PlayedBlock[] = []
  readonly site: string
  /** Another asteroid with those ores, more than two blocks away. */
  readonly elsewhere: string

  constructor(industry: Partial<IndustryParams> = {}, rules: Rules = () => []) {
    const now: Rules = (action, facts) => this.rules(action, facts)
    super(
      testGenesis({
        modules: [ruleModule()],
        params: {
          speed_cm_per_block: SPEED, start_electricity: 100_000, electricity_capacity: 1_000_000, treasury_electricity: 10_000_000,
          industry: { ...DEFAULT_PARAMS.industry, cargo_capacity: 1_000, mine_amount_max: 1_000, transit_max_cm_per_block: 20_000_000, ...industry },
        },
      }),
      { executor: executorOf(now) },
    )
    this.rules = rules
    const workable = this.kernel.view().asteroids.ids.filter((id) => ORES.every((ore) => ore === 'rare_earth_raw' || remainingOre(this.asteroid(id), ore) >= 500))
    this.site = workable[0]!
    const far = (id: string): boolean => distanceCm(this.asteroid(id).position, this.asteroid().position) > 2 * SPEED
    this.elsewhere = workable.find(far)!
    for (const who of [ann, bob]) this.move(who, this.site)
  }

  override block(actions: readonly NodeConsensusAction[] = [], verdicts?: ReadonlyMap<string, boolean>): BlockResult {
    const context = this.context()
    const result = super.block(actions, verdicts)
    this.played.push({ context, actions, verdicts, result })
    return result
  }

  asteroid(id = this.site): AsteroidRecord {
    return this.read(id) as AsteroidRecord
  }

  factory(id: string): FactoryRecord {
    return this.read(id) as FactoryRecord
  }

  cargo(who: Inhabitant): Materials {
    return this.agent(who.id).materials
  }

  /** Executes and commits a block with one action, its signature vouched for. */
  do(who: Inhabitant, action: ValueMap): Acted {
    const signed = unsignedAction(this.unsigned(who.id, action))
    const { receipts, events } = this.block([signed], new Map([[signed.action_id, true]]))
    return { receipt: receipts[0]!, events: events.filter(isAboutTheWorld) }
  }

  /** The code `action` is rejected with; null when it is applied. */
  code(who: Inhabitant, action: ValueMap): string | null {
    return this.do(who, action).receipt.code
  }

  /** Does it, and has to succeed. */
  must(who: Inhabitant, action: ValueMap): Acted {
    const acted = this.do(who, action)
    if (acted.receipt.code !== null) throw new Error(`${acted.receipt.code} ${JSON.stringify(acted.receipt.detail)}`)
    return acted
  }

  pass(blocks: number): BlockResult['events'] {
    return this.advanceTo(this.kernel.height() + blocks).filter(isAboutTheWorld)
  }

  move(who: Inhabitant, to: string): void {
    if (this.agent(who.id).location === to) return
    this.must(who, { kind: 'move_agent', to })
    this.advanceTo(this.agent(who.id).motion!.arrive_height)
  }

  /** Has an agent dig ore, and work iron into the rest, until it holds `materials` besides what it held. */
  stock(who: Inhabitant, materials: Materials): void {
    const { rules } = this
    const dig = (material: string, amount: number): void => {
      this.rules = () => [miningPlan(amount, 1), cargoLimit(100_000)]
      this.must(who, { kind: 'mine_compound', material, amount })
      this.pass(1)
    }
    const made = Object.fromEntries(Object.entries(materials).filter(([material]) => !ORES.includes(material)))
    if (unitsOf(made) > 0) {
      const iron_ore = Math.ceil(unitsOf(made) / 2)
      dig('iron_ore', iron_ore)
      this.rules = () => [recipePlan({ consume: { iron_ore }, produce: made, duration_blocks: 1 }), cargoLimit(100_000)]
      this.must(who, { kind: 'refine_compound', recipe_id: 'test.stock', batches: 1 })
      this.pass(1)
    }
    for (const ore of ORES) if (materials[ore] !== undefined) dig(ore, materials[ore])
    this.rules = rules
  }

  /** A factory of `who`, complete. */
  build(who: Inhabitant, change: Parameters<typeof buildPlan>[0] = {}): string {
    const { rules } = this
    this.stock(who, change.consume ?? { structural_frame: 10 })
    this.rules = () => [buildPlan(change)]
    const { events } = this.must(who, { kind: 'build_factory', factory_kind: 'factory.test.mk1' })
    this.rules = rules
    const started = events.find(({ kind }) => kind === 'factory.build_started')!
    this.pass(change.duration_blocks ?? 3)
    return started.payload['factory'] as string
  }
}
