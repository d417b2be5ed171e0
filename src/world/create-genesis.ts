import type { ValidatorSet, Value } from '../codec/index.ts'
import { isValidPublicKey } from '../crypto/index.ts'
import { invalidGenesis as invalid } from './errors.ts'
import { DEFAULT_GOVERNANCE } from './governance/config.ts'
import type { GovernanceConfig } from './governance/config.ts'
import { parseGenesis } from './genesis.ts'
import type { Genesis } from './genesis.ts'
import type { ModuleManifest } from './module-manifest.ts'
import { trustedSignersOf, verifyArtifactIdentity } from './modules/artifact-identity.ts'
import type { TrustedSigner } from './modules/artifact-identity.ts'
import { DEFAULT_PARAMS } from './params.ts'
import type { WorldParams } from './params.ts'
import { assertRunnable } from './runnable-modules.ts'
import { SCENARIOS } from './scenario.ts'
import { compareStateKeys } from './state/keys.ts'
import type { ScenarioName } from './scenario.ts'

export interface GenesisInit {
  /** `demo-` in front exactly when `demo`. */
  readonly name: string
  readonly demo: boolean
  /** Milliseconds since 1970 UTC. */
  readonly time: number
  readonly scenario: ScenarioName
  /** 32 bytes. */
  readonly seed: Uint8Array
  readonly validators: ValidatorSet
  readonly agents: readonly { readonly public_key: Uint8Array; readonly name: string }[]
  readonly modules: readonly { readonly manifest: ModuleManifest; readonly wasm: Uint8Array }[]
  /** Whose modules this world takes. */
  readonly trustedSigners: readonly TrustedSigner[]
  /** Uses of modules for an agent or a place. Default none: each module sees the whole world. */
  readonly instances?: Genesis['instances']
  /** Default none: no module may have effects. */
  readonly capabilities?: Genesis['capabilities']
  /** The first that matches decides. Default none: every effect is denied. */
  readonly policies?: Genesis['policies']
  /** Over `DEFAULT_GOVERNANCE`, by which nobody may change anything. */
  readonly governance?: Partial<GovernanceConfig>
  /** Who may say what came of effects. Default nobody: every effect expires. */
  readonly effectExecutors?: NonNullable<Genesis['effect_executors']>
  /** Over `DEFAULT_PARAMS`. */
  readonly params?: Partial<WorldParams>
  /**
   * Checking a key takes about a millisecond, too long for ten thousand agents. Keys computed from seeds (`publicKeyOf`) are valid by
   * construction; say so to skip the check. Validator keys are always checked.
   */
  readonly agentKeysFromSeeds?: boolean
}

/** A checked genesis, whose modules are signed and may run. Throws `GENESIS_INVALID` or `ArtifactIdentityError` naming the first thing that is wrong. */
export function createGenesis(init: GenesisInit): Genesis {
  if (!Object.hasOwn(SCENARIOS, init.scenario)) invalid(`There is no scenario "${String(init.scenario)}". Use one of ${Object.keys(SCENARIOS).join(', ')}.`)
  const signers = trustedSignersOf(init.trustedSigners)
  for (const { manifest, wasm } of init.modules) verifyArtifactIdentity(manifest, signers, wasm)
  const genesis = parseGenesis({
    format: 1,
    name: init.name,
    demo: init.demo,
    time: init.time,
    scenario: { name: init.scenario, seed: init.seed, asteroids: SCENARIOS[init.scenario].asteroids, agents: init.agents.length },
    validators: [...init.validators].sort((a, b) => (a.validator_id < b.validator_id ? -1 : 1)),
    agents: init.agents,
    trusted_signers: [...init.trustedSigners].sort((a, b) => (a.node_id < b.node_id ? -1 : 1)),
    modules: [...init.modules].sort((a, b) => (a.manifest.module_id < b.manifest.module_id ? -1 : 1)),
    instances: [...init.instances ?? []].sort((a, b) => compareStateKeys(a.instance_id, b.instance_id)),
    capabilities: [...init.capabilities ?? []].sort((a, b) => compareStateKeys(a.module_id, b.module_id) || compareStateKeys(a.name, b.name)),
    policies: init.policies ?? [],
    governance: { ...DEFAULT_GOVERNANCE, ...init.governance },
    ...(init.effectExecutors === undefined ? {} : { effect_executors: [...init.effectExecutors].sort((a, b) => compareStateKeys(a.executor_id, b.executor_id)) }),
    params: { ...DEFAULT_PARAMS, ...init.params },
  } as unknown as Value)
  if (init.agentKeysFromSeeds !== true) {
    for (const { public_key, name } of genesis.agents) {
      if (!isValidPublicKey(public_key)) invalid(`The key of agent "${name}" is no valid Ed25519 key.`, { name })
    }
  }
  assertRunnable(genesis)
  return genesis
}
