import { Bulk, I32, I64, Op } from '../binary/opcodes.ts'
import { Reader } from '../binary/reader.ts'
import { Writer } from '../binary/writer.ts'
import { BULK_BASE_COST, BULK_BYTES_SHIFT, COST_PER_8_LOCALS, FUNCTION_ENTRY_COST, GROW_PAGE_COST, INSTRUCTION_COST } from '../costs.ts'

/** Export that counts what the oracle charged. */
export const ORACLE_EXPORT = 'oracle'

/**
 * The plainest possible meter, to judge the real one by: every instruction adds its cost to a global right before it runs.
 * No regions, no call graph, no limits; it knows only how long instructions are.
 */
export function chargeEveryInstruction(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  const reader = new Reader(wasm, 8)
  const out = new Writer(wasm.length * 8)
  out.copy(wasm, 0, 8)
  const params: number[] = []
  const functionTypes: number[] = []
  let global = 0
  let exported = false
  const exportSection = (section: Reader | null): void => out.section(7, (s) => {
    const count = section?.u32() ?? 0
    s.u32(count + 1)
    if (section !== null) s.copy(wasm, section.pos, section.end)
    s.name(ORACLE_EXPORT)
    s.u8(3)
    s.u32(global)
    exported = true
  })
  let globalsWritten = false
  const globalSection = (section: Reader | null): void => out.section(6, (s) => {
    global = section?.u32() ?? 0
    s.u32(global + 1)
    if (section !== null) s.copy(wasm, section.pos, section.end)
    s.bytes(Uint8Array.of(I64, 1, Op.i64Const, 0, Op.end))
    globalsWritten = true
  })
  while (!reader.done) {
    const id = reader.u8()
    const size = reader.u32()
    const section = new Reader(wasm, reader.pos, reader.pos + size)
    reader.skip(size)
    if (id === 0) continue
    if (id === 1) readTypes(new Reader(wasm, section.pos, section.end), params)
    if (id === 3) readVector(new Reader(wasm, section.pos, section.end), functionTypes)
    if (id > 6 && !globalsWritten) globalSection(null)
    if (id > 7 && !exported) exportSection(null)
    if (id === 6) globalSection(section)
    else if (id === 7) exportSection(section)
    else if (id === 10) {
      out.section(10, (s) => {
        const count = section.u32()
        s.u32(count)
        for (let i = 0; i < count; i++) {
          const length = section.u32()
          const body = chargeBody(new Reader(wasm, section.pos, section.pos + length), global, params[functionTypes[i]!]!)
          section.skip(length)
          s.u32(body.length)
          s.append(body)
        }
      })
    } else {
      out.section(id, (s) => s.copy(wasm, section.pos, section.end))
    }
  }
  return out.finish()
}

function readTypes(section: Reader, params: number[]): void {
  const count = section.u32()
  for (let i = 0; i < count; i++) {
    section.u8()
    const paramCount = section.u32()
    params.push(paramCount)
    section.skip(paramCount)
    section.skip(section.u32())
  }
}

function readVector(section: Reader, values: number[]): void {
  const count = section.u32()
  for (let i = 0; i < count; i++) values.push(section.u32())
}

function chargeBody(reader: Reader, global: number, params: number): Writer {
  const out = new Writer((reader.end - reader.pos) * 8)
  const add = (): void => {
    out.u8(Op.globalGet)
    out.u32(global)
    out.u8(Op.i64Add)
    out.u8(Op.globalSet)
    out.u32(global)
  }
  const charge = (cost: number): void => {
    if (cost === 0) return
    out.u8(Op.i64Const)
    out.signed(cost)
    add()
  }
  const groups = reader.u32()
  const start = reader.pos
  let locals = 0
  for (let i = 0; i < groups; i++) {
    locals += reader.u32()
    reader.u8()
  }
  out.u32(groups + 1)
  out.copy(reader.bytes, start, reader.pos)
  out.bytes(Uint8Array.of(1, I32))
  const length = params + locals
  charge(FUNCTION_ENTRY_COST + Math.ceil(locals / 8) * COST_PER_8_LOCALS)
  while (!reader.done) {
    const at = reader.pos
    const op = reader.u8()
    const bulk = op === Op.prefixBulk ? reader.u32() : -1
    skipImmediates(reader, op, bulk)
    const copies = bulk >= 0 && bulk !== Bulk.dataDrop
    charge(copies ? BULK_BASE_COST : INSTRUCTION_COST[op]!)
    if (copies || op === Op.memoryGrow) {
      out.u8(Op.localTee)
      out.u32(length)
      out.u8(Op.localGet)
      out.u32(length)
      out.u8(Op.i64ExtendI32U)
      out.u8(Op.i64Const)
      out.signed(copies ? BULK_BYTES_SHIFT : GROW_PAGE_COST)
      out.u8(copies ? Op.i64ShrU : Op.i64Mul)
      add()
    }
    out.copy(reader.bytes, at, reader.pos)
  }
  return out
}

function skipImmediates(reader: Reader, op: number, bulk: number): void {
  switch (op) {
    case Op.block: case Op.loop: case Op.if:
      return void reader.s33()
    case Op.brTable:
      for (let count = reader.u32(); count >= 0; count--) reader.u32()
      return
    case Op.callIndirect:
      reader.u32()
      return void reader.u32()
    case Op.i32Const:
      return void reader.s32()
    case Op.i64Const: return reader.skipS64()
    case Op.br: case Op.brIf: case Op.call: case Op.memorySize: case Op.memoryGrow:
      return void reader.u32()
    case Op.selectTyped: return reader.skip(reader.u32())
    case Op.prefixBulk:
      reader.u32()
      if (bulk === Bulk.memoryInit || bulk === Bulk.memoryCopy) reader.u32()
      return
  }
  if (op >= Op.localGet && op <= Op.globalSet) reader.u32()
  if (op >= Op.firstLoad && op <= Op.lastStore) {
    reader.u32()
    reader.u32()
  }
}
