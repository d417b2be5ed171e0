import { I32, I64, Op, VOID } from '../binary/opcodes.ts'
import { CodeWriter } from '../binary/code-writer.ts'
import { Writer } from '../binary/writer.ts'
import type { Random } from './random.ts'

export interface Signature {
  readonly params: readonly number[]
  readonly results: readonly number[]
}

/** What generated functions may refer to. */
export interface Surroundings {
  readonly random: Random
  readonly signatures: readonly Signature[]
  readonly globals: readonly { readonly type: number; readonly mutable: boolean }[]
  /** Function of every table entry. */
  readonly table: readonly number[]
  readonly typeIndex: (signature: Signature) => number
}

/** Loop iterations and calls of one run together: every generated program ends. */
export const BUDGET = 300
export const BUDGET_GLOBAL = 0
export const SIMPLE_TYPES = [I32, I64]
const BINARY = { [I32]: [0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78], [I64]: [0x7c, 0x7d, 0x7e, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a] } as const
const DIVIDE = { [I32]: [0x6d, 0x6e, 0x6f, 0x70], [I64]: [0x7f, 0x80, 0x81, 0x82] } as const
const UNARY = { [I32]: [0x67, 0x68, 0x69, 0xc0, 0xc1], [I64]: [0x79, 0x7a, 0x7b, 0xc2, 0xc3, 0xc4] } as const
const LOADS = { [I32]: [0x28, 0x2c, 0x2d, 0x2e, 0x2f], [I64]: [0x29, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35] } as const
const STORES = { [I32]: [0x36, 0x3a, 0x3b], [I64]: [0x37, 0x3c, 0x3d, 0x3e] } as const
type Numeric = typeof I32 | typeof I64

/** Generates function bodies that are valid, end, and mostly do not trap. */
export class CodeGenerator {
  private readonly random: Random
  private readonly around: Surroundings
  private code = new CodeWriter()
  private locals: number[] = []
  private fixedLocals = new Set<number>()
  private results: readonly number[] = []
  private labels: (readonly number[])[] = []
  private room = 0

  constructor(around: Surroundings) {
    this.random = around.random
    this.around = around
  }

  body(signature: Signature): Writer {
    this.code = new CodeWriter()
    this.fixedLocals = new Set()
    this.locals = [...signature.params, ...this.random.times(this.random.below(5), () => this.random.pick(SIMPLE_TYPES))]
    this.results = signature.results
    this.labels = [signature.results]
    this.room = this.random.pick([2, 10, 40, 120])
    this.statements(3)
    for (const type of signature.results) this.expression(type, 2)
    this.op(Op.end)
    const declared = this.locals.slice(signature.params.length)
    const out = new Writer()
    out.u32(declared.length)
    for (const type of declared) {
      out.u32(1)
      out.u8(type)
    }
    out.append(this.code)
    return out
  }

  private op(code: number, ...immediates: number[]): void {
    this.code.u8(code)
    for (const value of immediates) this.code.u32(value)
  }

  private constant(type: number, value: number): void {
    this.code.u8(type === I32 ? Op.i32Const : Op.i64Const)
    this.code.signed(value)
  }

  private newLocal(type: number): number {
    const index = this.locals.push(type) - 1
    this.fixedLocals.add(index)
    return index
  }

  private localOf(type: number, writable: boolean): number | undefined {
    const fitting = this.locals.map((_, index) => index).filter((index) => this.locals[index] === type && !(writable && this.fixedLocals.has(index)))
    return fitting.length === 0 ? undefined : this.random.pick(fitting)
  }

  private statements(depth: number): void {
    const count = 1 + this.random.below(4)
    for (let i = 0; i < count && this.room > 0; i++) this.statement(depth)
  }

  private statement(depth: number): void {
    const { random } = this
    this.room--
    const type = random.pick(SIMPLE_TYPES) as Numeric
    const choice = random.below(depth > 0 ? 20 : 9)
    if (choice < 3) return this.assign(type)
    if (choice < 5) return this.store(type)
    if (choice === 5) {
      this.expression(type, 2)
      return this.op(Op.drop)
    }
    if (choice === 6) return this.bulkStatement()
    if (choice === 7) return this.callStatement()
    if (choice === 8) return random.oneIn(20) ? this.op(Op.unreachable) : this.op(Op.nop)
    if (choice < 12) return this.ifStatement(depth)
    if (choice < 14) return this.blockStatement(depth)
    if (choice < 17) return this.loopStatement(depth)
    return this.leaveStatement()
  }

  private assign(type: Numeric): void {
    const { random } = this
    const globals = this.around.globals.map((_, index) => index).filter((index) => index !== BUDGET_GLOBAL && this.around.globals[index]!.type === type && this.around.globals[index]!.mutable)
    const local = this.localOf(type, true)
    this.expression(type, 2)
    if (globals.length > 0 && random.oneIn(3)) return this.op(Op.globalSet, random.pick(globals))
    if (local === undefined) return this.op(Op.drop)
    if (!random.oneIn(4)) return this.op(Op.localSet, local)
    this.op(Op.localTee, local)
    this.op(Op.drop)
  }

  private address(): void {
    this.expression(I32, 1)
    if (this.random.oneIn(40)) return // out of bounds more often than not
    this.constant(I32, 0xfff)
    this.op(0x71)
  }

  private store(type: Numeric): void {
    this.address()
    this.expression(type, 2)
    this.op(this.random.pick(STORES[type]), 0, this.random.below(64))
  }

  private bulkStatement(): void {
    const { random } = this
    const kind = random.below(6)
    if (kind === 0) {
      this.constant(I32, random.below(3))
      this.op(Op.memoryGrow, 0)
      return this.op(Op.drop)
    }
    if (kind === 1) return this.op(Op.prefixBulk, 9, 1) // data.drop
    this.address()
    if (kind === 2) {
      this.constant(I32, 0)
      this.constant(I32, random.below(3))
      return this.op(Op.prefixBulk, 8, 1, 0) // memory.init; traps once dropped
    }
    this.address()
    this.expression(I32, 1)
    this.constant(I32, 0xff)
    this.op(0x71)
    if (kind === 3) this.op(Op.prefixBulk, 10, 0, 0)
    else this.op(Op.prefixBulk, 11, 0)
  }

  /** Calls happen only while the budget lasts; otherwise constants stand in for the results. */
  private call(callee: number): void {
    const { params, results } = this.around.signatures[callee]!
    this.op(Op.globalGet, BUDGET_GLOBAL)
    this.constant(I32, 0)
    this.op(0x4a) // gt_s
    this.openIf(results)
    this.spendBudget()
    for (const type of params) this.expression(type, 1)
    const slot = this.around.table.indexOf(callee)
    if (slot >= 0 && this.random.oneIn(2)) {
      this.constant(I32, this.random.oneIn(30) ? this.random.below(6) : slot)
      this.op(Op.callIndirect, this.around.typeIndex(this.around.signatures[callee]!), 0)
    } else {
      this.op(Op.call, callee)
    }
    this.op(Op.else)
    for (const type of results) this.constant(type, this.random.below(100))
    this.close()
  }

  private spendBudget(): void {
    this.op(Op.globalGet, BUDGET_GLOBAL)
    this.constant(I32, 1)
    this.op(0x6b)
    this.op(Op.globalSet, BUDGET_GLOBAL)
  }

  private callStatement(): void {
    const callee = this.random.below(this.around.signatures.length)
    this.call(callee)
    for (let i = this.around.signatures[callee]!.results.length; i > 0; i--) this.op(Op.drop)
  }

  private blockType(results: readonly number[], params: readonly number[] = []): void {
    if (params.length === 0 && results.length === 0) this.code.u8(VOID)
    else if (params.length === 0 && results.length === 1) this.code.u8(results[0]!)
    else this.code.signed(this.around.typeIndex({ params, results }))
  }

  private openIf(results: readonly number[]): void {
    this.op(Op.if)
    this.blockType(results)
    this.labels.push(results)
  }

  private openBlock(results: readonly number[]): void {
    this.op(Op.block)
    this.blockType(results)
    this.labels.push(results)
  }

  private close(): void {
    this.labels.pop()
    this.op(Op.end)
  }

  private ifStatement(depth: number): void {
    this.expression(I32, 2)
    this.openIf([])
    this.statements(depth - 1)
    if (this.random.oneIn(2)) {
      this.op(Op.else)
      this.statements(depth - 1)
    }
    this.close()
  }

  private blockStatement(depth: number): void {
    this.openBlock([])
    this.statements(depth - 1)
    this.expression(I32, 1)
    this.op(Op.brIf, this.emptyLabel())
    this.statements(depth - 1)
    this.close()
  }

  private loopStatement(depth: number): void {
    const { random } = this
    const counter = this.newLocal(I32)
    this.constant(I32, 1 + random.below(5))
    this.op(Op.localSet, counter)
    this.openBlock([])
    this.op(Op.loop)
    this.blockType([])
    this.labels.push([])
    this.op(Op.globalGet, BUDGET_GLOBAL)
    this.constant(I32, 0)
    this.op(0x4c) // le_s
    this.op(Op.brIf, 1)
    this.spendBudget()
    this.statements(depth - 1)
    if (!random.oneIn(6)) { // else a loop without a back edge of its own
      this.op(Op.localGet, counter)
      this.constant(I32, 1)
      this.op(0x6b)
      this.op(Op.localTee, counter)
      this.op(Op.brIf, 0)
    }
    this.close()
    this.close()
  }

  /** A label that takes no values; the innermost if nothing else fits (statements run inside such a construct or the function). */
  private emptyLabel(): number {
    const empty = this.labels.map((_, index) => index).filter((index) => this.labels[index]!.length === 0)
    return empty.length === 0 ? this.labels.length - 1 : this.labels.length - 1 - this.random.pick(empty)
  }

  /** br, br_table or return, then code that never runs. */
  private leaveStatement(): void {
    const { random } = this
    const target = random.below(this.labels.length)
    const types = this.labels[target]!
    if (!random.oneIn(3)) { // mostly conditional, or nothing after it would ever run
      this.expression(I32, 1)
      this.openIf([])
      this.leave(target, types)
      this.close()
      return
    }
    this.leave(target, types)
    if (random.oneIn(2)) this.statement(0)
  }

  private leave(target: number, types: readonly number[]): void {
    const { random } = this
    const label = this.labels.length - 1 - target
    if (random.oneIn(4)) {
      for (const type of this.results) this.expression(type, 1)
      return this.op(Op.return)
    }
    for (const type of types) this.expression(type, 1)
    if (!random.oneIn(3)) return this.op(Op.br, label)
    const same = this.labels.map((_, index) => index).filter((index) => this.labels[index]!.join() === types.join())
    const depthOf = (index: number): number => this.labels.length - 1 - index
    this.expression(I32, 1)
    const targets = random.times(random.below(4), () => depthOf(random.pick(same)))
    this.op(Op.brTable, targets.length, ...targets, label)
  }

  private expression(wanted: number, depth: number): void {
    const type = wanted as Numeric
    const { random } = this
    const choice = depth <= 0 ? random.below(3) : random.below(16)
    if (choice < 2) {
      const local = this.localOf(type, false)
      if (local !== undefined) return this.op(Op.localGet, local)
    }
    if (choice < 3) return this.constant(type, random.pick([0, 1, -1, 7, 0x7fffffff, random.below(1 << 16)]))
    if (choice === 3) {
      const global = this.around.globals.findIndex((entry, index) => index > 0 && entry.type === type)
      return global < 0 ? this.constant(type, 5) : this.op(Op.globalGet, global)
    }
    if (choice < 7) {
      this.expression(type, depth - 1)
      this.expression(type, depth - 1)
      return this.op(random.pick(BINARY[type]))
    }
    if (choice === 7) return this.divide(type, depth)
    if (choice === 8) {
      this.expression(type, depth - 1)
      return this.op(random.pick(UNARY[type]))
    }
    if (choice === 9) return this.convert(type, depth)
    if (choice === 10) {
      this.address()
      return this.op(random.pick(LOADS[type]), 0, random.below(64))
    }
    if (choice === 11) {
      this.expression(type, depth - 1)
      this.expression(type, depth - 1)
      this.expression(I32, depth - 1)
      return this.op(Op.select)
    }
    if (choice === 12) return this.ifExpression(type, depth)
    if (choice === 13) return this.blockExpression(type, depth)
    if (choice === 14) return this.parameterBlock(type, depth)
    const callees = this.around.signatures.map((_, index) => index).filter((index) => this.around.signatures[index]!.results.join() === `${type}`)
    return callees.length === 0 ? this.constant(type, 3) : this.call(random.pick(callees))
  }

  private divide(type: Numeric, depth: number): void {
    this.expression(type, depth - 1)
    this.expression(type, depth - 1)
    if (!this.random.oneIn(20)) { // mostly avoid dividing by zero
      this.constant(type, 1)
      this.op(type === I32 ? 0x72 : 0x84)
    }
    this.op(this.random.pick(DIVIDE[type]))
  }

  private convert(type: Numeric, depth: number): void {
    if (type === I64) {
      this.expression(I32, depth - 1)
      return this.op(this.random.pick([0xac, 0xad]))
    }
    const kind = this.random.below(3)
    if (kind === 0) return this.op(Op.memorySize, 0)
    this.expression(I64, depth - 1)
    if (kind === 1) return this.op(0xa7)
    this.expression(I64, depth - 1)
    this.op(0x51 + this.random.below(10))
  }

  private ifExpression(type: Numeric, depth: number): void {
    this.expression(I32, depth - 1)
    this.openIf([type])
    if (this.random.oneIn(3)) this.statements(1)
    this.expression(type, depth - 1)
    this.op(Op.else)
    if (this.random.oneIn(8)) { // an arm that never comes out
      for (const result of this.results) this.expression(result, 0)
      this.op(Op.return)
    } else {
      this.expression(type, depth - 1)
    }
    this.close()
  }

  private blockExpression(type: Numeric, depth: number): void {
    this.openBlock([type])
    if (this.random.oneIn(3)) this.statements(1)
    this.expression(type, depth - 1)
    this.expression(I32, depth - 1)
    this.op(Op.brIf, 0)
    this.close()
  }

  /** A block, or a loop without back edge, that takes its operands from outside. */
  private parameterBlock(type: Numeric, depth: number): void {
    this.expression(type, depth - 1)
    this.expression(I32, depth - 1)
    const loop = this.random.oneIn(2)
    this.op(loop ? Op.loop : Op.block)
    this.blockType([type], [type, I32])
    this.op(Op.drop)
    if (type === I32) this.op(Op.i32Eqz)
    this.op(Op.end)
  }
}
