import { applier } from '../part.ts'
import type { KernelPart } from '../part.ts'
import { BID_EXPIRY } from './artifact-store.ts'
import { applyArtifactBidCancelled, applyArtifactBidPlaced, artifactBidExpiry, cancelModuleArtifactBid, placeModuleArtifactBid } from './bid-for-artifact.ts'
import { buyModuleArtifact } from './buy-artifact.ts'
import { applyPowerOrderCancelled, cancelPowerOrder, powerOrderExpiry } from './cancel-power-order.ts'
import { applyHeldPowerCollected, collectHeldPower } from './collect-held-power.ts'
import { applyArtifactDeployed, deployModuleArtifact } from './deploy-artifact.ts'
import { applyArtifactDestroyed, destroyModuleArtifact } from './destroy-artifact.ts'
import { applyArtifactDelisted, applyArtifactListed, delistModuleArtifact, listModuleArtifact } from './list-artifact.ts'
import { applyPowerOrderPlaced, applyPowerTraded, placePowerOrder } from './place-power-order.ts'
import { ORDER_EXPIRY } from './power-book.ts'
import { artifactBidSchema, artifactSchema, artifactsOfSchema, artifactTotalsSchema, artifactUsersSchema, artifactWasmSchema, heldPowerSchema, powerBookSchema, powerOrderSchema, powerOrdersOfSchema } from './records.ts'
import { applyArtifactSold } from './sell-artifact.ts'

/** The power market and the market of module artifacts. */
export const market: KernelPart = {
  actions: [
    placePowerOrder, cancelPowerOrder, collectHeldPower,
    deployModuleArtifact, listModuleArtifact, delistModuleArtifact, buyModuleArtifact, placeModuleArtifactBid, cancelModuleArtifactBid, destroyModuleArtifact,
  ],
  appliers: [
    ['power_order.placed', applier(applyPowerOrderPlaced)],
    ['power_order.cancelled', applier(applyPowerOrderCancelled)],
    ['power.traded', applier(applyPowerTraded)],
    ['power.held_collected', applier(applyHeldPowerCollected)],
    ['artifact.deployed', applier(applyArtifactDeployed)],
    ['artifact.listed', applier(applyArtifactListed)],
    ['artifact.delisted', applier(applyArtifactDelisted)],
    ['artifact.sold', applier(applyArtifactSold)],
    ['artifact.bid_placed', applier(applyArtifactBidPlaced)],
    ['artifact.bid_cancelled', applier(applyArtifactBidCancelled)],
    ['artifact.destroyed', applier(applyArtifactDestroyed)],
  ],
  due: [[ORDER_EXPIRY, powerOrderExpiry], [BID_EXPIRY, artifactBidExpiry]],
  directives: [],
  tickFacts: [],
  records: [
    [/^power_order\/[0-9a-f]{16}$/, powerOrderSchema],
    [/^power_book\/(buy|sell)$/, powerBookSchema],
    [/^power_orders_of\/[0-9a-f]{32}$/, powerOrdersOfSchema],
    [/^held_power\/[0-9a-f]{32}$/, heldPowerSchema],
    [/^artifact\/[0-9a-f]{64}$/, artifactSchema],
    [/^artifact_wasm\/[0-9a-f]{64}$/, artifactWasmSchema],
    [/^artifact_users\/[0-9a-f]{64}$/, artifactUsersSchema],
    [/^artifact_bid\/[0-9a-f]{16}$/, artifactBidSchema],
    [/^artifacts_of\/[0-9a-f]{32}$/, artifactsOfSchema],
    [/^artifacts$/, artifactTotalsSchema],
  ],
}
