import type { ActionContext } from '../actions/action-rule.ts'
import { updateAgent } from '../ledger.ts'
import type { EventInit } from '../part.ts'
import { readAgent } from '../state/read.ts'
import type { StagedState } from '../state/state.ts'
import { addToOwner, readArtifactsOf, readBid, removeBid, removeFromOwner, updateArtifact } from './artifact-store.ts'
import type { ArtifactSold } from './events.ts'
import { credit } from './power-book.ts'
import type { ArtifactRecord, Price } from './records.ts'

/** Whether an agent may own one more. */
export function hasRoomForArtifact({ state, params }: Pick<ActionContext, 'state' | 'params'>, agent: string): boolean {
  return readArtifactsOf(state, agent).length < params.market.artifacts_per_agent
}

/** The best bid that meets an asking price: the highest, then the oldest, of those whose bidder may own one more. */
export function bestBid(context: Pick<ActionContext, 'state' | 'params'>, { bids }: ArtifactRecord, ask: Price): string | null {
  let best: string | null = null
  let highest = ask.amount - 1
  for (const id of bids) {
    const { bidder, price } = readBid(context.state, id)!
    if (price.resource !== ask.resource || price.amount <= highest || !hasRoomForArtifact(context, bidder)) continue
    best = id
    highest = price.amount
  }
  return best
}

/** A sale to a bid, at the asking price. */
export function soldToBid(wasm_hash: string, seller: string, ask: Price, bid: { readonly bid_id: string; readonly bidder: string; readonly amount: number }, capacity: number): EventInit {
  return { event: 'artifact.sold', payload: { agent: bid.bidder, seller, wasm_hash, price: ask, bid_id: bid.bid_id, refund: bid.amount - ask.amount, capacity } }
}

export function applyArtifactSold(state: StagedState, { agent: buyer, seller, wasm_hash, price, bid_id, refund, capacity }: ArtifactSold): void {
  const { resource, amount } = price
  if (bid_id === null) {
    updateAgent(state, buyer, { [resource]: readAgent(state, buyer)![resource] - amount })
  } else {
    removeBid(state, bid_id, wasm_hash)
    if (refund > 0) credit(state, buyer, resource, refund, capacity)
  }
  credit(state, seller, resource, amount, capacity)
  removeFromOwner(state, seller, wasm_hash)
  addToOwner(state, buyer, wasm_hash)
  updateArtifact(state, wasm_hash, { owner: buyer, listing: null })
}
