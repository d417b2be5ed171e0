import { decodeCommit } from '../codec/index.ts'
import type { Commit } from '../codec/index.ts'
import { isDecodeError } from './errors.ts'
import { askHedged } from './hedge.ts'
import type { ReplicationOffence, ReplicationPeers } from './peers.ts'

/** Commits asked for at once: some seconds of catching up, a few hundred KiB. */
export const RANGE_LIMIT = 64
/** After a fruitless round (no peer, or none with a usable answer) the next one waits this long, then twice as long, and so on. */
export const RETRY_AFTER_MS = 1_000
/** A claim nobody backs with blocks is dropped after so many rounds; the next notice starts again. */
const FRUITLESS_ROUNDS = 3

export interface GapSyncInit {
  readonly peers: ReplicationPeers
  /** Height of our last committed block. */
  readonly height: () => number
  /**
   * Verifies certificate and execution and records the block (DESIGN §10: nothing counts before that). Throws an error whose
   * code `offenceOf` understands when the block is bad, any other error when it could not be decided here.
   */
  readonly apply: (commit: Commit) => Promise<void>
  /** Which offence, if any, an error of `apply` proves against the sender. */
  readonly offenceOf: (error: unknown) => ReplicationOffence | null
  readonly onProgress: (progress: SyncProgress | null) => void
  readonly retryAfterMs?: number
}

export interface SyncProgress {
  readonly from: number
  readonly to: number
  readonly at: number
}

/** Closes the gap to what peers claim, block by block, from several peers. One run at a time; `notice` starts it. */
export class GapSync {
  private readonly init: GapSyncInit
  private target = 0
  private running: Promise<void> | null = null
  private stopped = false
  private wake: (() => void) | null = null

  constructor(init: GapSyncInit) {
    this.init = init
  }

  /** Somebody claims this height. Ignored when we have it. */
  notice(height: number): void {
    if (this.stopped || height <= this.init.height()) return
    this.target = Math.max(this.target, height)
    this.running ??= this.run().finally(() => {
      this.running = null
    })
  }

  get active(): boolean {
    return this.running !== null
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.wake?.()
    await this.running
  }

  private async run(): Promise<void> {
    const from = this.init.height() + 1
    let fruitless = 0
    while (!this.stopped && this.init.height() < this.target) {
      const before = this.init.height()
      this.init.onProgress({ from, to: this.target, at: before })
      await this.fetchAndApply(before + 1, from)
      if (this.init.height() > before) {
        fruitless = 0
        continue
      }
      // Whoever claimed the height is asked no more once it was blamed; without anybody left to ask there is nothing to wait for.
      if (++fruitless >= FRUITLESS_ROUNDS || this.init.peers.candidates(before + 1).length === 0) break
      await this.pause(fruitless)
    }
    this.target = 0
    this.init.onProgress(null)
  }

  private async fetchAndApply(next: number, from: number): Promise<void> {
    const gap = this.target - next + 1
    let messages: readonly Uint8Array[]
    let peer: string
    try {
      const fetched = await askHedged(this.init.peers.candidates(next), (candidate, signal) => this.fetch(candidate, next, gap, signal))
      messages = fetched.answer
      peer = fetched.peer
    } catch {
      return // every peer that could help was asked; `run` waits and tries again
    }
    for (const message of messages) {
      if (this.stopped) return
      try {
        const commit = decodeCommit(message)
        if (commit.block.header.height > this.init.height() + 1) {
          this.init.peers.report(peer, 'WRONG_HEIGHT', `sent block ${commit.block.header.height} where ${this.init.height() + 1} was asked for`)
          return
        }
        await this.init.apply(commit)
        this.init.onProgress({ from, to: this.target, at: this.init.height() })
      } catch (error) {
        const offence = isDecodeError(error) ? 'BAD_MESSAGE' : this.init.offenceOf(error)
        if (offence !== null) this.init.peers.report(peer, offence, error instanceof Error ? error.message : String(error))
        return
      }
    }
  }

  private async fetch(peer: string, next: number, gap: number, signal: AbortSignal): Promise<readonly Uint8Array[]> {
    const { peers } = this.init
    const messages = gap === 1
      ? [await peers.fetchCommit(peer, next, signal)].filter((message) => message !== null)
      : await peers.fetchRange(peer, next, Math.min(gap, RANGE_LIMIT), signal)
    if (messages.length === 0) {
      // It said it has this block. Mildly counted: it may have pruned it since; who goes on claiming is demoted.
      peers.report(peer, 'WRONG_HEIGHT', `claims to hold block ${next} and does not send it`)
      throw new Error(`no commit ${next}`)
    }
    return messages
  }

  private pause(fruitless: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, (this.init.retryAfterMs ?? RETRY_AFTER_MS) * 2 ** (fruitless - 1))
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
