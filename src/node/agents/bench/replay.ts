import { equalBytes } from '../../../codec/index.ts'
import type { NodeConsensusAction } from '../../../codec/index.ts'
import { createKernel } from '../../../world/index.ts'
import { createScriptedAgents } from '../index.ts'
import { blockContext, LocalWorld, localGenesis, MASTER } from './local-world.ts'

const SETTLED = 24
const COUNT = 32

export interface ReplayRun {
  readonly blocks: number
  readonly actions: number
  /** Heights whose state, receipts or events root came out different; empty when the replay is exact. */
  readonly different: readonly number[]
  readonly blocks_per_second: number
}

interface Decided {
  readonly actions: readonly NodeConsensusAction[]
  readonly roots: readonly Uint8Array[]
}

/** Lets a world live for `blocks` blocks, then executes the same blocks again from its genesis and compares every root. */
export async function benchReplay(blocks: number, now: () => number): Promise<ReplayRun> {
  const genesis = await localGenesis(SETTLED)
  const world = new LocalWorld(genesis)
  const agents = createScriptedAgents({ host: world.host, master: MASTER, count: COUNT })
  const chain: Decided[] = []
  for (let height = 1; height <= blocks; height++) {
    const { actions, result: { state_root, receipts_root, events_root } } = world.block()
    chain.push({ actions, roots: [state_root, receipts_root, events_root] })
    await agents.onHeight(height)
  }
  const kernel = createKernel(genesis)
  const different: number[] = []
  const started = now()
  for (const [index, { actions, roots }] of chain.entries()) {
    const verdicts = new Map(actions.map(({ action_id }) => [action_id, true]))
    const { state_root, receipts_root, events_root } = kernel.executeBlock(blockContext(index + 1), actions, verdicts)
    kernel.commit()
    if (![state_root, receipts_root, events_root].every((root, i) => equalBytes(root, roots[i]!))) different.push(index + 1)
  }
  return { blocks, actions: chain.reduce((sum, { actions }) => sum + actions.length, 0), different, blocks_per_second: (blocks * 1000) / (now() - started) }
}
