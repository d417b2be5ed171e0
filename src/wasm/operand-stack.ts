import { refuse } from './binary/reader.ts'
import { sameTypes } from './module.ts'
import type { TypeList } from './module.ts'
import type { Construct } from './regions.ts'

interface ControlFrame {
  readonly construct: Construct
  readonly params: TypeList
  readonly results: TypeList
  /** Height of the operand stack below the construct's own operands. */
  readonly base: number
  /** After an unconditional branch any operand may be popped (core 2.0 §3.3.8, "stack-polymorphic"). */
  unreachable: boolean
  hasElse: boolean
}

/** Type of an operand nobody pushed: it stands for any type. */
const ANY = 0

/** Operand and control stacks of the validation algorithm, core 2.0 appendix A.3. */
export class OperandStack {
  private types = new Uint8Array(256)
  private height = 0
  private frames: ControlFrame[] = []
  private base = 0
  maxHeight = 0

  get depth(): number {
    return this.frames.length
  }

  reset(results: TypeList): void {
    this.height = 0
    this.maxHeight = 0
    this.frames = []
    this.enter({ construct: 'block', params: results.subarray(0, 0), results, base: 0, unreachable: false, hasElse: false })
  }

  push(type: number): void {
    if (this.height === this.types.length) {
      const grown = new Uint8Array(this.types.length * 2)
      grown.set(this.types)
      this.types = grown
    }
    this.types[this.height++] = type
    if (this.height > this.maxHeight) this.maxHeight = this.height
  }

  pushAll(types: TypeList): void {
    for (let i = 0; i < types.length; i++) this.push(types[i]!)
  }

  pop(type: number, at: number): void {
    const actual = this.popAny(at)
    if (actual !== type && actual !== ANY) mismatch(at)
  }

  popAny(at: number): number {
    if (this.height > this.base) return this.types[--this.height]!
    return this.top().unreachable ? ANY : mismatch(at)
  }

  popAll(types: TypeList, at: number): void {
    for (let i = types.length - 1; i >= 0; i--) this.pop(types[i]!, at)
  }

  /** The operands on top have these types; nothing is popped. */
  check(types: TypeList, at: number): void {
    for (let i = types.length - 1, position = this.height - 1; i >= 0; i--, position--) {
      if (position < this.base) {
        if (!this.top().unreachable) mismatch(at)
        return
      }
      const actual = this.types[position]
      if (actual !== types[i] && actual !== ANY) mismatch(at)
    }
  }

  /** What a branch to this label takes: the parameters of a loop, the results of anything else. */
  labelTypes(label: number, at: number): TypeList {
    const frame = this.frames[this.frames.length - 1 - label]
    if (frame === undefined) refuse('WASM_BAD_INDEX', `label ${label} does not exist`, at)
    return frame.construct === 'loop' ? frame.params : frame.results
  }

  begin(construct: Construct, params: TypeList, results: TypeList, at: number): void {
    this.popAll(params, at)
    this.enter({ construct, params, results, base: this.height, unreachable: false, hasElse: false })
    this.pushAll(params)
  }

  otherwise(at: number): void {
    const frame = this.top()
    if (frame.construct !== 'if' || frame.hasElse) refuse('WASM_BAD_CONTROL', 'an else without an if', at)
    this.leave(frame, at)
    frame.hasElse = true
    frame.unreachable = false
    this.pushAll(frame.params)
  }

  end(at: number): void {
    const frame = this.top()
    this.leave(frame, at)
    if (frame.construct === 'if' && !frame.hasElse && !sameTypes(frame.params, frame.results)) mismatch(at)
    this.frames.pop()
    this.base = this.frames.at(-1)?.base ?? 0
    this.pushAll(frame.results)
  }

  polymorphic(): void {
    this.height = this.base
    this.top().unreachable = true
  }

  private enter(frame: ControlFrame): void {
    this.frames.push(frame)
    this.base = frame.base
  }

  private leave(frame: ControlFrame, at: number): void {
    this.popAll(frame.results, at)
    if (this.height !== frame.base) mismatch(at)
  }

  private top(): ControlFrame {
    return this.frames[this.frames.length - 1]!
  }
}

function mismatch(at: number): never {
  return refuse('WASM_TYPE_MISMATCH', 'an instruction finds operands of the wrong type or number', at)
}
