/** Rejections of this part, with what to do next. */
export const MARKET_HINTS = {} as const
