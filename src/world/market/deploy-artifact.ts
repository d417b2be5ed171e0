import { schema, sha256, toHex } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { validateModule } from '../../wasm/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import { cutText } from '../cut-text.ts'
import { reject } from '../rejections.ts'
import type { StagedState } from '../state/state.ts'
import { addToOwner, addToTotals, readArtifact, readArtifactsOf, readArtifactTotals } from './artifact-store.ts'
import type { ArtifactDeployed } from './events.ts'
import { artifactKey, artifactWasmKey } from './keys.ts'
import { MAX_ARTIFACT_BYTES } from './limits.ts'
import type { ArtifactRecord } from './records.ts'

const { bytes, literal, object } = schema

/** Hashing and validating takes up to half a microsecond a byte, where a module declares all the locals it may; so long takes a module this much fuel. */
const DEPLOY_FUEL = 100_000
const DEPLOY_FUEL_PER_BYTE = 500
const BYTES_PER_ELECTRICITY = 2_048
const MAX_MESSAGE_LENGTH = 200

/**
 * Puts the bytes of a module on record, owned by the agent: what can then be sold, carried, and proposed to run. Only what a node would
 * run is taken. Costs one unit of electricity per started 2 KiB.
 */
export const deployModuleArtifact = defineAction({
  kind: 'deploy_module_artifact',
  actors: 'agents',
  shape: object({ kind: literal('deploy_module_artifact'), wasm: bytes(MAX_ARTIFACT_BYTES) }),
  override: null,
  fuel: ({ wasm }) => DEPLOY_FUEL + DEPLOY_FUEL_PER_BYTE * wasm.length,
  examine: ({ state, params: { market }, actor }, { wasm }) => {
    if (readArtifactsOf(state, actor).length >= market.artifacts_per_agent) return reject('ARTIFACT_LIMIT', { max: market.artifacts_per_agent })
    const totals = readArtifactTotals(state)
    if (totals.count >= market.artifacts_max || totals.bytes + wasm.length > market.artifact_bytes_max) return reject('ARTIFACTS_FULL', { ...totals })
    const wasm_hash = toHex(sha256(wasm))
    if (readArtifact(state, wasm_hash) !== null) return reject('ARTIFACT_EXISTS', { wasm_hash })
    const [problem] = validateModule(wasm).errors
    if (problem !== undefined) return reject('BAD_MODULE', { wasm_code: problem.code, message: cutText(problem.message, MAX_MESSAGE_LENGTH), offset: problem.offset })
    return { facts: { wasm_hash, bytes: wasm.length } }
  },
  conclude: ({ actor, height }, { wasm }, { wasm_hash }) => ({
    event: 'artifact.deployed',
    payload: { agent: actor, wasm_hash, wasm, deployed_height: height },
    cost: { electricity: Math.max(1, Math.ceil(wasm.length / BYTES_PER_ELECTRICITY)) },
  }),
})

export function applyArtifactDeployed(state: StagedState, { agent, wasm_hash, wasm, deployed_height }: ArtifactDeployed): void {
  const record: ArtifactRecord = { owner: agent, bytes: wasm.length, deployed_height, listing: null, bids: [], equipped: 0 }
  state.set(artifactKey(wasm_hash), record as unknown as Value)
  state.set(artifactWasmKey(wasm_hash), wasm)
  addToOwner(state, agent, wasm_hash)
  addToTotals(state, 1, wasm.length)
}
