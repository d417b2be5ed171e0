import type { Settlement } from '../ledger.ts'
import type { Price, Side } from './records.ts'

/** `power_order.placed`: `escrow` is electricity of a sell order, data of a buy order, taken from the agent. */
export type PowerOrderPlaced = Settlement & {
  readonly agent: string
  readonly order_id: string
  readonly side: Side
  readonly amount: number
  readonly limit_price: number
  readonly escrow: number
  readonly placed_height: number
  readonly expires_height: number
}

/**
 * `power.traded`, at the price of the order that rested: the buyer gets `amount` of electricity and `refund` of the data it had offered
 * beyond the price; the seller gets `value − fee` data, the treasury the `fee`.
 */
export type PowerTraded = {
  readonly buy_order: string
  readonly sell_order: string
  readonly buyer: string
  readonly seller: string
  readonly amount: number
  readonly price: number
  readonly value: number
  readonly fee: number
  readonly refund: number
}

/**
 * `power_order.cancelled`, by its owner or by the kernel: it ran out, gave way to a better price (`displaced`), its buyer has no room for
 * what a seller offers (`no_room`), or it had traded as often as one order may (`unmatched`). The escrow of what was not traded goes back
 * to the agent; electricity above `capacity` is held for it.
 */
export type PowerOrderCancelled = Partial<Settlement> & {
  readonly agent: string
  readonly order_id: string
  readonly reason: 'owner' | 'expired' | 'displaced' | 'no_room' | 'unmatched'
  readonly refund: Price
  readonly capacity: number
}

/** `power.held_collected` */
export type HeldPowerCollected = Settlement & { readonly agent: string; readonly amount: number }

/** `artifact.deployed` */
export type ArtifactDeployed = Settlement & { readonly agent: string; readonly wasm_hash: string; readonly wasm: Uint8Array; readonly deployed_height: number }

/** `artifact.listed` */
export type ArtifactListed = Settlement & { readonly agent: string; readonly wasm_hash: string; readonly price: Price }

/** `artifact.delisted`, `artifact.destroyed` */
export type ArtifactWithdrawn = Settlement & { readonly agent: string; readonly wasm_hash: string }

/** `artifact.bid_placed`: the price is taken from the agent. */
export type ArtifactBidPlaced = Settlement & {
  readonly agent: string
  readonly bid_id: string
  readonly wasm_hash: string
  readonly price: Price
  readonly placed_height: number
  readonly expires_height: number
}

/** `artifact.bid_cancelled`, by the bidder or by the kernel: it ran out, gave way to a higher one (`displaced`), the bidder bought the artifact, or the artifact is gone. */
export type ArtifactBidCancelled = Partial<Settlement> & {
  readonly agent: string
  readonly bid_id: string
  readonly wasm_hash: string
  readonly reason: 'owner' | 'expired' | 'displaced' | 'bought' | 'destroyed'
  readonly refund: Price
  readonly capacity: number
}

/**
 * `artifact.sold`: bought at its listing (`bid_id` null), or to a bid, whose escrow pays; `refund` is what the bid offered beyond the price.
 * Electricity above `capacity` is held for who gets it.
 */
export type ArtifactSold = Partial<Settlement> & {
  /** The buyer. */
  readonly agent: string
  readonly seller: string
  readonly wasm_hash: string
  readonly price: Price
  readonly bid_id: string | null
  readonly refund: number
  readonly capacity: number
}
