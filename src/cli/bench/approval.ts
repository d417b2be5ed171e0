import { TestCluster } from '../../node/testing/cluster.ts'
import { GOVERNANCE, proposed, Signers } from '../../node/testing/governance.ts'
import { testWorld } from '../../node/testing/test-world.ts'
import { spawnExecutorThread } from '../../node/executor/thread.node.ts'
import { BLOCK_INTERVAL_MS } from './shadow.ts'

const VALIDATORS = 4
/** Parts of a block interval after a block at which the last approval is handed in: just after a block it waits longest for the next. */
const PHASES = [0, 0.2, 0.4, 0.6, 0.8]

export interface ApprovalFigures {
  readonly validators: number
  /** From handing in the last approval to the block with `governance.applied` finalized on every node, in block intervals. */
  readonly intervals: readonly number[]
  readonly worst: number
  /** Blocks from the one with the last approval to that one. */
  readonly blocks: readonly number[]
}

/** How long a rule change takes once enough signers have signed: four validators, real network and threads, no timelock. */
export async function benchApproval(now: () => number): Promise<ApprovalFigures> {
  const cluster = new TestCluster(await testWorld(VALIDATORS, 8, GOVERNANCE))
  const intervals: number[] = []
  const blocks: number[] = []
  try {
    const members = await cluster.start({ blockIntervalMs: BLOCK_INTERVAL_MS, spawnExecutor: spawnExecutorThread })
    const nodes = members.map(({ node }) => node)
    const [node] = nodes
    const signers = new Signers(node!)
    await cluster.reaches(members[0]!, 2)
    for (const [run, phase] of PHASES.entries()) {
      const id = await proposed(node!, 's1', { title: `Change ${run}`, patch: [{ op: 'set', path: ['governance', 'shadow_blocks'], value: 3 + run }] }, (condition) => cluster.when(condition))
      await cluster.when(async () => (await signers.proposal(id))?.shadow?.block_hash != null)
      const first = await signers.approve('s2', id)
      await cluster.when(() => node!.receipt(first) !== null)
      await new Promise((resolve) => setTimeout(resolve, phase * BLOCK_INTERVAL_MS))
      const started = now()
      const last = await signers.approve('s3', id)
      const isApplied = (): boolean => nodes.every((each) => each.recentBlocks(8).some(({ events }) => events.some(({ kind, payload }) => kind === 'governance.applied' && payload['proposal_id'] === id)))
      await cluster.when(isApplied)
      intervals.push((now() - started) / BLOCK_INTERVAL_MS)
      blocks.push((await signers.proposal(id))!.apply_height! - node!.receipt(last)!.height)
    }
    return { validators: VALIDATORS, intervals, worst: Math.max(...intervals), blocks }
  } finally {
    await cluster.stop()
  }
}
