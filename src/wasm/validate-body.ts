import {
  ACCESS_ALIGN, ACCESS_TYPE, Bulk, I32, I64, OPERAND_COUNT, OPERAND_TYPE, Op, RESULT_TYPE, VOID, refusedBulkInstruction, refusedInstruction,
} from './binary/opcodes.ts'
import { Reader, refuse } from './binary/reader.ts'
import type { FunctionBody } from './function-body.ts'
import { BULK_BASE_COST, INSTRUCTION_COST } from './costs.ts'
import type { ModuleLimits } from './limits.ts'
import type { FunctionType, ParsedModule, TypeList } from './module.ts'
import { OperandStack } from './operand-stack.ts'
import { atMost, valueType } from './parse.ts'
import { RegionBuilder } from './regions.ts'
import type { Construct } from './regions.ts'

const NO_TYPES: TypeList = new Uint8Array(0)
const ONE_I32: TypeList = new Uint8Array([I32])
const ONE_I64: TypeList = new Uint8Array([I64])

const CONSTRUCTS: Readonly<Record<number, Construct>> = { [Op.block]: 'block', [Op.loop]: 'loop', [Op.if]: 'if' }

/** Checks every function body. Throws WasmError at the first rule broken. */
export function validateBodies(module: ParsedModule, limits: ModuleLimits): FunctionBody[] {
  const validator = new BodyValidator(module, limits)
  return module.bodies.map((_, index) => validator.validate(index))
}

/** The validation algorithm of core 2.0 appendix A.3, feeding the region builder as it goes. */
class BodyValidator {
  private readonly module: ParsedModule
  private readonly limits: ModuleLimits
  private readonly stack = new OperandStack()
  private reader = new Reader(NO_TYPES)
  private localTypes: number[] = []
  private type: FunctionType = { params: NO_TYPES, results: NO_TYPES }
  private flow = new RegionBuilder(0, 0)

  constructor(module: ParsedModule, limits: ModuleLimits) {
    this.module = module
    this.limits = limits
  }

  validate(index: number): FunctionBody {
    const { bytes, bodies, functions, types } = this.module
    const { start, end } = bodies[index]!
    const typeIndex = functions[index]!
    const reader = (this.reader = new Reader(bytes, start, end))
    this.type = types[typeIndex]!
    this.localTypes = [...this.type.params]
    const localGroups = reader.u32()
    const localsStart = reader.pos
    const locals = this.readLocals(localGroups)
    const codeStart = reader.pos
    this.flow = new RegionBuilder(codeStart, locals)
    this.stack.reset(this.type.results)
    while (this.stack.depth > 0) this.instruction()
    if (!reader.done) refuse('WASM_BAD_CONTROL', 'there is code after the end of a function', reader.pos)
    return {
      index, type: this.type, typeIndex, localGroups, localsStart, codeStart, codeEnd: end, locals,
      maxOperands: this.stack.maxHeight, flow: this.flow,
    }
  }

  private readLocals(groups: number): number {
    const reader = this.reader
    let locals = 0
    for (let i = 0; i < groups; i++) {
      const at = reader.pos
      const count = reader.u32()
      locals += count
      atMost(this.limits, 'locals', locals, at)
      const type = valueType(reader.u8(), reader.pos - 1)
      for (let j = 0; j < count; j++) this.localTypes.push(type)
    }
    return locals
  }

  private instruction(): void {
    const { reader, stack, flow } = this
    const at = reader.pos
    const op = reader.u8()
    flow.charge(INSTRUCTION_COST[op]!)
    if (op >= Op.firstNumeric && OPERAND_COUNT[op]! > 0) {
      const operand = OPERAND_TYPE[op]!
      stack.pop(operand, at)
      if (OPERAND_COUNT[op] === 2) stack.pop(operand, at)
      stack.push(RESULT_TYPE[op]!)
      return
    }
    if (op >= Op.firstLoad && op <= Op.lastStore) return this.memoryAccess(op, at)
    switch (op) {
      case Op.localGet: return stack.push(this.localType(at))
      case Op.localSet: return stack.pop(this.localType(at), at)
      case Op.localTee: {
        const type = this.localType(at)
        stack.pop(type, at)
        return stack.push(type)
      }
      case Op.i32Const:
        reader.s32()
        return stack.push(I32)
      case Op.i64Const:
        reader.skipS64()
        return stack.push(I64)
      case Op.globalGet: return stack.push(this.global(at).type)
      case Op.globalSet: {
        const variable = this.global(at)
        if (!variable.mutable) refuse('WASM_IMMUTABLE_GLOBAL', 'an immutable global is written', at)
        return stack.pop(variable.type, at)
      }
      case Op.nop: return
      case Op.drop:
        stack.popAny(at)
        return
      case Op.select: return this.select(at)
      case Op.selectTyped: return this.selectTyped(at)
      case Op.block: case Op.loop: case Op.if: return this.begin(op, at)
      case Op.else: return this.otherwise(at)
      case Op.end: return this.end(at)
      case Op.br: case Op.brIf: return this.branch(op, at)
      case Op.brTable: return this.branchTable(at)
      case Op.return:
        stack.popAll(this.type.results, at)
        flow.returns(at, reader.pos)
        return stack.polymorphic()
      case Op.unreachable:
        flow.unreachable()
        return stack.polymorphic()
      case Op.call: return this.call(at)
      case Op.callIndirect: return this.callIndirect(at)
      case Op.memorySize:
        this.memoryIndex(at)
        return stack.push(I32)
      case Op.memoryGrow:
        this.memoryIndex(at)
        stack.pop(I32, at)
        stack.push(I32)
        return flow.grow(at, reader.pos)
      case Op.prefixBulk: return this.bulk(at)
      default: {
        const { code, what } = refusedInstruction(op)
        refuse(code, `the module uses ${what}`, at, { opcode: op })
      }
    }
  }

  private localType(at: number): number {
    const index = this.reader.u32()
    return this.localTypes[index] ?? refuse('WASM_BAD_INDEX', `local ${index} does not exist`, at)
  }

  private global(at: number): { readonly type: number; readonly mutable: boolean } {
    const index = this.reader.u32()
    // Against the original count: the meter's own globals are appended after these and must stay out of reach.
    return this.module.globals[index] ?? refuse('WASM_BAD_INDEX', `global ${index} does not exist`, at)
  }

  private functionType(index: number, at: number): FunctionType {
    return this.module.types[index] ?? refuse('WASM_BAD_INDEX', `type ${index} does not exist`, at)
  }

  private requireMemory(at: number): void {
    if (this.module.memory === null) refuse('WASM_BAD_INDEX', 'the module has no memory', at)
  }

  private memoryIndex(at: number): void {
    if (this.reader.u8() !== 0) refuse('WASM_MULTI_MEMORY', 'a module may have one memory', at)
    this.requireMemory(at)
  }

  private memoryAccess(op: number, at: number): void {
    const { reader, stack } = this
    const type = ACCESS_TYPE[op]!
    if (type === 0) {
      const { code, what } = refusedInstruction(op)
      refuse(code, `the module uses ${what}`, at, { opcode: op })
    }
    this.requireMemory(at)
    const align = reader.u32()
    if (align >= 0x40 && align < 0x80) refuse('WASM_MULTI_MEMORY', 'a module may have one memory', at)
    if (align > ACCESS_ALIGN[op]!) refuse('WASM_BAD_ALIGNMENT', 'the alignment exceeds the size of the access', at)
    reader.u32()
    if (op <= Op.lastLoad) {
      stack.pop(I32, at)
      stack.push(type)
    } else {
      stack.pop(type, at)
      stack.pop(I32, at)
    }
  }

  private select(at: number): void {
    const { stack } = this
    stack.pop(I32, at)
    const second = stack.popAny(at)
    const first = stack.popAny(at)
    if (first !== 0 && second !== 0 && first !== second) refuse('WASM_TYPE_MISMATCH', 'select chooses between two types', at)
    stack.push(first || second)
  }

  private selectTyped(at: number): void {
    const { reader, stack } = this
    if (reader.u32() !== 1) refuse('WASM_BAD_ENCODING', 'select must name one type', at)
    const type = valueType(reader.u8(), reader.pos - 1)
    stack.pop(I32, at)
    stack.pop(type, at)
    stack.pop(type, at)
    stack.push(type)
  }

  private blockType(at: number): FunctionType {
    const { reader } = this
    const value = reader.s33()
    if (value >= 0) return this.functionType(value, at)
    const code = value + 128 // single bytes 0x40 … 0x7f read as −64 … −1
    if (code === VOID) return { params: NO_TYPES, results: NO_TYPES }
    if (code < 0) refuse('WASM_BAD_ENCODING', 'unknown block type', at)
    return { params: NO_TYPES, results: valueType(code, at) === I32 ? ONE_I32 : ONE_I64 }
  }

  private begin(op: number, at: number): void {
    const { stack, flow, reader } = this
    const construct = CONSTRUCTS[op]!
    const { params, results } = this.blockType(at)
    if (construct === 'if') stack.pop(I32, at)
    atMost(this.limits, 'nesting', stack.depth, at)
    stack.begin(construct, params, results, at)
    flow.begin(construct, reader.pos)
  }

  private otherwise(at: number): void {
    this.stack.otherwise(at)
    this.flow.otherwise(this.reader.pos)
  }

  private end(at: number): void {
    this.stack.end(at)
    this.flow.end(this.reader.pos)
  }

  private branch(op: number, at: number): void {
    const { stack, flow, reader } = this
    const label = reader.u32()
    const types = stack.labelTypes(label, at)
    if (op === Op.br) {
      stack.popAll(types, at)
      flow.branch(label)
      stack.polymorphic()
    } else {
      stack.pop(I32, at)
      stack.popAll(types, at)
      stack.pushAll(types)
      flow.branchIf(label, reader.pos)
    }
  }

  private branchTable(at: number): void {
    const { stack, flow, reader } = this
    stack.pop(I32, at)
    const count = reader.u32()
    atMost(this.limits, 'branchTargets', count, at)
    const labels: number[] = []
    for (let i = 0; i <= count; i++) labels.push(reader.u32())
    const arity = stack.labelTypes(labels[count]!, at).length
    for (const label of labels) {
      const types = stack.labelTypes(label, at)
      if (types.length !== arity) refuse('WASM_TYPE_MISMATCH', 'the targets of a br_table take different numbers of values', at)
      stack.check(types, at)
    }
    flow.branchTable(labels)
    stack.polymorphic()
  }

  private call(at: number): void {
    const { reader, stack, flow, module } = this
    const callee = reader.u32()
    const typeIndex = module.functions[callee] ?? refuse('WASM_BAD_INDEX', `function ${callee} does not exist`, at)
    const { params, results } = module.types[typeIndex]!
    stack.popAll(params, at)
    stack.pushAll(results)
    flow.call(callee, at, reader.pos)
  }

  private callIndirect(at: number): void {
    const { reader, stack, flow } = this
    const typeIndex = reader.u32()
    const { params, results } = this.functionType(typeIndex, at)
    const table = reader.u32()
    if (this.module.table === null || table !== 0) refuse('WASM_BAD_INDEX', `table ${table} does not exist`, at)
    stack.pop(I32, at)
    stack.popAll(params, at)
    stack.pushAll(results)
    flow.callIndirect(typeIndex, at, reader.pos)
  }

  private bulk(at: number): void {
    const { reader, stack, flow } = this
    const sub = reader.u32()
    if (sub === Bulk.memoryInit || sub === Bulk.dataDrop) this.dataSegment(at)
    if (sub === Bulk.dataDrop) return
    if (sub !== Bulk.memoryInit && sub !== Bulk.memoryCopy && sub !== Bulk.memoryFill) {
      const { code, what } = refusedBulkInstruction(sub)
      refuse(code, `the module uses ${what}`, at, { opcode: sub })
    }
    this.memoryIndex(at)
    if (sub === Bulk.memoryCopy) this.memoryIndex(at)
    for (let i = 0; i < 3; i++) stack.pop(I32, at)
    flow.charge(BULK_BASE_COST - INSTRUCTION_COST[Op.prefixBulk]!)
    flow.bulk(at, reader.pos)
  }

  private dataSegment(at: number): void {
    const segment = this.reader.u32()
    if (!this.module.hasDataCount) refuse('WASM_COUNT_MISMATCH', 'memory.init and data.drop need a data count section', at)
    if (segment >= this.module.dataSegments.length) refuse('WASM_BAD_INDEX', `data segment ${segment} does not exist`, at)
  }
}
