import { toConsensusAction } from '../../../codec/index.ts'
import type { NodeConsensusAction, Value } from '../../../codec/index.ts'
import { builtinModules } from '../../../artifacts/index.ts'
import { publicKeyOf } from '../../../crypto/index.ts'
import { createGenesis, createKernel } from '../../../world/index.ts'
import type { Kernel, Receipt, WorldEvent } from '../../../world/index.ts'
import { agentName, agentSeed } from '../index.ts'
import type { AgentHost } from '../index.ts'

export const MASTER = new Uint8Array(32).fill(7)

export class RefusedAction extends Error {
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** A world of one process: a real kernel with the built-in modules, and a queue instead of mempool and consensus. */
export class TestWorld {
  readonly kernel: Kernel
  readonly receipts: Receipt[] = []
  readonly events: WorldEvent[] = []
  readonly actionsPerBlock: number[] = []
  readonly host: AgentHost
  private queue: NodeConsensusAction[] = []

  static async create(settled: number): Promise<TestWorld> {
    const genesis = createGenesis({
      name: 'demo-agents', demo: true, time: 0, scenario: 'belt-small', seed: new Uint8Array(32).fill(3),
      validators: [{ validator_id: 'validator-1', public_key: publicKeyOf(new Uint8Array(32).fill(9)), stake: 1 }],
      agents: Array.from({ length: settled }, (_, index) => ({ public_key: publicKeyOf(agentSeed(MASTER, index)), name: agentName(index) })),
      agentKeysFromSeeds: true,
      modules: await builtinModules(),
    })
    return new TestWorld(createKernel(genesis))
  }

  private constructor(kernel: Kernel) {
    this.kernel = kernel
    this.host = {
      worldId: kernel.worldId,
      record: async (key) => this.record(key),
      list: async (prefix, limit) => kernel.keys(prefix, limit),
      asteroids: async () => kernel.view().asteroids,
      submit: async (envelope) => {
        const action = toConsensusAction(envelope)
        const problem = kernel.checkAction(action)
        if (problem !== null) throw new RefusedAction(problem.code)
        this.queue.push(action)
      },
    }
  }

  record(key: string): Value {
    return this.kernel.query(key).value
  }

  /** Decides and executes the next block with what is queued. */
  block(): number {
    const actions = this.queue
    this.queue = []
    this.actionsPerBlock.push(actions.length)
    const height = this.kernel.height() + 1
    const { receipts, events } = this.kernel.executeBlock({ height, parent_hash: new Uint8Array(32), proposer: 'validator-1' }, actions)
    this.kernel.commit()
    this.receipts.push(...receipts)
    this.events.push(...events)
    return height
  }

  /** Drops what is queued, as a mempool that lost everything. */
  forget(): void {
    this.queue = []
  }

  /** Everything there is of a resource: all ledgers and the treasury. */
  total(resource: 'electricity' | 'data'): number {
    const held = this.kernel.view().agents.ids.map((id) => (this.record(id) as unknown as Record<string, number>)[resource]!)
    const treasury = this.record('treasury') as unknown as Record<string, number>
    return held.reduce((sum, amount) => sum + amount, treasury[resource]!)
  }
}
