import { ListWriter, MapWriter, Writer, decodeActionCall, deny, plan } from '../../sdk'
import { Bill } from './bill'

/** Jobs a factory of the first generation runs at once. */
const RECIPE_SLOTS: i64 = 2
/** Units its ledger holds: the results of a few long jobs. */
const STORAGE_CAPACITY: i64 = 400
/** Durability a running job takes in a block: one job alone wears a factory out in 5,000 blocks. */
const WEAR_PPM_PER_BLOCK: i64 = 200

/** What a kind of factory is built from, and what it then is. */
@unmanaged
export class Factory {
  private kind: string
  private displayName: string
  private cost: Bill = new Bill()
  private powerRequired: i64 = 0
  private buildBlocks: i64 = 1
  private factoryTag: string = ''

  constructor(kind: string, displayName: string) {
    this.kind = kind
    this.displayName = displayName
  }

  /** Out of the builder's cargo. */
  consumes(material: string, amount: i64): Factory {
    this.cost.add(material, amount)
    return this
  }

  /** Electricity of the builder. */
  power(amount: i64): Factory {
    this.powerRequired = amount
    return this
  }

  /** How long building takes. */
  blocks(count: i64): Factory {
    this.buildBlocks = count
    return this
  }

  /** Recipes ask for it. */
  tag(name: string): Factory {
    this.factoryTag = name
    return this
  }

  /** Judges the call: all of the materials and the electricity, or nothing. */
  judge(ptr: usize, len: usize): u64 {
    const judged = decodeActionCall(ptr, len)
    if (!judged.isKind('build_factory')) unreachable()
    const facts = judged.facts
    if (!facts.field('factory_kind').isText(this.kind)) unreachable()
    const materials = facts.field('materials')
    if (this.cost.timesIn(materials, 1) < 1) return deny('INSUFFICIENT_MATERIAL').note(this.cost.missingFrom(materials)).pack()
    if (facts.field('electricity').int() < this.powerRequired) return deny('INSUFFICIENT_ELECTRICITY').pack()
    const decision = new MapWriter()
      .put('spec', this.spec())
      .put('consume', this.cost.times(1))
      .int('power_required', this.powerRequired)
      .int('duration_blocks', this.buildBlocks)
    return plan('economy.factory_build_decision', decision.done()).pack()
  }

  private spec(): Writer {
    return new MapWriter()
      .put('tags', new ListWriter().text(this.factoryTag).done())
      .int('tier', 1)
      .text('display_name', this.displayName)
      .int('recipe_slots', RECIPE_SLOTS)
      .int('storage_capacity', STORAGE_CAPACITY)
      .int('wear_ppm_per_block', WEAR_PPM_PER_BLOCK)
      .done()
  }
}
