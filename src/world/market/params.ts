import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'
import { MAX_ARTIFACTS_OF_AGENT, MAX_BIDS_OF_ARTIFACT, MAX_BOOK_ORDERS, MAX_ORDER_AMOUNT, MAX_ORDER_PRICE, MAX_ORDERS_OF_AGENT } from './limits.ts'

const { int, object } = schema

export const marketParamsSchema = object({
  /** Electricity in one order. */
  order_amount_max: int(1, MAX_ORDER_AMOUNT),
  /** Data per unit of electricity. */
  order_price_max: int(1, MAX_ORDER_PRICE),
  /** Orders on each side of the book. */
  orders_per_side: int(1, MAX_BOOK_ORDERS),
  orders_per_agent: int(1, MAX_ORDERS_OF_AGENT),
  /** How long an order rests. */
  order_blocks: int(1, 1_000_000),
  /** Most orders one order trades with at once. */
  trades_per_order: int(1, MAX_BOOK_ORDERS),
  /** Module artifacts in the world, and their bytes together: all of it is state. */
  artifacts_max: int(0, 100_000),
  artifact_bytes_max: int(0, 2 ** 30),
  artifacts_per_agent: int(0, MAX_ARTIFACTS_OF_AGENT),
  bids_per_artifact: int(0, MAX_BIDS_OF_ARTIFACT),
  /** How long a bid stands. */
  bid_blocks: int(1, 1_000_000),
})
export type MarketParams = Infer<typeof marketParamsSchema>

export const DEFAULT_MARKET_PARAMS: MarketParams = {
  order_amount_max: 10_000,
  order_price_max: 10_000,
  orders_per_side: 256,
  orders_per_agent: 8,
  order_blocks: 600,
  trades_per_order: 32,
  artifacts_max: 512,
  artifact_bytes_max: 8 << 20,
  artifacts_per_agent: 8,
  bids_per_artifact: 16,
  bid_blocks: 1_000,
}
