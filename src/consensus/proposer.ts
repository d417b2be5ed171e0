import { sha256, encodeCanonical } from '../codec/index.ts'
import type { Validator, ValidatorSet } from '../codec/index.ts'

// 0.618034 = (√5 − 1)/2 in millionths: steps near the golden section spread points evenly (three-distance theorem).
const GOLDEN_MILLIONTHS = 618_034n
const MILLION = 1_000_000n
const DRAW_DOMAIN = 'agent-world/proposer-draw/v1'

/**
 * Who proposes in a round. Every node computes the same from the set, height and round alone.
 *
 * Round 0: heights walk around a circle of circumference S = total stake / gcd of stakes in steps coprime with S and near the golden
 * section of it; each validator owns an arc of its stake. Over any S consecutive heights each proposes exactly in proportion to
 * stake, and in shorter spans close to it; equal stakes rotate.
 *
 * Later rounds: a weighted draw without replacement from the others, so any n consecutive rounds of a height visit all n validators
 * once, and a height with f faulty validators meets a correct proposer within f + 1 rounds.
 */
export function proposerAt(set: ValidatorSet, height: number, round: number): Validator {
  const first = primaryIndex(set, height)
  let draws = round % set.length
  if (draws === 0) return set[first]!
  const left = set.filter((_, index) => index !== first)
  for (;;) {
    const chosen = drawIndex(left, height)
    if (draws === 1) return left[chosen]!
    left.splice(chosen, 1)
    draws--
  }
}

function primaryIndex(set: ValidatorSet, height: number): number {
  const unit = set.reduce((divisor, { stake }) => greatestCommonDivisor(divisor, BigInt(stake)), 0n)
  const circle = set.reduce((sum, { stake }) => sum + BigInt(stake), 0n) / unit
  return indexAt(set, ((BigInt(height) * strideOf(circle)) % circle) * unit)
}

/** The stride nearest the golden section of the circle, from below, that visits every point before it repeats. */
function strideOf(circle: bigint): bigint {
  let stride = (circle * GOLDEN_MILLIONTHS) / MILLION
  while (stride > 1n && greatestCommonDivisor(stride, circle) !== 1n) stride--
  return stride > 0n ? stride : 1n
}

/** One weighted draw. 2^256 is so much larger than any total stake that taking the remainder does not bias it. */
function drawIndex(left: ValidatorSet, height: number): number {
  const total = left.reduce((sum, { stake }) => sum + BigInt(stake), 0n)
  const digest = sha256(encodeCanonical([DRAW_DOMAIN, height, left.length]))
  let number = 0n
  for (const byte of digest) number = (number << 8n) | BigInt(byte)
  return indexAt(left, number % total)
}

function indexAt(set: ValidatorSet, point: bigint): number {
  let end = 0n
  for (let index = 0; index < set.length; index++) {
    end += BigInt(set[index]!.stake)
    if (point < end) return index
  }
  return set.length - 1
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}
