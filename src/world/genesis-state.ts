import { encodeCanonical } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { agentIdOf, HASH_BYTES } from '../codec/index.ts'
import { newAgent } from './actions/register-agent.ts'
import { EFFECT_QUEUE_KEY } from './effects/keys.ts'
import { effectRecords } from './effects/settings.ts'
import type { EffectSettings } from './effects/settings.ts'
import type { Genesis } from './genesis.ts'
import { governanceSignerKey, MANIFEST_KEY, moduleLatestKey, moduleVersionKey } from './governance/keys.ts'
import type { GovernanceSignerRecord, ModuleVersionRecord, WorldManifest } from './governance/records.ts'
import { genesisInstances } from './genesis-instances.ts'
import { dockingPoint } from './geometry.ts'
import { artifactUsersKey } from './market/keys.ts'
import { createIntegerStream, placeAsteroids } from './scenario.ts'
import { asteroidKey, CONFIG_KEY, CURRENT_VALIDATORS_KEY, HEAD_KEY, moduleInstanceKey, moduleKey, NEXT_VALIDATORS_KEY, signerKey, TREASURY_KEY, validatorKey } from './state/keys.ts'
import { hashKey, makeItem } from './state/state.ts'
import type { ModuleRecord } from './state/records.ts'
import type { StateItem } from './state/state.ts'

/** The state before the first block. A function of the genesis alone. */
export function genesisItems(genesis: Genesis, worldId: string): StateItem[] {
  const { params, scenario, agents, validators, modules, trusted_signers } = genesis
  const items: StateItem[] = []
  const add = (key: string, record: unknown): void => {
    items.push(makeItem(key, record as Value, encodeCanonical(record as Value), hashKey(key)))
  }
  const asteroids = placeAsteroids(scenario.seed, scenario.asteroids)
  asteroids.forEach((asteroid, index) => add(asteroidKey(index + 1), asteroid))

  const next = createIntegerStream(scenario.seed, 'agents')
  for (const { public_key, name } of agents) {
    const agent = agentIdOf(public_key)
    const at = next(asteroids.length)
    const position = dockingPoint(asteroids[at]!, agent)
    const { start_electricity: electricity, start_data: data } = params
    add(agent, newAgent({ public_key, name, asteroid: asteroidKey(at + 1), position, electricity, data, height: 0 }))
  }
  add(TREASURY_KEY, {
    electricity: params.treasury_electricity - agents.length * params.start_electricity,
    data: params.treasury_data - agents.length * params.start_data,
  })
  for (const { validator_id, public_key } of validators) add(validatorKey(validator_id), { public_key, nonce: 0, slashed_heights: [] })
  add(CURRENT_VALIDATORS_KEY, validators)
  add(NEXT_VALIDATORS_KEY, validators)
  for (const { node_id, public_key } of trusted_signers) add(signerKey(node_id), { public_key })
  const instances = genesisInstances(genesis)
  for (const { manifest } of modules) {
    const { module_id, version } = manifest
    const own = instances.filter((instance) => instance.module_id === module_id).map(({ instance_id }) => instance_id)
    add(moduleKey(module_id), { manifest, active_version: version, since_height: 0, instances: own } satisfies ModuleRecord)
    add(moduleVersionKey(module_id, version), { manifest, registered_height: 0, registered_by: 'genesis' } satisfies ModuleVersionRecord)
    add(moduleLatestKey(module_id), version)
  }
  for (const [hash, users] of Map.groupBy(modules, ({ manifest }) => manifest.wasm_hash)) add(artifactUsersKey(hash), users.map(({ manifest }) => manifest.module_id))
  const ticking = new Set(modules.filter(({ manifest }) => manifest.subscriptions.stage === 'tick').map(({ manifest }) => manifest.module_id))
  for (const { instance_id, module_id, target, owner } of instances) {
    add(moduleInstanceKey(instance_id), { module_id, target, owner, wake_height: ticking.has(module_id) ? 0 : null })
  }
  const manifest = genesisManifest(genesis)
  add(MANIFEST_KEY, manifest)
  for (const [id, public_key] of governanceKeys(genesis)) add(governanceSignerKey(id), { public_key, nonce: 0 } satisfies GovernanceSignerRecord)
  for (const [key, record] of effectRecords(manifest.effects)) add(key, record)
  add(EFFECT_QUEUE_KEY, { queued: 0, height: 0, in_block: 0 })
  add(CONFIG_KEY, { world_id: worldId, asteroids: asteroids.length, params })
  add(HEAD_KEY, { height: 0, agent_count: agents.length, event_count: 0, last_event_hash: new Uint8Array(HASH_BYTES) })
  return items
}

function genesisManifest(genesis: Genesis): WorldManifest {
  const { governance, trusted_signers, modules } = genesis
  return {
    version: 1,
    governance: { ...governance, epoch_id: 0 },
    trusted_signers: Object.fromEntries(trusted_signers.map(({ node_id, public_key }) => [node_id, public_key])),
    effects: genesisEffects(genesis),
    modules: Object.fromEntries(modules.map(({ manifest: { module_id, version, wasm_hash } }) => [module_id, { version, wasm_hash }])),
  }
}

function genesisEffects({ effect_executors = [], policies, capabilities }: Genesis): EffectSettings {
  return {
    executors: Object.fromEntries(effect_executors.map(({ executor_id, executor }) => [executor_id, executor])),
    policies,
    grants: Object.fromEntries(Object.entries(Object.groupBy(capabilities, ({ module_id }) => module_id)).map(([id, granted]) => (
      [id, Object.fromEntries(granted!.map(({ name, module_id: _module_id, ...grant }) => [name, grant]))]
    ))),
  }
}

/** Signers and guardians; one that is both has one key. */
function governanceKeys({ governance: { signers, guardians } }: Genesis): Map<string, Uint8Array> {
  return new Map([...guardians.map(({ guardian_id, public_key }) => [guardian_id, public_key] as const), ...signers.map(({ signer_id, public_key }) => [signer_id, public_key] as const)])
}
