import { schema } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import type { ActionContext } from '../actions/action-rule.ts'
import { reject } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'
import type { StagedState } from '../state/state.ts'
import { readArtifact, readBid, updateArtifact } from './artifact-store.ts'
import type { ArtifactListed, ArtifactWithdrawn } from './events.ts'
import { priceSchema, WASM_HASH } from './records.ts'
import { bestBid, soldToBid } from './sell-artifact.ts'

const { literal, object } = schema

const FEE = { data: 1 } as const

/** Offers an artifact for sale, or changes its price. Sold at once, at the asking price, to the best bid that meets it. */
export const listModuleArtifact = defineAction({
  kind: 'list_module_artifact_for_sale',
  actors: 'agents',
  shape: object({ kind: literal('list_module_artifact_for_sale'), wasm_hash: WASM_HASH, price: priceSchema }),
  override: null,
  fuel: 0,
  examine: (context, { wasm_hash, price }) => {
    const why = whyNotOwn(context, wasm_hash)
    if (why !== null) return why
    const { equipped } = readArtifact(context.state, wasm_hash)!
    if (equipped > 0) return reject('ARTIFACT_IN_USE', { slots: equipped })
    return { facts: { wasm_hash, price, electricity: context.agent!.electricity } }
  },
  conclude: (context, { wasm_hash, price }, _facts, { storageLimit }) => {
    const { state, params, actor } = context
    const bid_id = bestBid(context, readArtifact(state, wasm_hash)!, price)
    const listed = { event: 'artifact.listed', payload: { agent: actor, wasm_hash, price }, cost: FEE }
    if (bid_id === null) return listed
    const { bidder, price: { amount } } = readBid(state, bid_id)!
    return { ...listed, sequel: [soldToBid(wasm_hash, actor, price, { bid_id, bidder, amount }, storageLimit ?? params.electricity_capacity)] }
  },
})

/** Takes an artifact off the market; bids for it stand. */
export const delistModuleArtifact = defineAction({
  kind: 'delist_module_artifact',
  actors: 'agents',
  shape: object({ kind: literal('delist_module_artifact'), wasm_hash: WASM_HASH }),
  override: null,
  fuel: 0,
  examine: (context, { wasm_hash }) => {
    const why = whyNotOwn(context, wasm_hash)
    if (why !== null) return why
    return readArtifact(context.state, wasm_hash)!.listing === null ? reject('ARTIFACT_NOT_LISTED', { wasm_hash }) : { facts: { wasm_hash } }
  },
  conclude: ({ actor }, { wasm_hash }) => ({ event: 'artifact.delisted', payload: { agent: actor, wasm_hash }, cost: FEE }),
})

/** For what only the owner of an artifact may do. */
export function whyNotOwn({ state, actor }: Pick<ActionContext, 'state' | 'actor'>, wasm_hash: string): Rejection | null {
  const artifact = readArtifact(state, wasm_hash)
  if (artifact === null) return reject('ARTIFACT_NOT_FOUND', { wasm_hash })
  return artifact.owner === actor ? null : reject('NOT_ARTIFACT_OWNER', { owner: artifact.owner })
}

export function applyArtifactListed(state: StagedState, { wasm_hash, price }: ArtifactListed): void {
  updateArtifact(state, wasm_hash, { listing: price })
}

export function applyArtifactDelisted(state: StagedState, { wasm_hash }: ArtifactWithdrawn): void {
  updateArtifact(state, wasm_hash, { listing: null })
}
