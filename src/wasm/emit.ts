import { CodeWriter } from './binary/code-writer.ts'
import { I32, I64, Op, VOID } from './binary/opcodes.ts'
import { Writer } from './binary/writer.ts'
import type { FunctionPlan } from './call-graph.ts'
import { chooseShape, touchesCounter } from './code-shape.ts'
import type { CodeShape } from './code-shape.ts'
import { BULK_BYTES_SHIFT, FUEL_UNIT, GROW_PAGE_COST } from './costs.ts'
import type { FunctionType, ParsedModule } from './module.ts'
import type { Edit } from './regions.ts'

/** What emitted code refers to. */
export interface EmitContext {
  readonly module: ParsedModule
  readonly plans: readonly FunctionPlan[]
  /** Index of the counter global, and of the fault flag, which only growing memory needs. */
  readonly meterGlobal: number
  readonly faultGlobal: number | null
  /** Type index of a block without parameters and with these results; added to the module on demand. */
  readonly blockTypeIndex: (results: FunctionType['results']) => number
}

/** The code section's contents: every function with its charges, in order. */
export function emitFunctions(context: EmitContext): Writer {
  const { bytes, bodies } = context.module
  const out = new Writer(bytes.length * 2)
  const scratch = new CodeWriter(4096)
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
 *   block $out
 *     p = meter − cost[, frame]          one load; p stays in a local in hot functions, else the global is used in place
 *     p < 0 (or p & SIGN_AND_GUARD) → br_if $out
 *     block $body (result …)            `return` becomes `br $body`; left out where nothing leaves early
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
  private readonly out: CodeWriter
  private readonly plan: FunctionPlan
  private readonly context: EmitContext
  private readonly shape: CodeShape
  private readonly counterLocal: number
  private readonly lengthLocal: number
  private readonly grownLocal: number

  constructor(out: CodeWriter, plan: FunctionPlan, context: EmitContext) {
    this.out = out
    this.plan = plan
    this.context = context
    this.shape = chooseShape(plan, context.plans)
    const { type, locals } = plan.body
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

  private applies(edit: Edit): boolean {
    switch (edit.kind) {
      case 'charge': return edit.region !== 0 && this.plan.body.flow.regions[edit.region]!.cost > 0
      case 'call': case 'callIndirect': return this.shape.cached && touchesCounter(edit, this.context.plans)
      case 'return': return this.shape.wrapsBody
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
        return out.indexed(Op.br, edit.depth)
      case 'bulk':
        this.dynamicCharge(edit, () => {
          out.constant64(BULK_BYTES_SHIFT)
          out.u8(Op.i64ShrU)
          out.constant64(FUEL_UNIT)
        })
        return out.copy(context.module.bytes, edit.start, edit.end)
      case 'grow':
        this.dynamicCharge(edit, () => out.constant64(GROW_PAGE_COST * FUEL_UNIT))
        out.copy(context.module.bytes, edit.start, edit.end)
        return this.faultIfGrowthWasRefused()
    }
  }

  private locals(): void {
    const { out, plan, context } = this
    const { localGroups, localsStart, codeStart, flow } = plan.body
    const dynamic = flow.bulkOperations + flow.grows > 0
    const added = [
      ...(this.shape.usesCounterLocal ? [I64] : []),
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
    const { out, plan, shape } = this
    const { type, flow } = plan.body
    if (shape.sharedExit) out.openVoid(Op.block)
    this.readGlobal()
    out.constant64(flow.regions[0]!.cost * FUEL_UNIT + (plan.recursive ? plan.frameUnits : 0))
    out.u8(Op.i64Sub)
    if (shape.checksEntry) {
      this.teeCounter()
      if (plan.recursive) {
        out.u8(Op.i64Const)
        out.bytes(SIGN_AND_GUARD)
        out.op(Op.i64And, Op.i64Eqz, Op.i32Eqz)
      } else {
        this.isNegative()
      }
      this.leaveIfTrue(0)
    } else if (shape.cached) {
      this.setCounter()
    } else {
      this.writeGlobal()
    }
    if (this.shape.wrapsBody) {
      const { results } = type
      out.u8(Op.block)
      if (results.length === 0) out.u8(VOID)
      else if (results.length === 1) out.u8(results[0]!)
      else out.signed(this.context.blockTypeIndex(results))
    }
  }

  private epilogue(): void {
    const { out, plan } = this
    if (this.shape.wrapsBody) out.u8(Op.end)
    if (this.shape.settlesAtEnd) {
      if (this.shape.cached) this.getCounter()
      else this.readGlobal()
      if (plan.recursive) {
        out.constant64(plan.frameUnits)
        out.u8(Op.i64Add)
      }
      this.writeGlobal()
    }
    if (this.shape.sharedExit) {
      out.op(Op.return, Op.end)
      this.spill()
      out.u8(Op.unreachable)
    }
  }

  private charge(edit: Edit): void {
    const { out } = this
    const { cost, kind } = this.plan.body.flow.regions[edit.region]!
    this.readCounter()
    out.constant64(cost * FUEL_UNIT)
    out.u8(Op.i64Sub)
    if (kind !== 'loop') return this.shape.cached ? this.setCounter() : this.writeGlobal()
    this.compareCounter(edit)
  }

  /** The i32 length on the stack stays there; `unit` leaves what one of it (or the shifted length) costs. Compared before the work is done. */
  private dynamicCharge(edit: Edit, unit: () => void): void {
    const { out } = this
    out.indexed(Op.localTee, this.lengthLocal)
    this.readCounter()
    out.indexed(Op.localGet, this.lengthLocal)
    out.u8(Op.i64ExtendI32U)
    unit()
    out.op(Op.i64Mul, Op.i64Sub)
    this.compareCounter(edit)
  }

  /** New counter on the stack: store it and leave if it is negative. */
  private compareCounter(edit: Edit): void {
    this.teeCounter()
    this.isNegative()
    this.leaveIfTrue(edit.depth + (this.shape.wrapsBody ? 1 : 0)) // $body, if there is one, is edit.depth
  }

  /** A growth refused although the declared maximum allows it: the engine ran out of memory, and no other engine would agree. */
  private faultIfGrowthWasRefused(): void {
    const { out, context } = this
    out.indexed(Op.localTee, this.grownLocal)
    out.constant32(-1)
    out.u8(Op.i32Eq)
    out.openVoid(Op.if)
    out.indexed(Op.localGet, this.lengthLocal)
    out.op(Op.i64ExtendI32U, Op.memorySize)
    out.u8(0)
    out.op(Op.i64ExtendI32U, Op.i64Add)
    out.constant64(context.module.memory!.max)
    out.u8(Op.i64LeU)
    out.openVoid(Op.if)
    out.constant32(1)
    out.indexed(Op.globalSet, context.faultGlobal!)
    out.op(Op.unreachable, Op.end, Op.end)
    out.indexed(Op.localGet, this.grownLocal)
  }

  private leaveIfTrue(label: number): void {
    const { out } = this
    if (this.shape.sharedExit) return out.indexed(Op.brIf, label)
    out.openVoid(Op.if)
    if (this.shape.cached) this.spill()
    out.op(Op.unreachable, Op.end)
  }

  private isNegative(): void {
    this.out.constant64(0)
    this.out.u8(Op.i64LtS)
  }

  private readGlobal(): void {
    this.out.indexed(Op.globalGet, this.context.meterGlobal)
  }

  private writeGlobal(): void {
    this.out.indexed(Op.globalSet, this.context.meterGlobal)
  }

  private readCounter(): void {
    if (this.shape.cached) this.getCounter()
    else this.readGlobal()
  }

  private getCounter(): void {
    this.out.indexed(Op.localGet, this.counterLocal)
  }

  private setCounter(): void {
    this.out.indexed(Op.localSet, this.counterLocal)
  }

  /** New counter on the stack: stored where this function keeps it, and left on the stack. */
  private teeCounter(): void {
    this.out.indexed(Op.localTee, this.counterLocal)
    if (this.shape.cached) return
    this.writeGlobal()
    this.getCounter()
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
