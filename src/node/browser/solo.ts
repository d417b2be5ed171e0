import { concatBytes, sha256, utf8Bytes } from '../../codec/index.ts'
import { publicKeyOf } from '../../crypto/index.ts'
import { createGenesis, decodeGenesis, encodeGenesis, SCENARIOS, worldIdOf } from '../../world/index.ts'
import type { GenesisInit } from '../../world/index.ts'
import { agentName, agentSeed, runScriptedAgents } from '../agents/index.ts'
import type { AgentNode } from '../agents/index.ts'
import type { NodeSettings } from './settings.ts'

const SCENARIO = 'belt-small'
const VALIDATOR_ID = 'this-tab'
/** Scripted agents beyond the settled ones: they register while one watches. */
const NEWCOMERS = 8
/** Another name when the form of a genesis changes: an older one, kept by a browser that was here before, cannot be read. */
const GENESIS_SETTING = 'solo-genesis-3'

/** The modules a solo world starts with, and whose signatures it takes. */
export type SignedModules = Pick<GenesisInit, 'modules' | 'trustedSigners'>

export type SoloAgents = ReturnType<typeof runScriptedAgents>

export interface SoloWorld {
  readonly world_id: string
  readonly genesis: Uint8Array
  readonly validator_id: string
  readonly validatorSeed: Uint8Array
  /** Seed of the scripted agents' keys. */
  readonly master: Uint8Array
}

/**
 * The one-validator world of this browser: made once, the same after every reload. Its name starts with `demo-`, which is part of its
 * id: nobody can mistake it for a world that others agreed on.
 */
export async function openSoloWorld(settings: NodeSettings, modules: () => Promise<SignedModules>, now: () => number): Promise<SoloWorld> {
  const master = await settings.secret('solo-master', () => crypto.getRandomValues(new Uint8Array(32)))
  const validatorSeed = sha256(concatBytes(utf8Bytes('agent-world/solo-validator/v1'), master))
  const genesis = await settings.bytes(GENESIS_SETTING, async () => encodeGenesis(createGenesis({
    name: `demo-${SCENARIO}`,
    demo: true,
    time: now(),
    scenario: SCENARIO,
    seed: sha256(concatBytes(utf8Bytes('agent-world/solo-scenario/v1'), master)),
    validators: [{ validator_id: VALIDATOR_ID, public_key: publicKeyOf(validatorSeed), stake: 1 }],
    agents: Array.from({ length: SCENARIOS[SCENARIO].agents }, (_, index) => ({ public_key: publicKeyOf(agentSeed(master, index)), name: agentName(index) })),
    ...await modules(),
    agentKeysFromSeeds: true,
  })))
  return { world_id: worldIdOf(decodeGenesis(genesis)), genesis, validator_id: VALIDATOR_ID, validatorSeed, master }
}

/** The agents that live in a solo world. Call `onBlock` after every block. */
export function startSoloAgents(node: AgentNode, { master }: SoloWorld): SoloAgents {
  return runScriptedAgents({ node, count: SCENARIOS[SCENARIO].agents + NEWCOMERS, master })
}
