import { schema } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import { insufficient } from '../actions/transfer-resource.ts'
import { reject } from '../rejections.ts'
import { bidCancelled, bidOf, readArtifact } from './artifact-store.ts'
import { WASM_HASH } from './records.ts'
import { hasRoomForArtifact } from './sell-artifact.ts'

const { literal, object } = schema

/** Buys a listed artifact at its price; a bid the buyer had for it ends. */
export const buyModuleArtifact = defineAction({
  kind: 'buy_module_artifact',
  actors: 'agents',
  shape: object({ kind: literal('buy_module_artifact'), wasm_hash: WASM_HASH }),
  override: null,
  fuel: 0,
  examine: (context, { wasm_hash }) => {
    const { state, params, actor, agent } = context
    const artifact = readArtifact(state, wasm_hash)
    if (artifact === null) return reject('ARTIFACT_NOT_FOUND', { wasm_hash })
    if (artifact.owner === actor) return reject('OWN_ARTIFACT', { wasm_hash })
    const price = artifact.listing
    if (price === null) return reject('ARTIFACT_NOT_LISTED', { wasm_hash })
    if (!hasRoomForArtifact(context, actor)) return reject('ARTIFACT_LIMIT', { max: params.market.artifacts_per_agent })
    if (agent![price.resource] < price.amount) return insufficient(price.resource, agent!, price.amount)
    return { facts: { wasm_hash, seller: artifact.owner, price, electricity: agent!.electricity, data: agent!.data } }
  },
  conclude: ({ state, params, actor }, { wasm_hash }, { seller, price }, { storageLimit }) => {
    const capacity = storageLimit ?? params.electricity_capacity
    const own = bidOf(state, readArtifact(state, wasm_hash)!, actor)
    return {
      event: 'artifact.sold',
      payload: { agent: actor, seller, wasm_hash, price, bid_id: null, refund: 0, capacity },
      spends: { [price.resource]: price.amount },
      sequel: own === null ? [] : [bidCancelled(state, own, 'bought', capacity)],
    }
  },
})
