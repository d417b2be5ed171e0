import type { FunctionType } from './module.ts'
import type { RegionBuilder } from './regions.ts'

/** What validation learns about one function, all that instrumentation needs. */
export interface FunctionBody {
  readonly index: number
  readonly type: FunctionType
  readonly typeIndex: number
  /** Number of local groups, and the range that holds them. */
  readonly localGroups: number
  readonly localsStart: number
  readonly codeStart: number
  readonly codeEnd: number
  readonly locals: number
  /** Most operands at once. */
  readonly maxOperands: number
  readonly flow: RegionBuilder
}
