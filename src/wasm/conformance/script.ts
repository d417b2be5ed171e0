import type { Argument } from '../testdata/raw-run.ts'

/** One call and what the WebAssembly specification says comes of it: result values joined by commas, `undefined` for none, or `trap`. */
export type Step = readonly [name: string, args: readonly Argument[], expected: string]

/** A module in text form and calls on one instance of it, in order: what a trapped call did before it trapped stays. */
export interface Script {
  readonly name: string
  readonly wat: string
  readonly steps: readonly Step[]
  /** What the exported memory holds at the end, from address 0; the rest is zero. */
  readonly memory?: Uint8Array
}

export const TRAP = 'trap'

/** Steps of one export: arguments to result. */
export function calls(name: string, cases: readonly (readonly [args: readonly Argument[], expected: string | number | bigint])[]): Step[] {
  return cases.map(([args, expected]) => [name, args, String(expected)])
}
