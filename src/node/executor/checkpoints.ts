import { AppError } from '../../codec/index.ts'
import type { SnapshotManifest } from '../../world/index.ts'
import { guarded } from './guard.ts'
import type { ExecutorThread } from './thread.ts'

/** A whole state in transit. */
export interface ExportedState {
  readonly manifest: SnapshotManifest
  readonly chunks: readonly Uint8Array[]
}

/** The state after the block of a height; null when it is not to be had. */
export type StateSource = (height: number) => Promise<ExportedState | null>

/**
 * Gives an executor the states of checkpoints that its own state lists and that it has not: without them it could not follow the world
 * back to one. Those that are not to be had stay missing. Returns their heights.
 */
export async function giveCheckpoints(thread: ExecutorThread, source: StateSource, timeoutMs: number): Promise<readonly number[]> {
  const missing: number[] = []
  for (const height of await guarded(thread, thread.api.missingCheckpoints(), timeoutMs)) {
    const state = await source(height)
    if (state === null || !(await takes(thread, state, timeoutMs))) missing.push(height)
  }
  return missing
}

/** False where what is stored of that height is another state than the one listed: as good as none. */
async function takes(thread: ExecutorThread, { manifest, chunks }: ExportedState, timeoutMs: number): Promise<boolean> {
  try {
    await guarded(thread, thread.api.addCheckpoint(manifest, chunks), timeoutMs)
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'CHECKPOINT_UNKNOWN') return false
    throw error
  }
}
