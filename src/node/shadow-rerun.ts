import { AppError, errorInfo, toHex } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import type { ReplicationPeers } from '../replication/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import { proposalKey, shadowReportKey } from '../world/index.ts'
import type { MadeReport, ProposalRecord, ShadowReport } from '../world/index.ts'
import type { RerunErrorCode, RerunProgress, ShadowRerun } from './api.ts'
import { giveCheckpoints } from './executor/checkpoints.ts'
import { ExecutorError, guarded } from './executor/guard.ts'
import type { ReplayedBlock } from './executor/replay.ts'
import type { ExecutorThread, SpawnExecutor } from './executor/thread.ts'
import { fetchCertifiedCommits, newestPastState } from './rerun-history.ts'
import type { PastState } from './rerun-history.ts'
import { readState } from './snapshots.ts'

const PROPOSAL_ID = /^[0-9a-f]{64}$/
/** Blocks handed over at a time; progress is told after each such piece. */
const BLOCKS_AT_ONCE = 16
const BYTES_AT_ONCE = 4 << 20
/** Blocks taken from peers at most: the newest checkpoints are not further away. */
const MAX_FETCHED_BLOCKS = 2_000
/** Restoring a large state, or a piece of full blocks, is slow but must end. */
const STEP_TIMEOUT_MS = 120_000

export interface ShadowRerunsInit {
  readonly storage: NodeStorage
  readonly spawn: SpawnExecutor
  readonly genesis: Uint8Array
  readonly worldId: string
  /** Who may have blocks that this node has not; null in a solo world. */
  readonly peers: ReplicationPeers | null
  /** A record of the verified head's state. */
  readonly record: (key: string) => Promise<Value>
}

/** Where a re-run must lead, as the verified state says. */
interface Goal {
  readonly proposalId: string
  /** Height and block hash of the report, and the last height a state to begin with may have. */
  readonly height: number
  readonly blockHash: string
  readonly latestStart: number
}

/** Makes shadow reports again, for signers who trust nobody's report: in a thread of its own, so that neither blocks nor votes wait. */
export class ShadowReruns {
  private readonly init: ShadowRerunsInit
  private current: Rerun | null = null

  constructor(init: ShadowRerunsInit) {
    this.init = init
  }

  /** Ends the one that is going on. Throws an `AppError` with one of `RerunErrorCode`. */
  async run(proposalId: string, onProgress: (progress: RerunProgress) => void): Promise<ShadowRerun> {
    this.cancel()
    const rerun = new Rerun(this.init, onProgress)
    this.current = rerun
    try {
      return await rerun.run(proposalId)
    } finally {
      rerun.end()
      if (this.current === rerun) this.current = null
    }
  }

  cancel(): void {
    this.current?.end()
    this.current = null
  }
}

class Rerun {
  private readonly init: ShadowRerunsInit
  private readonly onProgress: (progress: RerunProgress) => void
  private thread: ExecutorThread | null = null
  private readonly ending = new AbortController()

  constructor(init: ShadowRerunsInit, onProgress: (progress: RerunProgress) => void) {
    this.init = init
    this.onProgress = onProgress
  }

  end(): void {
    this.ending.abort()
    this.thread?.terminate()
  }

  async run(proposalId: string): Promise<ShadowRerun> {
    const started = performance.now()
    const goal = await this.goalOf(proposalId)
    const past = await newestPastState(this.init.storage, goal.latestStart)
    const blocks = await this.blocksFrom(past.height + 1, goal)
    this.throwIfEnded()
    try {
      const { report, report_bytes, report_hash } = await this.replay(past, blocks, goal)
      const from_height = past.height + 1
      return {
        proposal_id: proposalId, report, report_bytes, report_hash, from_height, to_height: goal.height,
        blocks: goal.height - past.height, elapsed_ms: performance.now() - started,
      }
    } catch (error) {
      this.throwIfEnded()
      throw readable(error, goal)
    }
  }

  private async goalOf(proposalId: string): Promise<Goal> {
    const { record } = this.init
    const proposal = PROPOSAL_ID.test(proposalId) ? ((await record(proposalKey(proposalId))) as unknown as ProposalRecord | null) : null
    if (proposal === null) throw failure('PROPOSAL_NOT_FOUND', 'The verified state holds no such proposal. Check the id; a proposal decided long ago is only in the history.', { proposal_id: proposalId })
    const { shadow } = proposal
    const report = (await record(shadowReportKey(proposalId))) as unknown as ShadowReport | null
    if (shadow === null || shadow.block_hash === null || report === null) {
      throw failure('SHADOW_REPORT_PENDING', 'There is no finished shadow report to compare with. Wait for the next blocks, then run it again.', { proposal_id: proposalId })
    }
    const { blocks, from_height } = report.replay
    return { proposalId, height: shadow.height, blockHash: shadow.block_hash, latestStart: (blocks > 0 ? from_height : shadow.height) - 1 }
  }

  /** Pieces of the blocks up to the report: from storage, or from peers where some are not stored. */
  private async blocksFrom(from: number, goal: Goal): Promise<(at: number) => Promise<readonly Uint8Array[]>> {
    const { storage, peers } = this.init
    const earliest = (await storage.earliestHeight()) ?? Infinity
    if (earliest <= from) {
      return async (at) => (await storage.readRange(at, Math.min(BLOCKS_AT_ONCE, goal.height - at + 1), BYTES_AT_ONCE)).map(({ commit }) => commit)
    }
    const isNear = goal.height - from < MAX_FETCHED_BLOCKS
    const fetched = peers === null || !isNear ? null : await fetchCertifiedCommits(peers, from, goal.height, goal.blockHash, this.ending.signal)
    this.throwIfEnded()
    if (fetched === null) throw historyMissing(goal)
    return async (at) => fetched.slice(at - from, at - from + BLOCKS_AT_ONCE)
  }

  private async replay({ height, snapshot }: PastState, blocks: (at: number) => Promise<readonly Uint8Array[]>, goal: Goal): Promise<MadeReport> {
    const thread = (this.thread = this.init.spawn())
    // This node checked the modules of its genesis when it started.
    await this.step(thread.api.init(this.init.genesis, this.init.worldId))
    if (snapshot !== null) await this.step(thread.api.restore(snapshot.manifest, snapshot.chunks))
    // A block on the way may go back to one.
    await giveCheckpoints(thread, (at) => readState(this.init.storage, at), STEP_TIMEOUT_MS)
    let last: ReplayedBlock | null = null
    for (let at = height; at < goal.height; ) {
      const commits = await blocks(at + 1)
      this.throwIfEnded()
      if (commits.length === 0) throw historyMissing(goal)
      last = await this.step(thread.api.replay(last, [...commits]))
      at += commits.length
      this.tell({ at, to: goal.height })
    }
    // Each block names the one before it, so the hash in the certified state vouches for every block and for the state begun with.
    if (last === null || toHex(last.hash) !== goal.blockHash) throw failure('RERUN_DIFFERS', 'The stored blocks do not lead to the block of the report. Let the node check its storage: reload the page or start it again.')
    const made = await this.step(thread.api.shadowReport(goal.proposalId))
    if (made === null) throw failure('RERUN_DIFFERS', 'The blocks executed again gave no shadow report of this proposal. Do not sign; report this with the proposal id.')
    return made
  }

  private step<T>(call: Promise<T>): Promise<T> {
    return guarded(this.thread!, call, STEP_TIMEOUT_MS)
  }

  private tell(progress: RerunProgress): void {
    // Whoever listened may be gone; that does not stop the run.
    void Promise.resolve().then(() => this.onProgress(progress)).catch(() => {})
  }

  private throwIfEnded(): void {
    if (this.ending.signal.aborted) throw failure('INTERRUPTED', 'The re-run was ended before it was done. Nothing was found out; run it again.')
  }
}

function failure(code: RerunErrorCode, message: string, detail: AppError['detail'] = {}, cause?: unknown): AppError {
  return new AppError(code, message, detail, cause === undefined ? {} : { cause })
}

function historyMissing({ proposalId, height }: Goal): AppError {
  return failure(
    'SHADOW_HISTORY_MISSING',
    `This node has no state, or not all blocks, from before the shadow report of height ${height}, and no peer gave them: it joined later or has pruned them. Try again in a moment, or run it on a node that was there.`,
    { proposal_id: proposalId, height },
  )
}

/** What went wrong in words of a re-run: never a result. */
function readable(error: unknown, goal: Goal): unknown {
  if (!(error instanceof AppError) || isOwn(error.code)) return error
  // On the way the world went back to a state that is kept no more.
  if (error.code === 'CHECKPOINT_MISSING') return historyMissing(goal)
  if (error instanceof ExecutorError) return failure('INTERRUPTED', 'The executor of the re-run ended before it was done. Nothing was found out; run it again.', {}, error)
  return failure('RERUN_DIFFERS', `Blocks executed again did not give what is certified: ${errorInfo(error).message} Do not sign on this; let the node check its storage.`, error.detail, error)
}

function isOwn(code: string): boolean {
  return code === 'RERUN_DIFFERS' || code === 'SHADOW_HISTORY_MISSING' || code === 'INTERRUPTED'
}
