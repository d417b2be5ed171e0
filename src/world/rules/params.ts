import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'

const { int, object } = schema

/** What module calls cost besides the terms of `feeOf`. */
export const meteringParamsSchema = object({
  /** Fuel that costs one unit of electricity; every begun one counts. */
  fuel_per_electricity: int(1, 2 ** 32),
})

/** A call of a built-in module burns some 40,000. */
export const DEFAULT_METERING_PARAMS: Infer<typeof meteringParamsSchema> = { fuel_per_electricity: 100_000 }
