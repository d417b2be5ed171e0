import { Op, VOID } from './opcodes.ts'
import { Writer } from './writer.ts'

/** Writes instructions: one method per form of immediate. */
export class CodeWriter extends Writer {
  op(...opcodes: readonly number[]): void {
    for (const opcode of opcodes) this.u8(opcode)
  }

  /** An instruction with one index: of a local, global or label. */
  indexed(opcode: number, index: number): void {
    this.u8(opcode)
    this.u32(index)
  }

  constant32(value: number): void {
    this.u8(Op.i32Const)
    this.signed(value)
  }

  /** A safe integer. */
  constant64(value: number): void {
    this.u8(Op.i64Const)
    this.signed(value)
  }

  /** A block or if without parameters and results. */
  openVoid(opcode: number): void {
    this.u8(opcode)
    this.u8(VOID)
  }
}
