import { BUILTIN_SIGNERS, builtinModules } from '../../artifacts/index.ts'
import { publicKeyOf } from '../../crypto/index.ts'
import { agentName, agentSeed, runScriptedAgents } from '../../node/agents/index.ts'
import { consensusTimeouts, WorldNode } from '../../node/index.ts'
import type { NodeEvent, SpawnExecutor } from '../../node/index.ts'
import { GOVERNANCE, proposed, Signers } from '../../node/testing/governance.ts'
import { createMemoryDisk, openMemoryStorage } from '../../storage/index.ts'
import { createGenesis, DEFAULT_GOVERNANCE, encodeGenesis, worldIdOf } from '../../world/index.ts'

/** What the testnet uses unless told otherwise: the time a block takes there. */
export const BLOCK_INTERVAL_MS = 1_000
/** Blocks are made faster than that here; what counts is how long running them again takes. */
const FAST_INTERVAL_MS = 50
const AGENTS = 24
/** Snapshots come more often than in life, where a hundred blocks lie between the state begun with and the report on average: here, less than thirty. */
const SNAPSHOT_EVERY = 40
const PROPOSED_AFTER = 60
const RUNS = 5

export interface ShadowFigures {
  readonly agents: number
  readonly blocks: number
  readonly shadow_blocks: number
  readonly median_ms: number
  /** Time the blocks took, at a block a second, over the time of the re-run: executor started, state loaded, blocks run. */
  readonly real_time_over_rerun: number
}

/** A signer's node makes a shadow report again while its world goes on: belt-small with all modules and scripted agents. */
export async function benchShadowRerun(spawn: SpawnExecutor): Promise<ShadowFigures> {
  const master = new Uint8Array(32).fill(7)
  const validator = { validator_id: 'this-node', seed: new Uint8Array(32).fill(9) }
  const genesis = createGenesis({
    name: 'demo-shadow', demo: true, time: Date.now(), scenario: 'belt-small', seed: new Uint8Array(32).fill(3),
    validators: [{ validator_id: validator.validator_id, public_key: publicKeyOf(validator.seed), stake: 1 }],
    agents: Array.from({ length: AGENTS }, (_, index) => ({ public_key: publicKeyOf(agentSeed(master, index)), name: agentName(index) })),
    agentKeysFromSeeds: true, modules: await builtinModules(), trustedSigners: BUILTIN_SIGNERS,
    governance: { ...DEFAULT_GOVERNANCE, ...GOVERNANCE, shadow_blocks: DEFAULT_GOVERNANCE.shadow_blocks, checkpoint_blocks: DEFAULT_GOVERNANCE.checkpoint_blocks },
  })
  const listeners = new Set<(event: NodeEvent) => void>()
  const node = await WorldNode.open({
    genesis: encodeGenesis(genesis), role: 'solo', validator, storage: await openMemoryStorage({ world_id: worldIdOf(genesis) }, createMemoryDisk()), persistent: false,
    spawnExecutor: spawn, network: null, blockIntervalMs: FAST_INTERVAL_MS, timeouts: consensusTimeouts(FAST_INTERVAL_MS), retainBlocks: null, snapshotEvery: SNAPSHOT_EVERY,
    now: Date.now, onUpdate: (event) => listeners.forEach((listener) => listener(event)),
  })
  const agents = runScriptedAgents({ node, master, count: AGENTS })
  const when = (condition: () => boolean | Promise<boolean>): Promise<void> => new Promise((resolve) => {
    const listener = async (event: NodeEvent): Promise<void> => {
      if (event.type !== 'block' || !(await condition()) || !listeners.delete(listener)) return
      resolve()
    }
    listeners.add(listener)
  })
  listeners.add((event) => event.type === 'block' && agents.onBlock())
  try {
    await when(() => node.head()!.height >= PROPOSED_AFTER)
    const id = await proposed(node, 's1', { deactivate: ['m5.gameplay.economic.overlay'] }, when)
    await when(async () => (await new Signers(node).proposal(id))?.shadow?.block_hash != null)
    agents.stop()
    const times: number[] = []
    let blocks = 0
    for (let run = 0; run < RUNS; run++) {
      const again = await node.rerunShadow(id)
      times.push(again.elapsed_ms)
      blocks = again.blocks
    }
    const median_ms = times.toSorted((a, b) => a - b)[RUNS >> 1]!
    return { agents: AGENTS, blocks, shadow_blocks: DEFAULT_GOVERNANCE.shadow_blocks, median_ms, real_time_over_rerun: (blocks * BLOCK_INTERVAL_MS) / median_ms }
  } finally {
    agents.stop()
    await node.stop()
  }
}
