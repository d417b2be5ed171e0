import { assertValidatorSet, CodecError, decodeCanonical, encodeCanonical, schema, sha256, toHex, validatorSetSchema, WORLD_NAME, worldId } from '../codec/index.ts'
import type { Infer, Value } from '../codec/index.ts'
import { isValidPublicKey } from '../crypto/index.ts'
import { GenesisError, invalidGenesis as invalid } from './errors.ts'
import { entrypointOf, MAX_MODULES, moduleManifestSchema } from './module-manifest.ts'
import type { ModuleManifest } from './module-manifest.ts'
import { worldParamsSchema } from './params.ts'
import { SCENARIOS } from './scenario.ts'
import { AGENT_NAME } from './state/records.ts'

const { array, bool, bytes, fixedBytes, int, literal, object } = schema

/** Most bytes of an encoded genesis: 10,000 agents are 1 MB, the rest is for modules. */
export const MAX_GENESIS_BYTES = 16 << 20
const MAX_MODULE_BYTES = 1 << 20
const MAX_SETTLED_AGENTS = 20_000

export const genesisSchema = object({
  format: literal(1),
  name: WORLD_NAME,
  demo: bool(),
  /** Milliseconds since 1970 UTC: lower bound of header times. Not state. */
  time: int(0),
  scenario: object({
    name: literal('belt-small', 'belt-large'),
    seed: fixedBytes(32),
    asteroids: int(1, 100_000),
    agents: int(0, MAX_SETTLED_AGENTS),
  }),
  validators: validatorSetSchema,
  /** Settled agents, placed by the seed. */
  agents: array(object({ public_key: fixedBytes(32), name: AGENT_NAME }), MAX_SETTLED_AGENTS),
  /** Ascending by module id. */
  modules: array(object({ manifest: moduleManifestSchema, wasm: bytes(MAX_MODULE_BYTES) }), MAX_MODULES),
  params: worldParamsSchema,
})

/** Everything a world starts from; its hash is in the world id. */
export type Genesis = Infer<typeof genesisSchema>

export function encodeGenesis(genesis: Genesis): Uint8Array {
  return encodeCanonical(genesis as unknown as Value)
}

/**
 * Reads a genesis file. Throws `GENESIS_TOO_LARGE` or `GENESIS_INVALID`. Modules are held against their manifests and hashes; those that may
 * not run are refused by `createKernel`, so that reading a genesis takes no part of the engine. Agent keys are bound by the world id and
 * not checked for torsion here; that was the operator's to do, and concerns nobody but the agent.
 */
export function decodeGenesis(encoded: Uint8Array): Genesis {
  if (encoded.length > MAX_GENESIS_BYTES) {
    throw new GenesisError('GENESIS_TOO_LARGE', `A genesis has at most ${MAX_GENESIS_BYTES} bytes; this has ${encoded.length}. Check that it is the right file.`)
  }
  let value: Value
  try {
    value = decodeCanonical(encoded, { maxBytes: MAX_GENESIS_BYTES, maxDepth: 12, maxItems: 1 << 20 })
  } catch (error) {
    return invalid('The genesis is not canonical CBOR. Get the file again from where the world was announced.', {}, error)
  }
  return parseGenesis(value)
}

export function worldIdOf(genesis: Genesis): string {
  return worldId(genesis.name, genesis as unknown as Value)
}

/** A genesis of any origin, checked: shape, keys of validators, sums, modules against their manifests. Throws `GENESIS_INVALID`. */
export function parseGenesis(value: Value): Genesis {
  let genesis: Genesis
  try {
    genesis = genesisSchema.parse(value, '')
    assertValidatorSet(genesis.validators)
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return invalid(`The genesis does not fit: ${error.message}`, error.detail, error)
  }
  assertNames(genesis)
  assertAgents(genesis)
  for (const { validator_id, public_key } of genesis.validators) {
    if (!isValidPublicKey(public_key)) invalid(`The key of validator "${validator_id}" is no valid Ed25519 key.`, { validator_id })
  }
  genesis.modules.forEach(({ manifest, wasm }, index) => {
    if (index > 0 && genesis.modules[index - 1]!.manifest.module_id >= manifest.module_id) invalid('Modules must be listed in ascending order of module_id, each once.')
    assertManifest(manifest, wasm)
  })
  return genesis
}

function assertNames({ name, demo, scenario }: Genesis): void {
  if (name.startsWith('demo-') !== demo) invalid('The name of a demo world starts with "demo-", that of any other world does not.', { name })
  if (scenario.asteroids !== SCENARIOS[scenario.name].asteroids) invalid(`${scenario.name} has ${SCENARIOS[scenario.name].asteroids} asteroids.`)
}

function assertAgents({ agents, scenario, params }: Genesis): void {
  if (scenario.agents !== agents.length) invalid('scenario.agents must be the number of settled agents.')
  if (agents.length > params.max_agents) invalid('There are more settled agents than max_agents.')
  if (new Set(agents.map(({ public_key }) => toHex(public_key))).size !== agents.length) invalid('Every settled agent needs a key of its own.')
  if (params.start_electricity > params.electricity_capacity) invalid('start_electricity must not exceed electricity_capacity.')
  for (const [resource, start, treasury] of [
    ['electricity', params.start_electricity, params.treasury_electricity],
    ['data', params.start_data, params.treasury_data],
  ] as const) {
    if (start * agents.length > treasury) invalid(`The treasury cannot pay the start of all settled agents. Raise treasury_${resource}.`, { resource })
  }
}

/** That the manifest names these bytes and agrees with itself. */
function assertManifest(manifest: ModuleManifest, wasm: Uint8Array): void {
  const { module_id, wasm_hash, exports, subscriptions } = manifest
  if (toHex(sha256(wasm)) !== wasm_hash) invalid(`The bytes of ${module_id} are not those its manifest names. Build the modules again.`, { module_id })
  if (!exports.includes(entrypointOf(manifest))) invalid(`${module_id} must list its entrypoint "${entrypointOf(manifest)}" among its exports.`, { module_id })
  const { stage, action_kinds, event_kinds } = subscriptions
  const expected = stage === 'pre_action' || stage === 'post_action' ? action_kinds : stage === 'post_event' ? event_kinds : []
  if (action_kinds.length + event_kinds.length !== expected.length || (stage !== 'tick' && expected.length === 0)) {
    invalid(`${module_id} must subscribe to the kinds its stage "${stage}" is about, and to no others.`, { module_id, stage })
  }
}
