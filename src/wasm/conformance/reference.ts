/**
 * The integer instructions in arithmetic of unbounded integers, as core 2.0 §4.3.2 defines them. Operands and results are the
 * unsigned interpretations; null is a trap.
 */
type Width = 32 | 64

export interface Instruction {
  readonly name: string
  readonly operands: readonly Width[]
  readonly result: Width
  readonly evaluate: (operands: readonly bigint[]) => bigint | null
}

type Operation = (width: Width, a: bigint, b: bigint) => bigint | null

const signed = (width: number, value: bigint): bigint => BigInt.asIntN(width, value)
const shift = (width: Width, count: bigint): bigint => count % BigInt(width)

const ARITHMETIC: Readonly<Record<string, Operation>> = {
  add: (_, a, b) => a + b,
  sub: (_, a, b) => a - b,
  mul: (_, a, b) => a * b,
  div_s: (w, a, b) => (b === 0n || (signed(w, a) === -(1n << BigInt(w - 1)) && signed(w, b) === -1n) ? null : signed(w, a) / signed(w, b)),
  div_u: (_, a, b) => (b === 0n ? null : a / b),
  rem_s: (w, a, b) => (b === 0n ? null : signed(w, a) % signed(w, b)),
  rem_u: (_, a, b) => (b === 0n ? null : a % b),
  and: (_, a, b) => a & b,
  or: (_, a, b) => a | b,
  xor: (_, a, b) => a ^ b,
  shl: (w, a, b) => a << shift(w, b),
  shr_s: (w, a, b) => signed(w, a) >> shift(w, b),
  shr_u: (w, a, b) => a >> shift(w, b),
  rotl: (w, a, b) => (a << shift(w, b)) | (a >> (BigInt(w) - shift(w, b))),
  rotr: (w, a, b) => (a >> shift(w, b)) | (a << (BigInt(w) - shift(w, b))),
}

const COMPARISONS: Readonly<Record<string, (width: Width, a: bigint, b: bigint) => boolean>> = {
  eq: (_, a, b) => a === b,
  ne: (_, a, b) => a !== b,
  lt_s: (w, a, b) => signed(w, a) < signed(w, b),
  lt_u: (_, a, b) => a < b,
  gt_s: (w, a, b) => signed(w, a) > signed(w, b),
  gt_u: (_, a, b) => a > b,
  le_s: (w, a, b) => signed(w, a) <= signed(w, b),
  le_u: (_, a, b) => a <= b,
  ge_s: (w, a, b) => signed(w, a) >= signed(w, b),
  ge_u: (_, a, b) => a >= b,
}

const bits = (width: Width, value: bigint): string => value.toString(2).padStart(width, '0')

const UNARY: Readonly<Record<string, (width: Width, a: bigint) => bigint>> = {
  clz: (w, a) => BigInt(bits(w, a).match(/^0*/)![0].length),
  ctz: (w, a) => BigInt(bits(w, a).match(/0*$/)![0].length),
  popcnt: (w, a) => BigInt(bits(w, a).replaceAll('0', '').length),
  extend8_s: (_, a) => signed(8, a),
  extend16_s: (_, a) => signed(16, a),
}

function ofWidth(width: Width): Instruction[] {
  const type = `i${width}`
  return [
    ...Object.entries(ARITHMETIC).map(([name, of]): Instruction => ({
      name: `${type}.${name}`, operands: [width, width], result: width, evaluate: ([a, b]) => of(width, a!, b!),
    })),
    ...Object.entries(COMPARISONS).map(([name, of]): Instruction => ({
      name: `${type}.${name}`, operands: [width, width], result: 32, evaluate: ([a, b]) => (of(width, a!, b!) ? 1n : 0n),
    })),
    ...Object.entries(UNARY).map(([name, of]): Instruction => ({ name: `${type}.${name}`, operands: [width], result: width, evaluate: ([a]) => of(width, a!) })),
    { name: `${type}.eqz`, operands: [width], result: 32, evaluate: ([a]) => (a === 0n ? 1n : 0n) },
  ]
}

/** All of them that this version accepts. */
export const INTEGER_INSTRUCTIONS: readonly Instruction[] = [
  ...ofWidth(32),
  ...ofWidth(64),
  { name: 'i64.extend32_s', operands: [64], result: 64, evaluate: ([a]) => signed(32, a!) },
  { name: 'i64.extend_i32_s', operands: [32], result: 64, evaluate: ([a]) => signed(32, a!) },
  { name: 'i64.extend_i32_u', operands: [32], result: 64, evaluate: ([a]) => a! },
  { name: 'i32.wrap_i64', operands: [64], result: 32, evaluate: ([a]) => a! },
]
