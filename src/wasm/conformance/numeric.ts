import type { Argument } from '../testdata/raw-run.ts'
import { INTEGER_INSTRUCTIONS } from './reference.ts'
import type { Instruction } from './reference.ts'
import { TRAP } from './script.ts'
import type { Script, Step } from './script.ts'

/** Where carries, signs, shift counts and sub-word widths turn over. */
const EDGES: readonly bigint[] = [0n, 1n, 2n, 7n, 8n, 31n, 32n, 33n, 63n, 64n, 127n, 128n, 255n, 256n, 32_767n, 32_768n, 65_535n, 65_536n, 0x5555_5555n]

function edges(width: 32 | 64): bigint[] {
  const top = 1n << BigInt(width - 1)
  const wide = width === 64 ? [0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 0x1_0000_0000n, 0x0123_4567_89ab_cdefn] : []
  const all = [...EDGES, ...wide, top - 1n, top, top + 1n].flatMap((value) => [value, -value])
  return [...new Set(all.map((value) => BigInt.asUintN(width, value)))]
}

function argument(width: 32 | 64, value: bigint): Argument {
  return width === 32 ? Number(BigInt.asIntN(32, value)) : BigInt.asIntN(64, value)
}

function stepsOf({ name, operands, result, evaluate }: Instruction): Step[] {
  const [first, second] = operands
  const pairs = edges(first!).flatMap((a) => (second === undefined ? [[a]] : edges(second).map((b) => [a, b])))
  return pairs.map((values): Step => {
    const value = evaluate(values)
    return [name, values.map((operand, i) => argument(operands[i]!, operand)), value === null ? TRAP : String(BigInt.asIntN(result, value))]
  })
}

/** The operands are parameters in one form and, in the other, constants the compiler of the engine may fold. */
function moduleOf(instruction: Instruction): string {
  const { name, operands, result } = instruction
  const params = operands.map((width) => `i${width}`).join(' ')
  return `(module (func (export "${name}") (param ${params}) (result i${result}) (${name} ${operands.map((_, i) => `(local.get ${i})`).join(' ')})))`
}

function foldedModule(steps: readonly Step[], { name, operands, result }: Instruction): Script {
  const few = steps.filter((_, i) => i % 37 === 0)
  const functions = few.map(([, args], i) =>
    `(func (export "${i}") (result i${result}) (${name} ${args.map((value, at) => `(i${operands[at]!}.const ${value})`).join(' ')}))`)
  return { name: `${name} of constants`, wat: `(module ${functions.join(' ')})`, steps: few.map(([, , expected], i) => [String(i), [], expected]) }
}

/** Every integer instruction on every pair of edge values. */
export const NUMERIC: readonly Script[] = INTEGER_INSTRUCTIONS.flatMap((instruction) => {
  const steps = stepsOf(instruction)
  return [{ name: instruction.name, wat: moduleOf(instruction), steps }, foldedModule(steps, instruction)]
})
