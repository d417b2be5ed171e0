import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'
import { MAX_MODULES, MODULE_ID } from '../module-manifest.ts'
import { AGENT_ID } from '../state/records.ts'
import { MAX_ARTIFACT_BYTES, MAX_ARTIFACT_PRICE, MAX_ARTIFACTS_OF_AGENT, MAX_BIDS_OF_ARTIFACT, MAX_BOOK_ORDERS, MAX_ORDERS_OF_AGENT } from './limits.ts'

const { array, bytes, int, literal, nullable, object, text } = schema

export const ORDER_ID = text(28, /^power_order\/[0-9a-f]{16}$/)
export const BID_ID = text(29, /^artifact_bid\/[0-9a-f]{16}$/)
export const WASM_HASH = text(64, /^[0-9a-f]{64}$/)

export const SIDE = literal('buy', 'sell')
export type Side = Infer<typeof SIDE>

/** An order in the book. A sell order holds `remaining` electricity in escrow, a buy order `remaining × limit_price` data. */
export const powerOrderSchema = object({
  owner: AGENT_ID,
  side: SIDE,
  /** Data per unit of electricity. */
  limit_price: int(1),
  /** As placed, and what of it has not been traded. */
  amount: int(1),
  remaining: int(1),
  placed_height: int(1),
  expires_height: int(1),
})
export type PowerOrderRecord = Infer<typeof powerOrderSchema>

/** One side of the book, best price first, then oldest first. */
export const powerBookSchema = array(object({ order_id: ORDER_ID, limit_price: int(1), remaining: int(1) }), MAX_BOOK_ORDERS)
export type PowerBook = Infer<typeof powerBookSchema>

export const powerOrdersOfSchema = array(ORDER_ID, MAX_ORDERS_OF_AGENT)
export const heldPowerSchema = object({ electricity: int(1) })
export type HeldPower = Infer<typeof heldPowerSchema>

export const priceSchema = object({ resource: literal('electricity', 'data'), amount: int(1, MAX_ARTIFACT_PRICE) })
export type Price = Infer<typeof priceSchema>

/** A deployed module. It has one owner, although everyone can read its bytes. */
export const artifactSchema = object({
  owner: AGENT_ID,
  bytes: int(1),
  deployed_height: int(1),
  /** What it can be had for; null when it is not for sale. */
  listing: nullable(priceSchema),
  /** Ids of the bids for it, oldest first. */
  bids: array(BID_ID, MAX_BIDS_OF_ARTIFACT),
  /** Slots of the owner's body that hold it. */
  equipped: int(0),
})
export type ArtifactRecord = Infer<typeof artifactSchema>
export const artifactWasmSchema = bytes(MAX_ARTIFACT_BYTES)
export const artifactUsersSchema = array(MODULE_ID, MAX_MODULES)

/** A bid holds its price in escrow. */
export const artifactBidSchema = object({ wasm_hash: WASM_HASH, bidder: AGENT_ID, price: priceSchema, placed_height: int(1), expires_height: int(1) })
export type ArtifactBidRecord = Infer<typeof artifactBidSchema>

export const artifactsOfSchema = array(WASM_HASH, MAX_ARTIFACTS_OF_AGENT)
export const artifactTotalsSchema = object({ count: int(0), bytes: int(0) })
export type ArtifactTotals = Infer<typeof artifactTotalsSchema>
