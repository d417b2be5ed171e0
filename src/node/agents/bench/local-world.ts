import { BUILTIN_SIGNERS, builtinModules } from '../../../artifacts/index.ts'
import { toConsensusAction } from '../../../codec/index.ts'
import type { NodeConsensusAction, Value } from '../../../codec/index.ts'
import { publicKeyOf } from '../../../crypto/index.ts'
import { createGenesis, createKernel } from '../../../world/index.ts'
import type { BlockResult, Genesis, Kernel } from '../../../world/index.ts'
import { agentSeed } from '../keys.ts'
import { agentName } from '../names.ts'
import type { AgentHost } from '../types.ts'

export const MASTER = new Uint8Array(32).fill(7)

export class RefusedAction extends Error {
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** A block as it was decided here. */
export interface LocalBlock {
  readonly actions: readonly NodeConsensusAction[]
  readonly result: BlockResult
}

/** belt-small with all built-in modules, its settled agents having nothing but their start. */
export async function localGenesis(settled: number): Promise<Genesis> {
  return createGenesis({
    name: 'demo-agents', demo: true, time: 0, scenario: 'belt-small', seed: new Uint8Array(32).fill(3),
    validators: [{ validator_id: 'validator-1', public_key: publicKeyOf(new Uint8Array(32).fill(9)), stake: 1 }],
    agents: Array.from({ length: settled }, (_, index) => ({ public_key: publicKeyOf(agentSeed(MASTER, index)), name: agentName(index) })),
    agentKeysFromSeeds: true,
    modules: await builtinModules(), trustedSigners: BUILTIN_SIGNERS,
  })
}

/** A world of one process: a real kernel with the built-in modules, and a queue instead of mempool and consensus. */
export class LocalWorld {
  readonly kernel: Kernel
  readonly host: AgentHost
  private queue: NodeConsensusAction[] = []

  constructor(genesis: Genesis) {
    const kernel = createKernel(genesis)
    this.kernel = kernel
    this.host = {
      worldId: kernel.worldId,
      record: async (key) => this.record(key),
      list: async (prefix, limit) => kernel.keys(prefix, limit),
      asteroids: async () => kernel.view().asteroids,
      submit: async (envelope) => {
        const action = toConsensusAction(envelope)
        const problem = kernel.checkAction(action, true)
        if (problem !== null) throw new RefusedAction(problem.code)
        this.queue.push(action)
      },
    }
  }

  record(key: string): Value {
    return this.kernel.query(key).value
  }

  /** Decides and executes the next block with what is queued. Signatures were made here a moment ago and are not checked again. */
  block(): LocalBlock {
    const actions = this.queue
    this.queue = []
    const height = this.kernel.height() + 1
    const verdicts = new Map(actions.map(({ action_id }) => [action_id, true]))
    const result = this.kernel.executeBlock(blockContext(height), actions, verdicts)
    this.kernel.commit()
    return { actions, result }
  }

  /** Drops what is queued, as a mempool that lost everything. */
  forget(): void {
    this.queue = []
  }
}

export function blockContext(height: number): { height: number; parent_hash: Uint8Array; proposer: string } {
  return { height, parent_hash: new Uint8Array(32), proposer: 'validator-1' }
}
