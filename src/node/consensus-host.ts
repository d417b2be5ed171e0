import { AppError } from '../codec/index.ts'
import { createConsensus } from '../consensus/index.ts'
import type { Consensus, ConsensusApplication, ConsensusEvent, ConsensusSigner, ConsensusSnapshot, ConsensusTransport, TimeoutConfig } from '../consensus/index.ts'
import { verifyEd25519 } from '../crypto/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import { heightContext } from './application.ts'
import type { Chain } from './chain.ts'
import { keepSilentThrough } from './silence.ts'
import { storageWal } from './wal.ts'

export interface ConsensusHostInit {
  readonly chain: Chain
  readonly storage: NodeStorage
  readonly application: ConsensusApplication
  readonly transport: ConsensusTransport
  readonly timeouts: TimeoutConfig
  readonly now: () => number
  /** Null in a node that only follows. */
  readonly signer: ConsensusSigner | null
  /** Up to this height nothing is signed. */
  readonly silentThrough: number
  readonly onEvent: (event: ConsensusEvent) => void
  readonly log: (message: string) => void
}

export type VotesShown = Pick<ConsensusSnapshot, 'height' | 'round' | 'votes'>

/**
 * Holds the consensus runner of the moment. A runner begins at one height with one set of powers, so it is made anew after the chain
 * moved by a snapshot, and when a silent validator may speak again. Gossip that arrives in between is answered "stopped".
 */
export class ConsensusHost {
  private readonly init: ConsensusHostInit
  private runner: Consensus
  private silentThrough: number
  private changing: Promise<void> = Promise.resolve()
  private stopped = false
  private decided: ConsensusSnapshot | null = null

  constructor(init: ConsensusHostInit) {
    this.init = init
    this.silentThrough = init.silentThrough
    this.runner = this.create()
  }

  current(): Consensus {
    return this.runner
  }

  snapshot(): ConsensusSnapshot {
    return this.runner.snapshot()
  }

  /** The votes to show: of the height being decided once any was seen, until then of the block decided last. */
  votes(): VotesShown {
    const now = this.runner.snapshot()
    const shown = this.decided !== null && now.votes.every(({ votes }) => votes.length === 0) ? this.decided : now
    return { height: shown.height, round: Math.max(0, shown.round), votes: shown.votes }
  }

  /** True while this validator signs nothing because it may have forgotten what it signed. */
  get silent(): boolean {
    return this.init.signer !== null && this.nextHeight() <= this.silentThrough
  }

  /** Begins at the head as it is now: stored blocks may have been executed since this was made. */
  start(): Promise<void> {
    return this.inTurn(() => this.restart())
  }

  /** Runs a task that moves the chain while no runner is active, then goes on from the new head. */
  standingStill(task: () => Promise<void>): Promise<void> {
    return this.inTurn(async () => {
      await this.runner.stop()
      try {
        await task()
      } finally {
        if (!this.stopped) await this.restart()
      }
    })
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.runner.stop()
    await this.changing
  }

  private nextHeight(): number {
    return this.init.chain.head().height + 1
  }

  private async restart(): Promise<void> {
    this.runner = this.create()
    await this.startRunner()
  }

  private async startRunner(): Promise<void> {
    if (this.stopped) return
    try {
      await this.runner.start()
    } catch (error) {
      // Damage that storage did not notice. With two different votes in the log (WAL_CONFLICT) the key must not be used at all.
      if (!(error instanceof AppError) || error.code !== 'WAL_CORRUPT') throw error
      const { storage, log } = this.init
      this.silentThrough = await keepSilentThrough(storage, this.nextHeight())
      await storage.walPrune(Number.MAX_SAFE_INTEGER)
      log(`${error.message} This validator is silent up to height ${this.silentThrough}.`)
      this.runner = this.create()
      await this.runner.start()
    }
  }

  private create(): Consensus {
    const { chain, storage, application, transport, timeouts, now, signer } = this.init
    return createConsensus(
      { timeouts, context: heightContext(chain.head()) },
      {
        clock: {
          now,
          setTimer: (ms, callback) => {
            const timer = setTimeout(callback, ms)
            return () => clearTimeout(timer)
          },
        },
        wal: storageWal(storage, () => this.nextHeight()),
        ...(signer === null || this.silent ? {} : { signer }),
        transport,
        application,
        verifySignature: verifyEd25519,
        onEvent: (event) => this.event(event),
      },
    )
  }

  private event(event: ConsensusEvent): void {
    if (event.type === 'committed') this.decided = this.runner.snapshot() // still that of the height just decided
    this.init.onEvent(event)
    if (event.type !== 'committed' || this.init.signer === null || event.commit.block.header.height !== this.silentThrough) return
    this.init.log(`Height ${this.silentThrough} is decided: this validator votes again.`)
    this.standingStill(async () => {}).catch((error: unknown) => this.init.log(`voting again failed: ${String(error)}`))
  }

  private inTurn(task: () => Promise<void>): Promise<void> {
    const turn = this.changing.then(task)
    this.changing = turn.catch(() => {})
    return turn
  }
}
