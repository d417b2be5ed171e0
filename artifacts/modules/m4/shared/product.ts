import { ListWriter, MapWriter, decodeActionCall, deny, plan } from '../../sdk'

/** What a stack of a product may be. */
@unmanaged
export class Product {
  private id: string
  private material: string
  private stackLimit: i64 = 1
  private isTradable: bool = true
  private levels: ListWriter = new ListWriter()
  private role: string = ''

  constructor(id: string, material: string) {
    this.id = id
    this.material = material
  }

  /** Most units that can be validated as one stack. */
  stack(limit: i64): Product {
    this.stackLimit = limit
    return this
  }

  notTradable(): Product {
    this.isTradable = false
    return this
  }

  /** From the lowest to the highest. */
  quality(level: string): Product {
    this.levels.text(level)
    return this
  }

  /** What it is for: survival, scale, explore or governance. */
  serves(role: string): Product {
    this.role = role
    return this
  }

  /** Judges the call. */
  judge(ptr: usize, len: usize): u64 {
    const judged = decodeActionCall(ptr, len)
    if (!judged.isKind('validate_product')) unreachable()
    const facts = judged.facts
    if (!facts.field('product_id').isText(this.id)) unreachable()
    const amount = facts.field('amount').int()
    if (amount < 1) return deny('INVALID_AMOUNT').pack()
    if (amount > this.stackLimit) return deny('STACK_LIMIT').pack()
    if (amount > facts.field('held').int()) return deny('INSUFFICIENT_MATERIAL').pack()
    const validation = new MapWriter()
      .put('notes', new ListWriter().text(this.role).done())
      .text('material', this.material)
      .bool('tradable', this.isTradable)
      .int('stack_limit', this.stackLimit)
      .put('quality_levels', this.levels.done())
    return plan('economy.product_validation', validation.done()).pack()
  }
}
