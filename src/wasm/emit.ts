import { I32, I64, Op, VOID } from './binary/opcodes.ts'
import { Writer } from './binary/writer.ts'
import type { FunctionPlan } from './call-graph.ts'
import { BULK_BYTES_SHIFT, FUEL_UNIT, GROW_PAGE_COST } from './costs.ts'
import type { FunctionType, ParsedModule } from './module.ts'
import type { Edit } from './regions.ts'

/** What emitted code refers to. */
export interface EmitContext {
  readonly module: ParsedModule
  readonly plans: readonly FunctionPlan[]
  /** Index of the counter global and of the fault flag. */
  readonly meterGlobal: number
  readonly faultGlobal: number
  /** Type index of a block without parameters and with these results; added to the module on demand. */
  readonly blockTypeIndex: (results: FunctionType['results']) => number
}

/** The code section's contents: every function with its charges, in order. */
export function emitFunctions(context: EmitContext): Writer {
  const { bytes, bodies } = context.module
  const out = new Writer(bytes.length * 2)
  const scratch = new Writer(4096)
  for (const plan of context.plans) {
    scratch.clear()
    if (plan.helper) {
      const { start, end } = bodies[plan.body.index]!
      scratch.copy(bytes, start, end)
    } else {
      new FunctionEmitter(scratch, plan, context).emit()
    }
    out.u32(scratch.length)
    out.append(scratch)
  }
  return out
}

/**
 * Counter bits that stop a recursive function: the sign (fuel) and the guard (stack), 0x8000000000008000.
 * Given as signed LEB128, because the value is no safe integer.
 */
const SIGN_AND_GUARD = Uint8Array.of(0x80, 0x80, 0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f)

/**
 * Writes one function:
 *
 *   p = meter − cost[, frame]          one load; p stays in a local in hot functions, else the global is used in place
 *   block $out                          p < 0 (or p & SIGN_AND_GUARD) → br_if $out
 *     block $body (result …)            `return` becomes `br $body`
 *       … loop: p −= c; p < 0 → br_if $out            compared only at loop heads, on entry, and before dynamic work
 *       … meter = p; call; p = meter                  only around calls that can touch the counter
 *     end
 *     meter = p[ + frame]; return
 *   end
 *   meter = p; unreachable
 *
 * Between two compares the counter may go below zero by at most one body's straight-line cost; the host therefore looks at the
 * sign before it looks at how the call ended.
 */
class FunctionEmitter {
  private readonly out: Writer
  private readonly plan: FunctionPlan
  private readonly context: EmitContext
  /** The counter lives in a local. */
  private readonly cached: boolean
  private readonly checksEntry: boolean
  /** One cold exit that all compares branch to, instead of one each. */
  private readonly sharedExit: boolean
  private readonly wrapsBody: boolean
  private readonly usesCounterLocal: boolean
  private readonly counterLocal: number
  private readonly lengthLocal: number
  private readonly grownLocal: number

  constructor(out: Writer, plan: FunctionPlan, context: EmitContext) {
    const { flow, type, locals } = plan.body
    this.out = out
    this.plan = plan
    this.context = context
    let chargeWeight = 0
    let loopChecks = 0
    for (const region of flow.regions) {
      if (region.cost === 0) continue
      chargeWeight += region.weight
      if (region.kind === 'loop') loopChecks++
    }
    let callWeight = 0
    let touchingCalls = 0
    for (const edit of flow.edits) {
      if (!this.touchesCounter(edit)) continue
      touchingCalls++
      callWeight += flow.regions[edit.region]!.weight
    }
    // Memory traffic of the two shapes: 1 per cached charge and 3 per call around it, against 3 per charge in place.
    this.cached = 2 + chargeWeight + 3 * callWeight < 3 * chargeWeight + (plan.recursive ? 2 : 0)
    const bounded = flow.loops === 0 && touchingCalls === 0 // cannot run long by itself; whoever loops over it compares
    this.checksEntry = !bounded || plan.recursive
    const dynamicChecks = flow.bulkOperations + flow.grows
    this.sharedExit = this.cached && (this.checksEntry ? 1 : 0) + loopChecks + dynamicChecks > 1
    this.wrapsBody = this.cached || plan.recursive
    this.usesCounterLocal = this.cached || this.checksEntry || dynamicChecks > 0
    const firstNew = type.params.length + locals
    this.counterLocal = firstNew
    this.lengthLocal = firstNew + 1
    this.grownLocal = firstNew + 2
  }

  emit(): void {
    const { out, plan, context } = this
    const { bytes } = context.module
    const { codeStart, codeEnd, flow } = plan.body
    this.locals()
    this.prologue()
    let copied = codeStart
    for (const edit of flow.edits) {
      if (!this.applies(edit)) continue
      out.copy(bytes, copied, edit.start)
      this.apply(edit)
      copied = edit.end
    }
    out.copy(bytes, copied, codeEnd - 1) // without the final end
    this.epilogue()
    out.u8(Op.end)
  }

  private touchesCounter(edit: Edit): boolean {
    return edit.kind === 'callIndirect' || (edit.kind === 'call' && this.context.plans[edit.callee]!.touchesCounter)
  }

  private applies(edit: Edit): boolean {
    switch (edit.kind) {
      case 'charge': return edit.region !== 0 && this.plan.body.flow.regions[edit.region]!.cost > 0
      case 'call': case 'callIndirect': return this.cached && this.touchesCounter(edit)
      case 'return': return this.wrapsBody
      case 'bulk': case 'grow': return true
    }
  }

  private apply(edit: Edit): void {
    const { out, context } = this
    switch (edit.kind) {
      case 'charge': return this.charge(edit)
      case 'call': case 'callIndirect':
        this.spill()
        out.copy(context.module.bytes, edit.start, edit.end)
        return this.reload()
      case 'return':
        out.u8(Op.br)
        return out.u32(edit.depth)
      case 'bulk':
        this.dynamicCharge(edit, () => {
          this.constant64(BULK_BYTES_SHIFT)
          out.u8(Op.i64ShrU)
          this.constant64(FUEL_UNIT)
        })
        return out.copy(context.module.bytes, edit.start, edit.end)
      case 'grow':
        this.dynamicCharge(edit, () => this.constant64(GROW_PAGE_COST * FUEL_UNIT))
        out.copy(context.module.bytes, edit.start, edit.end)
        return this.faultIfGrowthWasRefused()
    }
  }

  private locals(): void {
    const { out, plan, context } = this
    const { localGroups, localsStart, codeStart, flow } = plan.body
    const dynamic = flow.bulkOperations + flow.grows > 0
    const added = [
      ...(this.usesCounterLocal ? [I64] : []),
      ...(dynamic ? [I32] : []),
      ...(flow.grows > 0 ? [I32] : []),
    ]
    out.u32(localGroups + added.length)
    out.copy(context.module.bytes, localsStart, codeStart)
    for (const type of added) {
      out.u32(1)
      out.u8(type)
    }
  }

  private prologue(): void {
    const { out, plan } = this
    const { type, flow } = plan.body
    this.readGlobal()
    this.constant64(flow.regions[0]!.cost * FUEL_UNIT + (plan.recursive ? plan.frameUnits : 0))
    out.u8(Op.i64Sub)
    if (this.cached) this.setCounter()
    else if (this.checksEntry) this.teeToGlobal()
    else this.writeGlobal()
    if (this.sharedExit) this.open(VOID)
    if (this.checksEntry) {
      this.getCounter()
      if (plan.recursive) {
        out.u8(Op.i64Const)
        out.bytes(SIGN_AND_GUARD)
        out.u8(Op.i64And)
        out.u8(Op.i64Eqz)
        out.u8(Op.i32Eqz)
      } else {
        this.isNegative()
      }
      this.leaveIfTrue(0)
    }
    if (this.wrapsBody) {
      const { results } = type
      out.u8(Op.block)
      if (results.length === 0) out.u8(VOID)
      else if (results.length === 1) out.u8(results[0]!)
      else out.signed(this.context.blockTypeIndex(results))
    }
  }

  private epilogue(): void {
    const { out, plan } = this
    if (this.wrapsBody) {
      out.u8(Op.end)
      if (this.cached) this.getCounter()
      else this.readGlobal()
      if (plan.recursive) {
        this.constant64(plan.frameUnits)
        out.u8(Op.i64Add)
      }
      this.writeGlobal()
    }
    if (this.sharedExit) {
      out.u8(Op.return)
      out.u8(Op.end)
      this.spill()
      out.u8(Op.unreachable)
    }
  }

  private charge(edit: Edit): void {
    const { out } = this
    const { cost, kind } = this.plan.body.flow.regions[edit.region]!
    this.readCounter()
    this.constant64(cost * FUEL_UNIT)
    out.u8(Op.i64Sub)
    if (kind !== 'loop') return this.cached ? this.setCounter() : this.writeGlobal()
    this.compareCounter(edit)
  }

  /** The i32 length on the stack stays there; `unit` leaves what one of it (or the shifted length) costs. Compared before the work is done. */
  private dynamicCharge(edit: Edit, unit: () => void): void {
    const { out } = this
    out.u8(Op.localTee)
    out.u32(this.lengthLocal)
    this.readCounter()
    out.u8(Op.localGet)
    out.u32(this.lengthLocal)
    out.u8(Op.i64ExtendI32U)
    unit()
    out.u8(Op.i64Mul)
    out.u8(Op.i64Sub)
    this.compareCounter(edit)
  }

  /** New counter on the stack: store it and leave if it is negative. */
  private compareCounter(edit: Edit): void {
    if (this.cached) {
      this.out.u8(Op.localTee)
      this.out.u32(this.counterLocal)
    } else {
      this.teeToGlobal()
      this.getCounter()
    }
    this.isNegative()
    this.leaveIfTrue(edit.depth + 1) // $body is edit.depth
  }

  /** A growth refused although the declared maximum allows it: the engine ran out of memory, and no other engine would agree. */
  private faultIfGrowthWasRefused(): void {
    const { out, context } = this
    out.u8(Op.localTee)
    out.u32(this.grownLocal)
    this.constant32(-1)
    out.u8(Op.i32Eq)
    out.u8(Op.if)
    out.u8(VOID)
    out.u8(Op.localGet)
    out.u32(this.lengthLocal)
    out.u8(Op.i64ExtendI32U)
    out.u8(Op.memorySize)
    out.u8(0)
    out.u8(Op.i64ExtendI32U)
    out.u8(Op.i64Add)
    this.constant64(context.module.memory!.max)
    out.u8(Op.i64LeU)
    out.u8(Op.if)
    out.u8(VOID)
    this.constant32(1)
    out.u8(Op.globalSet)
    out.u32(context.faultGlobal)
    out.u8(Op.unreachable)
    out.u8(Op.end)
    out.u8(Op.end)
    out.u8(Op.localGet)
    out.u32(this.grownLocal)
  }

  private leaveIfTrue(label: number): void {
    const { out } = this
    if (this.sharedExit) {
      out.u8(Op.brIf)
      return out.u32(label)
    }
    this.open(VOID, Op.if)
    if (this.cached) this.spill()
    out.u8(Op.unreachable)
    out.u8(Op.end)
  }

  private open(blockType: number, op: number = Op.block): void {
    this.out.u8(op)
    this.out.u8(blockType)
  }

  private isNegative(): void {
    this.constant64(0)
    this.out.u8(Op.i64LtS)
  }

  private constant64(value: number): void {
    this.out.u8(Op.i64Const)
    this.out.signed(value)
  }

  private constant32(value: number): void {
    this.out.u8(Op.i32Const)
    this.out.signed(value)
  }

  private readGlobal(): void {
    this.out.u8(Op.globalGet)
    this.out.u32(this.context.meterGlobal)
  }

  private writeGlobal(): void {
    this.out.u8(Op.globalSet)
    this.out.u32(this.context.meterGlobal)
  }

  private readCounter(): void {
    if (this.cached) this.getCounter()
    else this.readGlobal()
  }

  private getCounter(): void {
    this.out.u8(Op.localGet)
    this.out.u32(this.counterLocal)
  }

  private setCounter(): void {
    this.out.u8(Op.localSet)
    this.out.u32(this.counterLocal)
  }

  private teeToGlobal(): void {
    this.out.u8(Op.localTee)
    this.out.u32(this.counterLocal)
    this.writeGlobal()
  }

  private spill(): void {
    this.getCounter()
    this.writeGlobal()
  }

  private reload(): void {
    this.readGlobal()
    this.setCounter()
  }
}
