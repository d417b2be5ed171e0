import { AppError, encodeCanonical, equalBytes } from '../../codec/index.ts'
import type { Value, ValueMap } from '../../codec/index.ts'
import type { FilterRule, SubscriptionFilter } from '../module-manifest.ts'
import { compileTextPattern, MAX_MATCHED_LENGTH } from './text-pattern.ts'

export type FilterErrorCode = 'FILTER_EMPTY' | 'FILTER_BAD_POINTER' | 'FILTER_BAD_RULE'

/** A filter no module can be registered with. */
export class FilterError extends AppError {
  declare readonly code: FilterErrorCode

  constructor(code: FilterErrorCode, message: string, path = '') {
    super(code, message, { path })
  }
}

/** What a filter looks at: the action or event as the module would be given it. */
export type CompiledFilter = (subject: Value) => boolean

/** Fuel of one state of a pattern at one place of a text: some ten nanoseconds, as long as so much fuel takes a module. */
const FUEL_PER_STEP = 10

/** Fuel that looking at one subject takes at most. Patterns take time that somebody must bound; all else is as cheap as knowing the kind. */
export function filterFuel({ all = [], any = [] }: SubscriptionFilter): number {
  return [...all, ...any].reduce((fuel, { re = '' }) => fuel + re.length * MAX_MATCHED_LENGTH * FUEL_PER_STEP, 0)
}

const OPERATORS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 're'] as const

/**
 * Compiles a filter: every rule of `all` and at least one of `any` must hold. A path that leads nowhere holds for no operator, `ne` included:
 * what is not there says nothing. Throws `FilterError` or `PatternError`.
 */
export function compileFilter({ all, any }: SubscriptionFilter): CompiledFilter {
  if ((all ?? any) === undefined || all?.length === 0 || any?.length === 0) {
    throw new FilterError('FILTER_EMPTY', 'A filter needs rules in "all", in "any" or in both. Leave it out to see everything.')
  }
  const every = (all ?? []).map(compileRule)
  const some = any?.map(compileRule)
  return (subject) => every.every((holds) => holds(subject)) && (some === undefined || some.some((holds) => holds(subject)))
}

function compileRule(rule: FilterRule): CompiledFilter {
  const steps = parsePointer(rule.path)
  const holds = compileOperator(rule)
  return (subject) => {
    const found = valueAt(subject, steps)
    return found !== undefined && holds(found)
  }
}

function compileOperator(rule: FilterRule): (found: Value) => boolean {
  const given = OPERATORS.filter((name) => Object.hasOwn(rule, name))
  const [operator] = given
  if (operator === undefined || given.length > 1) throw new FilterError('FILTER_BAD_RULE', `A filter rule has exactly one of ${OPERATORS.join(', ')}.`, rule.path)
  if (operator === 're') {
    const matches = compileTextPattern(rule.re!)
    return (found) => typeof found === 'string' && matches(found)
  }
  if (operator === 'eq' || operator === 'ne') {
    const equals = equalTo(rule[operator]!)
    return operator === 'eq' ? equals : (found) => !equals(found)
  }
  const bound = rule[operator]!
  const compare = COMPARISONS[operator]
  return (found) => typeof found === 'number' && compare(found, bound)
}

const COMPARISONS = {
  gt: (a: number, b: number): boolean => a > b,
  gte: (a: number, b: number): boolean => a >= b,
  lt: (a: number, b: number): boolean => a < b,
  lte: (a: number, b: number): boolean => a <= b,
} as const

/** Maps and lists are equal when their canonical bytes are. */
function equalTo(expected: Value): (found: Value) => boolean {
  if (typeof expected !== 'object' || expected === null) return (found) => found === expected
  const bytes = encodeCanonical(expected)
  return (found) => typeof found === 'object' && found !== null && equalBytes(encodeCanonical(found), bytes)
}

/** RFC 6901. */
function parsePointer(path: string): readonly string[] {
  if (path === '') return []
  return path.slice(1).split('/').map((step) => {
    if (/~(?![01])/.test(step)) throw new FilterError('FILTER_BAD_POINTER', 'In a JSON pointer ~ is written ~0 and / within a name ~1.', path)
    return step.replaceAll('~1', '/').replaceAll('~0', '~')
  })
}

const INDEX = /^(0|[1-9][0-9]{0,8})$/

function valueAt(subject: Value, steps: readonly string[]): Value | undefined {
  let value: Value | undefined = subject
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined
    if (Array.isArray(value)) value = INDEX.test(step) ? (value as readonly Value[])[Number(step)] : undefined
    else value = Object.hasOwn(value, step) ? (value as ValueMap)[step] : undefined
  }
  return value
}
