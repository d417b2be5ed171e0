/** Bounds of what one record can hold, whatever the params say. */
export const MAX_BOOK_ORDERS = 256
export const MAX_ORDERS_OF_AGENT = 16
export const MAX_BIDS_OF_ARTIFACT = 32
export const MAX_ARTIFACTS_OF_AGENT = 16

/** Amount × price × 10,000 basis points stays below 2^53. */
export const MAX_ORDER_AMOUNT = 1_000_000
export const MAX_ORDER_PRICE = 100_000
export const MAX_ARTIFACT_PRICE = 1_000_000_000

/** No larger module fits an action; that leaves room for the envelope. */
export const MAX_ARTIFACT_BYTES = 64 << 10
