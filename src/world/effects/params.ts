import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'

const { int, object } = schema

export const effectParamsSchema = object({
  /** Effects that wait for a receipt at one time; further ones are refused. Bounds the state. */
  max_queued: int(0, 100_000),
  max_per_block: int(0, 10_000),
  /** How long an effect waits; an expired one stays readable for as long again. */
  expires_blocks: int(1, 1_000_000),
})

export const DEFAULT_EFFECT_PARAMS: Infer<typeof effectParamsSchema> = { max_queued: 1_000, max_per_block: 64, expires_blocks: 100 }
