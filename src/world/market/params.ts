import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'

const { object } = schema

export const marketParamsSchema = object({})
export type MarketParams = Infer<typeof marketParamsSchema>

export const DEFAULT_MARKET_PARAMS: MarketParams = {}
