import { AppError } from '../../codec/index.ts'

/** Texts longer than this match nothing: ids and kinds are shorter, and with `MAX_STATES` it bounds the steps of one match. UTF-16 units. */
export const MAX_MATCHED_LENGTH = 64
/** States of a compiled pattern; one literal takes one. */
const MAX_STATES = 128

export class PatternError extends AppError {
  declare readonly code: 'FILTER_BAD_PATTERN'

  constructor(reason: string, at: number) {
    super('FILTER_BAD_PATTERN', `The pattern is not supported: ${reason} (at ${at}). Use literals, . [...] * + ? | ( ) ^ $ and \\ before punctuation.`, { at })
  }
}

type Range = readonly [low: number, high: number]

type Node =
  | { readonly kind: 'unit'; readonly ranges: readonly Range[]; readonly negated: boolean }
  | { readonly kind: 'edge'; readonly end: boolean }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'either'; readonly options: readonly Node[] }
  | { readonly kind: 'repeat'; readonly item: Node; readonly operator: '*' | '+' | '?' }

/** `split` goes on in two states at once; `unit` takes one UTF-16 unit; `edge` holds at the start or end of the text. */
type State =
  | { readonly kind: 'unit'; readonly ranges: readonly Range[]; readonly negated: boolean; readonly next: number }
  | { readonly kind: 'edge'; readonly end: boolean; readonly next: number }
  | { readonly kind: 'split'; next: number; other: number }
  | { readonly kind: 'match' }

/**
 * Compiles a small subset of regular expressions: literals, `.` (any unit), `[a-z]` and `[^…]`, `*` `+` `?`, `|`, groups, `^` and `$` (of the
 * whole text), and `\` before punctuation. Like `RegExp.test` it looks anywhere in the text. Engines differ in what they make of patterns
 * and can take exponential time; this runs all alternatives side by side (Thompson 1968), in time text × states, everywhere the same.
 * Throws `PatternError`.
 */
export function compileTextPattern(source: string): (text: string) => boolean {
  const states: State[] = [{ kind: 'match' }]
  const start = build(new PatternParser(source).parse(), 0, states)
  return (text) => text.length <= MAX_MATCHED_LENGTH && runs(states, start, text)
}

function runs(states: readonly State[], start: number, text: string): boolean {
  // Which position a state was last entered at: no state is entered twice at one position.
  const entered = new Int32Array(states.length).fill(-1)
  let current: number[] = []
  for (let at = 0; ; at++) {
    const waiting: number[] = []
    const open = [...current, start]
    while (open.length > 0) {
      const index = open.pop()!
      if (entered[index] === at) continue
      entered[index] = at
      const state = states[index]!
      if (state.kind === 'match') return true
      if (state.kind === 'unit') waiting.push(index)
      else if (state.kind === 'split') open.push(state.next, state.other)
      else if (at === (state.end ? text.length : 0)) open.push(state.next)
    }
    if (at === text.length) return false
    const unit = text.charCodeAt(at)
    current = []
    for (const index of waiting) {
      const state = states[index]!
      if (state.kind === 'unit' && state.ranges.some(([low, high]) => unit >= low && unit <= high) !== state.negated) current.push(state.next)
    }
  }
}

/** Adds the states that match `node` and then go on at `next`; gives the first of them. */
function build(node: Node, next: number, states: State[]): number {
  const add = (state: State): number => {
    if (states.length === MAX_STATES) throw new PatternError('it is too long', 0)
    return states.push(state) - 1
  }
  switch (node.kind) {
    case 'unit':
    case 'edge':
      return add({ ...node, next })
    case 'sequence':
      return node.items.reduceRight((after, item) => build(item, after, states), next)
    case 'either':
      return node.options.map((option) => build(option, next, states)).reduceRight((other, option) => add({ kind: 'split', next: option, other }))
    case 'repeat': {
      if (node.operator === '?') return add({ kind: 'split', next: build(node.item, next, states), other: next })
      const split = { kind: 'split' as const, next, other: next }
      const again = add(split)
      const item = build(node.item, again, states)
      split.other = item
      return node.operator === '*' ? again : item
    }
  }
}

const ANY: Node = { kind: 'unit', ranges: [], negated: true }
const PUNCTUATION = /[!-/:-@[-`{-~]/

class PatternParser {
  private readonly source: string
  private at = 0

  constructor(source: string) {
    this.source = source
  }

  parse(): Node {
    const node = this.either()
    if (this.at < this.source.length) this.fail('a ) without its (')
    return node
  }

  private either(): Node {
    const options = [this.sequence()]
    while (this.take('|')) options.push(this.sequence())
    return options.length === 1 ? options[0]! : { kind: 'either', options }
  }

  private sequence(): Node {
    const items: Node[] = []
    while (this.at < this.source.length && !'|)'.includes(this.source[this.at]!)) items.push(this.repeated())
    return { kind: 'sequence', items }
  }

  private repeated(): Node {
    const item = this.atom()
    const operator = (['*', '+', '?'] as const).find((mark) => this.take(mark))
    if (operator === undefined) return item
    if (item.kind === 'edge') this.fail('a repeated ^ or $')
    if ('*+?'.includes(this.source[this.at] ?? ' ')) this.fail('a repetition of a repetition')
    return { kind: 'repeat', item, operator }
  }

  private atom(): Node {
    const unit = this.source[this.at++]!
    switch (unit) {
      case '.': return ANY
      case '^': return { kind: 'edge', end: false }
      case '$': return { kind: 'edge', end: true }
      case '(': {
        if (this.source[this.at] === '?') this.fail('a group with options')
        const node = this.either()
        if (!this.take(')')) this.fail('a ( without its )')
        return node
      }
      case '[': return this.set()
      case '\\': return literal(this.escaped())
      case '*': case '+': case '?': return this.fail('a repetition of nothing')
      case ']': case '{': case '}': return this.fail(`a bare ${unit}`)
      default: return literal(unit.charCodeAt(0))
    }
  }

  private set(): Node {
    const negated = this.take('^')
    const ranges: Range[] = []
    while (!this.take(']')) {
      const low = this.member()
      const isRange = this.source[this.at] === '-' && this.source[this.at + 1] !== ']'
      if (isRange) this.at++
      const high = isRange ? this.member() : low
      if (high < low) this.fail('a range that ends before it begins')
      ranges.push([low, high])
    }
    if (ranges.length === 0) this.fail('an empty set')
    return { kind: 'unit', ranges, negated }
  }

  private member(): number {
    if (this.at >= this.source.length) this.fail('a [ without its ]')
    const unit = this.source.charCodeAt(this.at++)
    return unit === BACKSLASH ? this.escaped() : unit
  }

  private escaped(): number {
    const unit = this.source[this.at++]
    if (unit === undefined || !PUNCTUATION.test(unit)) return this.fail('a \\ before something other than punctuation')
    return unit.charCodeAt(0)
  }

  private take(unit: string): boolean {
    if (this.source[this.at] !== unit) return false
    this.at++
    return true
  }

  private fail(reason: string): never {
    throw new PatternError(reason, this.at)
  }
}

const BACKSLASH = 0x5c

function literal(unit: number): Node {
  return { kind: 'unit', ranges: [[unit, unit]], negated: false }
}
