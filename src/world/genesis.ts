import { agentIdOf, assertValidatorSet, CodecError, decodeCanonical, encodeCanonical, schema, sha256, toHex, validatorSetSchema, WORLD_NAME, worldId } from '../codec/index.ts'
import type { Infer, Value } from '../codec/index.ts'
import { isValidPublicKey } from '../crypto/index.ts'
import { listedExecutorSchema, whyBadExecutors } from './effects/executors.ts'
import { CAPABILITY_FIELDS, policySetSchema } from './effects/records.ts'
import { MAX_EXECUTORS, MAX_GRANTS_OF_MODULE } from './effects/settings.ts'
import { GenesisError, invalidGenesis as invalid } from './errors.ts'
import { assertInstances } from './genesis-instances.ts'
import { governanceConfigSchema, keysOfGovernance, whyBadGovernance } from './governance/config.ts'
import { CAPABILITY_NAME, MAX_MODULES, MODULE_ID, moduleManifestSchema, SIGNER_NODE_ID } from './module-manifest.ts'
import type { ModuleManifest } from './module-manifest.ts'
import { whyBadManifest } from './modules/manifest-rules.ts'
import { worldParamsSchema } from './params.ts'
import { SCENARIOS } from './scenario.ts'
import { AGENT_ID, AGENT_NAME, INSTANCE_ID, instanceTargetSchema } from './state/records.ts'

const { array, bool, bytes, fixedBytes, int, literal, nullable, object, optional } = schema

/** Most bytes of an encoded genesis: 10,000 agents are 1 MB, the rest is for modules. */
export const MAX_GENESIS_BYTES = 16 << 20
const MAX_MODULE_BYTES = 1 << 20
const MAX_SETTLED_AGENTS = 20_000
const MAX_TRUSTED_SIGNERS = 64
/** Besides those every module has: each is looked at with every action or event of its kinds. */
const MAX_LISTED_INSTANCES = 256
const MAX_CAPABILITIES = 1_024

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
  /** Whose modules may be registered and loaded, ascending by node id. */
  trusted_signers: array(object({ node_id: SIGNER_NODE_ID, public_key: fixedBytes(32) }), MAX_TRUSTED_SIGNERS),
  /** Ascending by module id. */
  modules: array(object({ manifest: moduleManifestSchema, wasm: bytes(MAX_MODULE_BYTES) }), MAX_MODULES),
  /** Uses of modules for an agent or a place, ascending by id. Number 1 of a module sees the whole world unless it is listed. */
  instances: array(object({ instance_id: INSTANCE_ID, target: instanceTargetSchema, owner: nullable(AGENT_ID) }), MAX_LISTED_INSTANCES),
  /** What modules may ask to have done outside, ascending by module id and name. */
  capabilities: array(object({ module_id: MODULE_ID, name: CAPABILITY_NAME, ...CAPABILITY_FIELDS }), MAX_CAPABILITIES),
  /** Which of that is allowed at all. */
  policies: policySetSchema,
  /** Who may change the rules of this world, and how. */
  governance: governanceConfigSchema,
  /** Who may say what came of effects, ascending by id; absent when nobody may. */
  effect_executors: optional(array(listedExecutorSchema, MAX_EXECUTORS)),
  params: worldParamsSchema,
})

/** Everything a world starts from; its hash is in the world id. */
export type Genesis = Infer<typeof genesisSchema>

export function encodeGenesis(genesis: Genesis): Uint8Array {
  return encodeCanonical(genesis as unknown as Value)
}

/**
 * Reads a genesis file. Throws `GENESIS_TOO_LARGE` or `GENESIS_INVALID`. Modules are held against their manifests and hashes; those that
 * nobody trusted signed or that may not run are refused by `createKernel`, so that reading a genesis takes no part of the engine. Agent keys are bound by the world id and
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
  assertSigners(genesis.trusted_signers)
  genesis.modules.forEach(({ manifest, wasm }, index) => {
    if (index > 0 && genesis.modules[index - 1]!.manifest.module_id >= manifest.module_id) invalid('Modules must be listed in ascending order of module_id, each once.')
    assertManifest(manifest, wasm)
    assertCapabilities(manifest, genesis)
  })
  assertInstances(genesis, new Set(genesis.instances.length === 0 ? [] : genesis.agents.map(({ public_key }) => agentIdOf(public_key))))
  assertGrants(genesis)
  assertGovernance(genesis)
  const badExecutors = whyBadExecutors(genesis.effect_executors ?? [], isValidPublicKey)
  if (badExecutors !== null) invalid(badExecutors.message, { executor_id: badExecutors.executor_id })
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

function assertSigners(signers: Genesis['trusted_signers']): void {
  signers.forEach(({ node_id, public_key }, index) => {
    if (index > 0 && signers[index - 1]!.node_id >= node_id) invalid('Trusted signers must be listed in ascending order of node_id, each once.')
    if (!isValidPublicKey(public_key)) invalid(`The key of the trusted signer "${node_id}" is no valid Ed25519 key.`, { node_id })
  })
}

/** That the manifest names these bytes and agrees with itself. */
function assertManifest(manifest: ModuleManifest, wasm: Uint8Array): void {
  const { module_id, wasm_hash } = manifest
  if (toHex(sha256(wasm)) !== wasm_hash) invalid(`The bytes of ${module_id} are not those its manifest names. Build the modules again.`, { module_id })
  const problem = whyBadManifest(manifest)
  if (problem !== null) invalid(problem.message, problem.detail, problem.cause)
}

/** What a module cannot do without must be there from the start. */
function assertCapabilities({ module_id, required_caps }: ModuleManifest, { capabilities }: Genesis): void {
  for (const capability of required_caps) {
    if (!capabilities.some((granted) => granted.module_id === module_id && granted.name === capability)) {
      invalid(`${module_id} requires the capability "${capability}", which is not granted to it. Add it to the capabilities.`, { module_id, capability })
    }
  }
}

function assertGrants({ capabilities, modules }: Genesis): void {
  const ids = new Set(modules.map(({ manifest }) => manifest.module_id))
  capabilities.forEach(({ module_id, name }, index) => {
    const before = capabilities[index - 1]
    if (before !== undefined && (before.module_id > module_id || (before.module_id === module_id && before.name >= name))) {
      invalid('Capabilities must be listed in ascending order of module_id and name, each once.', { module_id, capability: name })
    }
    if (capabilities[index - MAX_GRANTS_OF_MODULE]?.module_id === module_id) invalid(`A module has at most ${MAX_GRANTS_OF_MODULE} capabilities.`, { module_id })
    if (!ids.has(module_id)) invalid(`The capability "${name}" is granted to ${module_id}, which is not listed.`, { module_id, capability: name })
  })
}

function assertGovernance({ governance }: Genesis): void {
  const problem = whyBadGovernance(governance)
  if (problem !== null) invalid(problem)
  for (const { owner, public_key } of keysOfGovernance(governance)) if (!isValidPublicKey(public_key)) invalid(`The key of the ${owner} is no valid Ed25519 key.`)
}
