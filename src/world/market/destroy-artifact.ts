import { schema } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import { reject } from '../rejections.ts'
import type { StagedState } from '../state/state.ts'
import { addToTotals, bidCancelled, readArtifact, readArtifactUsers, removeFromOwner } from './artifact-store.ts'
import type { ArtifactWithdrawn } from './events.ts'
import { artifactKey, artifactWasmKey } from './keys.ts'
import { whyNotOwn } from './list-artifact.ts'
import { WASM_HASH } from './records.ts'

const { literal, object } = schema

const FEE = { electricity: 1 } as const

/** Takes an artifact and its bytes out of the world, unless something runs it; what was bid for it goes back. */
export const destroyModuleArtifact = defineAction({
  kind: 'destroy_module_artifact',
  actors: 'agents',
  shape: object({ kind: literal('destroy_module_artifact'), wasm_hash: WASM_HASH }),
  override: null,
  fuel: 0,
  examine: (context, { wasm_hash }) => {
    const why = whyNotOwn(context, wasm_hash)
    if (why !== null) return why
    const { equipped, bytes } = readArtifact(context.state, wasm_hash)!
    const users = readArtifactUsers(context.state, wasm_hash)
    if (equipped > 0 || users.length > 0) return reject('ARTIFACT_IN_USE', { slots: equipped, modules: users.join(' ') })
    return { facts: { wasm_hash, bytes } }
  },
  conclude: ({ state, params, actor }, { wasm_hash }, _facts, { commonStorageLimit }) => ({
    event: 'artifact.destroyed',
    payload: { agent: actor, wasm_hash },
    cost: FEE,
    sequel: readArtifact(state, wasm_hash)!.bids.map((id) => bidCancelled(state, id, 'destroyed', commonStorageLimit ?? params.electricity_capacity)),
  }),
})

export function applyArtifactDestroyed(state: StagedState, { agent, wasm_hash }: ArtifactWithdrawn): void {
  addToTotals(state, -1, -readArtifact(state, wasm_hash)!.bytes)
  removeFromOwner(state, agent, wasm_hash)
  state.set(artifactKey(wasm_hash), null)
  state.set(artifactWasmKey(wasm_hash), null)
}
