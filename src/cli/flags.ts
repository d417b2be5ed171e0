import { AppError } from '../codec/index.ts'

export interface FlagSpec {
  /** `boolean` flags take no value. */
  readonly type: 'boolean' | 'integer' | 'text'
  readonly default: boolean | number | string | null
  readonly help: string
  readonly min?: number
  readonly max?: number
  readonly choices?: readonly string[]
  /** Name of the value in `--help`. */
  readonly value?: string
}

type FlagValue<S extends FlagSpec> = S['type'] extends 'boolean'
  ? boolean
  : S['type'] extends 'integer'
    ? number | (S['default'] extends null ? null : never)
    : string | (S['default'] extends null ? null : never)

export type Flags<T extends Readonly<Record<string, FlagSpec>>> = { readonly [K in keyof T]: FlagValue<T[K]> }

export class FlagError extends AppError {}

/** Parses `--name value` and `--name=value`. Throws `FlagError` (`FLAG_UNKNOWN`, `FLAG_VALUE`) naming the flag and what it takes. */
export function parseFlags<const T extends Readonly<Record<string, FlagSpec>>>(args: readonly string[], specs: T): Flags<T> {
  const values: Record<string, boolean | number | string | null> = {}
  for (const [name, spec] of Object.entries(specs)) values[name] = spec.default
  for (let i = 0; i < args.length; i++) {
    const [flag, inline] = splitFlag(args[i]!)
    const spec = Object.hasOwn(specs, flag) ? specs[flag] : undefined
    if (spec === undefined) {
      throw new FlagError('FLAG_UNKNOWN', `"${args[i]}" is not understood. Known: ${Object.keys(specs).map((name) => `--${name}`).join(' ')} --help.`)
    }
    if (spec.type === 'boolean') {
      if (inline !== null) throw new FlagError('FLAG_VALUE', `--${flag} takes no value.`)
      values[flag] = true
      continue
    }
    const raw = inline ?? args[++i]
    if (raw === undefined) throw new FlagError('FLAG_VALUE', `--${flag} needs a value: ${describe(spec)}.`)
    values[flag] = convert(flag, raw, spec)
  }
  return values as Flags<T>
}

function splitFlag(argument: string): readonly [string, string | null] {
  if (!argument.startsWith('--')) return [argument, null]
  const equals = argument.indexOf('=')
  return equals < 0 ? [argument.slice(2), null] : [argument.slice(2, equals), argument.slice(equals + 1)]
}

function convert(flag: string, raw: string, spec: FlagSpec): number | string {
  if (spec.type === 'integer') {
    const number = /^-?\d{1,15}$/.test(raw) ? Number(raw) : Number.NaN
    if (Number.isNaN(number) || number < (spec.min ?? -Infinity) || number > (spec.max ?? Infinity)) {
      throw new FlagError('FLAG_VALUE', `--${flag} takes ${describe(spec)}; "${raw}" is not that.`)
    }
    return number
  }
  if (raw === '' || (spec.choices !== undefined && !spec.choices.includes(raw))) {
    throw new FlagError('FLAG_VALUE', `--${flag} takes ${describe(spec)}; "${raw}" is not that.`)
  }
  return raw
}

function describe(spec: FlagSpec): string {
  if (spec.type === 'integer') return `a whole number from ${spec.min} to ${spec.max}`
  return spec.choices === undefined ? 'a text' : `one of ${spec.choices.join(', ')}`
}

/** The option lines of `--help`. */
export function flagHelp(specs: Readonly<Record<string, FlagSpec>>): string {
  const rows = Object.entries(specs).map(([name, spec]) => {
    const value = spec.type === 'boolean' ? '' : ` ${spec.value ?? (spec.choices?.join('|') ?? 'N')}`
    const fallback = spec.type === 'boolean' || spec.default === null ? '' : ` (default ${spec.default})`
    return [`  --${name}${value}`, `${spec.help}${fallback}`] as const
  })
  rows.push(['  --help', 'show this text'])
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  return rows.map(([left, right]) => left.padEnd(width) + right).join('\n')
}
