import { CodeWriter } from '../binary/code-writer.ts'
import { FUNCREF, I32, Op } from '../binary/opcodes.ts'
import { Writer } from '../binary/writer.ts'
import { Random } from './random.ts'
import { BUDGET, BUDGET_GLOBAL, CodeGenerator, SIMPLE_TYPES } from './random-code.ts'
import type { Signature, Surroundings } from './random-code.ts'

export interface RandomModule {
  readonly wasm: Uint8Array<ArrayBuffer>
  /** Exported functions and the types of their parameters. */
  readonly exports: readonly { readonly name: string; readonly params: readonly number[] }[]
}

/** A valid integer module that uses every construct the meter treats specially. The same seed gives the same bytes everywhere. */
export function randomModule(seed: number): RandomModule {
  return new ModuleGenerator(seed, false).generate()
}

/** The same with the exports of wasm-1, half of them with a start function. `reduce` returns the memory the program works on. */
export function randomWasm1Module(seed: number): Uint8Array<ArrayBuffer> {
  return new ModuleGenerator(seed, true).generate().wasm
}

/** First byte after everything generated code can address with masked addresses, offsets and lengths. */
export const WORKING_MEMORY = 4608

class ModuleGenerator implements Surroundings {
  readonly random: Random
  private readonly types: Signature[] = []
  signatures: Signature[] = []
  globals: { type: number; mutable: boolean }[] = []
  table: number[] = []
  private passive = false

  private readonly wasm1: boolean
  private start: number | null = null

  constructor(seed: number, wasm1: boolean) {
    this.random = new Random(seed)
    this.wasm1 = wasm1
  }

  generate(): RandomModule {
    const { random } = this
    const someTypes = (most: number): number[] => random.times(random.below(most + 1), () => random.pick(SIMPLE_TYPES))
    this.signatures = random.times(2 + random.below(7), () => ({ params: someTypes(3), results: someTypes(2) }))
    this.globals = [{ type: I32, mutable: true }, ...random.times(random.below(4), () => ({ type: random.pick(SIMPLE_TYPES), mutable: !random.oneIn(4) }))]
    if (this.wasm1) {
      this.signatures[0] = { params: [I32, I32], results: [] }
      if (random.oneIn(2)) this.signatures[this.start = 1] = { params: [], results: [] }
    }
    this.table = random.times(4, () => random.below(this.signatures.length))
    this.passive = random.oneIn(3)
    const functionTypes = this.signatures.map((signature) => this.typeIndex(signature))
    const generator = new CodeGenerator(this)
    const bodies = this.signatures.map((signature) => generator.body(signature))
    const exported = this.signatures.map((_, index) => index).filter((index) => index === 0 || random.oneIn(2))
    if (this.wasm1) {
      functionTypes.push(this.typeIndex({ params: [I32], results: [I32] }), this.typeIndex({ params: [I32, I32], results: [I32, I32] }))
      bodies.push(this.bumpAllocator(), this.reducer())
    }
    const wasm = this.assemble(functionTypes, bodies, exported)
    return { wasm, exports: exported.map((index) => ({ name: `f${index}`, params: this.signatures[index]!.params })) }
  }

  private assemble(functionTypes: readonly number[], bodies: readonly Writer[], exported: readonly number[]): Uint8Array<ArrayBuffer> {
    const out = new Writer()
    out.bytes(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
    out.section(1, (s) => {
      s.u32(this.types.length)
      for (const { params, results } of this.types) {
        s.u8(0x60)
        for (const list of [params, results]) {
          s.u32(list.length)
          for (const type of list) s.u8(type)
        }
      }
    })
    out.section(3, (s) => {
      s.u32(functionTypes.length)
      for (const type of functionTypes) s.u32(type)
    })
    out.section(4, (s) => s.bytes(Uint8Array.of(1, FUNCREF, 0, this.table.length)))
    out.section(5, (s) => s.bytes(Uint8Array.of(1, 1, 1, 3)))
    out.section(6, (s) => {
      s.u32(this.globals.length)
      this.globals.forEach(({ type, mutable }, index) => {
        s.u8(type)
        s.u8(mutable ? 1 : 0)
        s.u8(type === I32 ? Op.i32Const : Op.i64Const)
        s.signed(index === BUDGET_GLOBAL ? BUDGET : this.random.below(1 << 20) - 1000)
        s.u8(Op.end)
      })
    })
    out.section(7, (s) => {
      s.u32(exported.length + (this.wasm1 ? 3 : 1))
      s.name('memory')
      s.bytes(Uint8Array.of(2, 0))
      for (const [position, name] of this.wasm1 ? ['alloc', 'reduce'].entries() : []) {
        s.name(name)
        s.u8(0)
        s.u32(this.signatures.length + position)
      }
      for (const index of exported) {
        s.name(`f${index}`)
        s.u8(0)
        s.u32(index)
      }
    })
    const { start } = this
    if (start !== null) out.section(8, (s) => s.u32(start))
    out.section(9, (s) => {
      s.bytes(Uint8Array.of(1, 0, Op.i32Const, 0, Op.end))
      s.u32(this.table.length)
      for (const target of this.table) s.u32(target)
    })
    out.section(12, (s) => s.u32(2))
    out.section(10, (s) => {
      s.u32(bodies.length)
      for (const body of bodies) {
        s.u32(body.length)
        s.append(body)
      }
    })
    out.section(11, (s) => {
      s.bytes(Uint8Array.of(2, 0, Op.i32Const, 16, Op.end, 32))
      s.bytes(Uint8Array.from({ length: 32 }, () => this.random.below(256)))
      s.bytes(this.passive ? Uint8Array.of(1, 8) : Uint8Array.of(0, Op.i32Const, 0, Op.end, 8))
      s.bytes(Uint8Array.from({ length: 8 }, () => this.random.below(256)))
    })
    return out.finish()
  }

  /** alloc: a bump pointer in a global of its own. */
  private bumpAllocator(): Writer {
    const global = this.globals.push({ type: I32, mutable: true }) - 1
    const code = new CodeWriter()
    code.u32(0)
    code.indexed(Op.globalGet, global)
    code.indexed(Op.localGet, 0)
    code.op(0x6a)
    code.indexed(Op.globalSet, global)
    code.indexed(Op.globalGet, global)
    code.constant32(0x1fff)
    code.op(0x71)
    code.constant32(WORKING_MEMORY)
    code.op(0x6a, Op.end)
    return code
  }

  private reducer(): Writer {
    const code = new CodeWriter()
    code.u32(0)
    code.indexed(Op.localGet, 0)
    code.indexed(Op.localGet, 1)
    code.indexed(Op.call, 0)
    code.constant32(0)
    code.constant32(WORKING_MEMORY)
    code.op(Op.end)
    return code
  }

  typeIndex(wanted: Signature): number {
    const key = (s: Signature): string => `${s.params.join()}>${s.results.join()}`
    const found = this.types.findIndex((type) => key(type) === key(wanted))
    return found >= 0 ? found : this.types.push(wanted) - 1
  }
}
