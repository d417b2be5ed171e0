import type { NodeStorage } from '../storage/index.ts'
import { CHECKPOINTS_KEY, OPEN_PROPOSALS_KEY, proposalKey } from '../world/index.ts'
import type { Checkpoint, ProposalRecord } from '../world/index.ts'
import type { ExecutorPool } from './executor/pool.ts'

/** The one before the newest stays for peers that are just fetching it. */
const SNAPSHOTS_KEPT = 2
/** Blocks kept at most for the sake of open proposals, below the newest snapshot: some hours, some tens of megabytes. */
export const SHADOW_HISTORY_BLOCKS = 20_000

/**
 * Drops snapshots that nobody needs. Besides the newest ones stay the states of checkpoints, which the world may go back to, and for every
 * open proposal the newest state from before it, from which its shadow can be run again. Returns the lowest height whose block that takes;
 * null when none is needed.
 */
export async function retainPastStates(pool: Pick<ExecutorPool, 'record'>, storage: NodeStorage): Promise<number | null> {
  const stored = await storage.listSnapshots()
  const newest = stored.at(-1)
  if (newest === undefined) return null
  const checkpoints = ((await pool.record(CHECKPOINTS_KEY)) ?? []) as unknown as readonly Checkpoint[]
  const forShadow: number[] = []
  for (const id of ((await pool.record(OPEN_PROPOSALS_KEY)) ?? []) as readonly string[]) {
    const proposal = (await pool.record(proposalKey(id))) as unknown as ProposalRecord | null
    // Height 0 is the genesis, which is always at hand.
    const before = stored.findLast((height) => height < (proposal?.proposed_height ?? 0)) ?? 0
    if (proposal !== null && newest - before <= SHADOW_HISTORY_BLOCKS) forShadow.push(before)
  }
  await storage.retainSnapshots(SNAPSHOTS_KEPT, [...checkpoints.map(({ height }) => height), ...forShadow])
  return forShadow.length === 0 ? null : Math.min(...forShadow) + 1
}
