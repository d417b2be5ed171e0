/** Rejections of this part, with what to do next. */
export const MARKET_HINTS = {
  // power
  ORDER_NOT_FOUND: 'There is no such open order. It may have been filled, cancelled or run out.',
  NOT_ORDER_OWNER: 'Only the agent that placed the order can cancel it.',
  ORDER_LIMIT: 'The agent has as many open orders as it may. Cancel one first.',
  BOOK_FULL: 'The book has no room for a price like this. Offer a better one, or wait.',
  SELF_TRADE: 'The order would trade with one of your own. Cancel that one first, or choose another price.',
  NOTHING_HELD: 'No electricity waits for this agent.',
  // module artifacts
  BAD_MODULE: 'No node would run this module. "wasm_code" and "message" say why, "offset" says where.',
  ARTIFACT_EXISTS: 'These bytes are deployed already. Bid for the artifact, or deploy other bytes.',
  ARTIFACT_NOT_FOUND: 'No artifact has this hash. Deploy it first, or check the hash.',
  ARTIFACT_LIMIT: 'The agent owns as many artifacts as it may. Sell or destroy one first.',
  ARTIFACTS_FULL: 'The world has no room for more artifacts. Wait until one is destroyed.',
  ARTIFACT_IN_USE: 'The artifact is in use. Take it out of the slots of your body, and stop the modules that run it, first.',
  ARTIFACT_NOT_LISTED: 'The artifact is not for sale. Bid for it instead.',
  NOT_ARTIFACT_OWNER: 'Only the owner of the artifact can do this.',
  OWN_ARTIFACT: 'The artifact is yours already.',
  BID_NOT_FOUND: 'There is no such bid for this artifact. It may have been met, cancelled or run out.',
  NOT_BIDDER: 'Only the agent that made the bid can cancel it.',
  BID_EXISTS: 'The agent has a bid for this artifact already. Cancel that one first.',
  BIDS_FULL: 'The artifact has as many bids as it may, and none in this resource is lower. Bid more, or wait until one runs out.',
} as const
