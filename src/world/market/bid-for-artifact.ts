import { schema } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import { insufficient } from '../actions/transfer-resource.ts'
import { freshId } from '../industry/fresh-id.ts'
import { updateAgent } from '../ledger.ts'
import type { DueHandler, EventInit } from '../part.ts'
import { reject } from '../rejections.ts'
import { scheduleAt } from '../schedule.ts'
import { readAgent } from '../state/read.ts'
import type { StagedState, StateReader } from '../state/state.ts'
import { BID_EXPIRY, bidCancelled, bidOf, readArtifact, readBid, removeBid, updateArtifact } from './artifact-store.ts'
import type { ArtifactBidCancelled, ArtifactBidPlaced } from './events.ts'
import { ARTIFACT_BID_PREFIX } from './keys.ts'
import { credit } from './power-book.ts'
import type { MarketParams } from './params.ts'
import { BID_ID, priceSchema, WASM_HASH } from './records.ts'
import type { ArtifactBidRecord, ArtifactRecord, Price } from './records.ts'
import { hasRoomForArtifact, soldToBid } from './sell-artifact.ts'

const { literal, object } = schema

/**
 * Offers a price for an artifact, which is set aside. Where the artifact is listed for no more, the sale happens at once, at the asking price.
 * Where there are as many bids as there may be, the lowest in the same resource gives way to a higher one.
 */
export const placeModuleArtifactBid = defineAction({
  kind: 'place_module_artifact_bid',
  actors: 'agents',
  shape: object({ kind: literal('place_module_artifact_bid'), wasm_hash: WASM_HASH, price: priceSchema }),
  override: null,
  fuel: 0,
  examine: (context, { wasm_hash, price }) => {
    const { state, params: { market }, actor, agent } = context
    const artifact = readArtifact(state, wasm_hash)
    if (artifact === null) return reject('ARTIFACT_NOT_FOUND', { wasm_hash })
    if (artifact.owner === actor) return reject('OWN_ARTIFACT', { wasm_hash })
    if (!hasRoomForArtifact(context, actor)) return reject('ARTIFACT_LIMIT', { max: market.artifacts_per_agent })
    const own = bidOf(state, artifact, actor)
    if (own !== null) return reject('BID_EXISTS', { bid_id: own })
    const full = artifact.bids.length >= market.bids_per_artifact && !meets(price, artifact.listing)
    if (full && lowestBelow(state, artifact.bids, price) === null) return reject('BIDS_FULL', { max: market.bids_per_artifact })
    if (agent![price.resource] < price.amount) return insufficient(price.resource, agent!, price.amount)
    return { facts: { wasm_hash, owner: artifact.owner, price, listing: artifact.listing, electricity: agent!.electricity, data: agent!.data } }
  },
  conclude: (context, { wasm_hash, price }, { owner, listing }, { storageLimit, commonStorageLimit }) => {
    const { state, params, actor, height } = context
    const bid_id = freshId(context, ARTIFACT_BID_PREFIX)
    if (bid_id === null) return reject('ID_TAKEN')
    return {
      event: 'artifact.bid_placed',
      payload: { agent: actor, bid_id, wasm_hash, price, placed_height: height, expires_height: height + params.market.bid_blocks },
      spends: { [price.resource]: price.amount },
      sequel: meets(price, listing)
        ? [soldToBid(wasm_hash, owner, listing, { bid_id, bidder: actor, amount: price.amount }, storageLimit ?? params.electricity_capacity)]
        : makeRoom(state, params.market, readArtifact(state, wasm_hash)!, price, commonStorageLimit ?? params.electricity_capacity),
    }
  },
})

function meets(price: Price, listing: Price | null): listing is Price {
  return listing !== null && listing.resource === price.resource && listing.amount <= price.amount
}

/** The lowest, then the newest, of the bids in the same resource that are below `price`. */
function lowestBelow(state: StateReader, bids: readonly string[], { resource, amount }: Price): string | null {
  let found: string | null = null
  let lowest = amount - 1
  for (const id of bids) {
    const { price } = readBid(state, id)!
    if (price.resource !== resource || price.amount > lowest) continue
    found = id
    lowest = price.amount
  }
  return found
}

function makeRoom(state: StateReader, { bids_per_artifact }: MarketParams, { bids }: ArtifactRecord, price: Price, capacity: number): EventInit[] {
  const displaced = bids.length < bids_per_artifact ? null : lowestBelow(state, bids, price)
  return displaced === null ? [] : [bidCancelled(state, displaced, 'displaced', capacity)]
}

/** Takes a bid back, and what was set aside with it. */
export const cancelModuleArtifactBid = defineAction({
  kind: 'cancel_module_artifact_bid',
  actors: 'agents',
  shape: object({ kind: literal('cancel_module_artifact_bid'), wasm_hash: WASM_HASH, bid_id: BID_ID }),
  override: null,
  fuel: 0,
  examine: ({ state, actor, agent }, { wasm_hash, bid_id }) => {
    const bid = readBid(state, bid_id)
    if (bid?.wasm_hash !== wasm_hash) return reject('BID_NOT_FOUND', { bid_id })
    if (bid.bidder !== actor) return reject('NOT_BIDDER', { bidder: bid.bidder })
    return { facts: { wasm_hash, price: bid.price, electricity: agent!.electricity } }
  },
  conclude: ({ state, params }, { bid_id }, _facts, { storageLimit }) => bidCancelled(state, bid_id, 'owner', storageLimit ?? params.electricity_capacity),
})

export function applyArtifactBidPlaced(state: StagedState, event: ArtifactBidPlaced, eventId: string): void {
  const { agent, bid_id, wasm_hash, price, placed_height, expires_height } = event
  const { resource, amount } = price
  updateAgent(state, agent, { [resource]: readAgent(state, agent)![resource] - amount })
  const bid: ArtifactBidRecord = { bidder: agent, wasm_hash, price, placed_height, expires_height }
  state.set(bid_id, bid as unknown as Value)
  updateArtifact(state, wasm_hash, { bids: [...readArtifact(state, wasm_hash)!.bids, bid_id] })
  scheduleAt(state, expires_height, { kind: BID_EXPIRY, subject: bid_id, cause: eventId })
}

export function applyArtifactBidCancelled(state: StagedState, { agent, bid_id, wasm_hash, refund, capacity }: ArtifactBidCancelled): void {
  removeBid(state, bid_id, wasm_hash)
  credit(state, agent, refund.resource, refund.amount, capacity)
}

export const artifactBidExpiry: DueHandler = ({ state, params }, { subject }) =>
  readBid(state, subject) === null ? [] : [bidCancelled(state, subject, 'expired', params.electricity_capacity)]
