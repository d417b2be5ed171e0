import { ActionCall, Item, MapWriter, Writer, decodeActionCall, deny, plan } from '../../sdk'
import { Bill } from './bill'
import { BOOTSTRAP, stageOf } from './stage'

/** Far above what the kernel lets an agent ask for; keeps every product far below 2^53. */
const MAX_BATCHES: i64 = 1_000_000

/** What one batch of a recipe takes and gives, and where and when it may be made. */
@unmanaged
export class Recipe {
  private id: string
  private consumed: Bill = new Bill()
  private produced: Bill = new Bill()
  private residues: Bill = new Bill()
  private ore: string = ''
  private element: string = ''
  private oreAmount: i64 = 0
  private powerPerBatch: i64 = 0
  private blocksPerBatch: i64 = 1
  private factoryTag: string = ''
  private stage: i32 = BOOTSTRAP

  constructor(id: string) {
    this.id = id
  }

  /** Out of the requester's cargo. */
  consumes(material: string, amount: i64): Recipe {
    this.consumed.add(material, amount)
    return this
  }

  /** Out of the asteroid, which knows the ore by the symbol of its element; what is taken out is what is produced. */
  extracts(ore: string, element: string, amount: i64): Recipe {
    this.ore = ore
    this.element = element
    this.oreAmount = amount
    return this.produces(ore, amount)
  }

  produces(material: string, amount: i64): Recipe {
    this.produced.add(material, amount)
    return this
  }

  /** What is left over. */
  leaves(residue: string, amount: i64): Recipe {
    this.residues.add(residue, amount)
    return this
  }

  /** Electricity of the requester, for a batch. */
  power(amount: i64): Recipe {
    this.powerPerBatch = amount
    return this
  }

  /** How long a batch takes. */
  blocks(count: i64): Recipe {
    this.blocksPerBatch = count
    return this
  }

  /** Made in a factory that has this tag; without one the recipe is worked by hand. */
  madeIn(factoryTag: string): Recipe {
    this.factoryTag = factoryTag
    return this
  }

  /** The stage of industry it takes. */
  from(stage: i32): Recipe {
    this.stage = stage
    return this
  }

  /** Judges the call: as many of the batches asked for as materials and electricity last for. */
  judge(ptr: usize, len: usize): u64 {
    const judged = decodeActionCall(ptr, len)
    this.assertOwn(judged)
    const facts = judged.facts
    const wanted = facts.field('batches').int()
    if (wanted < 1 || wanted > MAX_BATCHES) return deny('INVALID_AMOUNT').pack()
    if (stageOf(facts.field('industry_stage')) < this.stage) return deny('STAGE_LOCKED').pack()
    if (!this.isByHand() && !listHas(facts.field('factory_tags'), this.factoryTag)) return deny('FACTORY_UNSUITED').pack()
    const covered = this.consumed.timesIn(facts.field('materials'), wanted)
    if (covered < 1) return deny('INSUFFICIENT_MATERIAL').note(this.consumed.missingFrom(facts.field('materials'))).pack()
    const extractable = this.oreAmount > 0 ? min(covered, facts.field('elements').intOr(this.element, 0) / this.oreAmount) : covered
    if (extractable < 1) return deny('ASTEROID_DEPLETED').pack()
    const accepted = min(extractable, facts.field('electricity').int() / this.powerPerBatch)
    if (accepted < 1) return deny('INSUFFICIENT_ELECTRICITY').pack()
    return plan('economy.recipe_execution_plan', this.planOf(accepted)).pack()
  }

  private isByHand(): bool {
    return this.factoryTag.length == 0
  }

  private assertOwn(judged: ActionCall): void {
    if (!judged.isKind(this.isByHand() ? 'refine_compound' : 'schedule_recipe')) unreachable()
    if (!judged.facts.field('recipe_id').isText(this.id)) unreachable()
  }

  private planOf(batches: i64): Writer {
    const extract = new MapWriter()
    if (this.oreAmount > 0) extract.int(this.ore, this.oreAmount * batches)
    return new MapWriter()
      .put('consume', this.consumed.times(batches))
      .put('extract', extract.done())
      .put('produce', this.produced.times(batches))
      .put('byproducts', this.residues.times(batches))
      .int('power_required', this.powerPerBatch * batches)
      .int('duration_blocks', this.blocksPerBatch * batches)
      .int('accepted_batches', batches)
      .done()
  }
}

function listHas(list: Item, text: string): bool {
  const each = list.list()
  while (each.hasNext()) if (each.next().isText(text)) return true
  return false
}
