import { blockHash, equalBytes } from '../../codec/index.ts'
import type { Proposal, Vote } from '../../codec/index.ts'
import { ConsensusError } from '../errors.ts'
import { createConsensus } from '../runner.ts'
import type { Consensus, ConsensusEvent, ConsensusInit, ConsensusSigner, ConsensusTransport, VerifySignature } from '../runner-types.ts'
import type { TimeoutConfig } from '../types.ts'
import { contextAfter, GENESIS_TIME, SimApplication } from './application.ts'
import type { SimWorld } from './application.ts'
import { Disk } from './disk.ts'
import type { Message, SimNetwork } from './network.ts'
import type { Observer } from './observer.ts'
import type { Prng } from './prng.ts'
import { Lifetime } from './virtual-time.ts'
import type { VirtualTime } from './virtual-time.ts'

/** How often a node asks a random peer for the next commit, in virtual milliseconds. */
const SYNC_MS = 700
/** Most a node's clock is off, in milliseconds either way. */
const CLOCK_SKEW_MS = 400

/** What all nodes of a run share. */
export interface SimEnvironment {
  readonly world: SimWorld
  readonly time: VirtualTime
  readonly network: SimNetwork
  readonly observer: Observer
  readonly verify: VerifySignature
  readonly timeouts: TimeoutConfig
  readonly nodes: number
  readonly interruptPermille: () => number
  /** Set by mutation checks only. */
  readonly step?: ConsensusInit['step']
  readonly forgetfulWal: boolean
  readonly writeMs: number
}

/** What leaves a node; an adversary puts its own in place of the honest one. */
export interface Outbox {
  readonly vote: (vote: Vote) => void
  readonly proposal: (proposal: Proposal) => void
}

/** One node: the real runner on a simulated disk, network, clock and world, which may crash and start again. */
export class SimNode {
  readonly index: number
  readonly name: string
  readonly disk: Disk
  crashes = 0
  readonly #environment: SimEnvironment
  readonly #signer: ConsensusSigner | null
  readonly #prng: Prng
  readonly #skew: number
  readonly #correct: boolean
  /** Called when this node signs a precommit for a block. */
  onLock: () => void = () => {}
  #outbox: Outbox
  #lifetime: Lifetime | null = null
  #consensus: Consensus | null = null

  constructor(environment: SimEnvironment, index: number, name: string, signer: ConsensusSigner | null, correct: boolean, prng: Prng) {
    this.#environment = environment
    this.index = index
    this.name = name
    this.#correct = correct
    this.#prng = prng
    this.#skew = prng.between(0, 2 * CLOCK_SKEW_MS) - CLOCK_SKEW_MS
    this.disk = new Disk(prng.fork(), environment.writeMs)
    this.#signer = signer
    const { network } = environment
    this.#outbox = {
      vote: (vote) => network.broadcast(index, { kind: 'vote', vote }),
      proposal: (proposal) => network.broadcast(index, { kind: 'proposal', proposal }),
    }
  }

  set outbox(outbox: Outbox) {
    this.#outbox = outbox
  }

  get up(): boolean {
    return this.#lifetime !== null
  }

  get height(): number {
    return this.disk.commits.length
  }

  /** One line of where the node stands, for reports. */
  get status(): string {
    const snapshot = this.#consensus?.snapshot()
    return snapshot === undefined ? `${this.name} down at ${this.height}` : `${this.name} ${snapshot.height}/${snapshot.round}/${snapshot.step} lock ${snapshot.locked_round} valid ${snapshot.valid_round}`
  }

  boot(): void {
    const { world, time, verify, timeouts, step, forgetfulWal, observer, interruptPermille } = this.#environment
    const lifetime = new Lifetime(time)
    this.#lifetime = lifetime
    const application = new SimApplication({
      world, disk: this.disk, lifetime, prng: this.#prng, interruptPermille,
      onCommit: (commit) => {
        if (this.#correct) observer.onCommit(this.name, commit)
      },
    })
    const consensus = createConsensus(
      { timeouts, context: contextAfter(world, this.disk.commits), ...(step === undefined ? {} : { step }) },
      {
        clock: { now: () => GENESIS_TIME + time.now + this.#skew, setTimer: (ms, callback) => lifetime.after(ms, callback) },
        wal: this.disk.wal(lifetime, forgetfulWal),
        ...(this.#signer === null ? {} : { signer: this.#watched(this.#signer) }),
        transport: this.#transport(lifetime),
        application,
        verifySignature: verify,
        onEvent: (event) => this.#onEvent(event),
      },
    )
    this.#consensus = consensus
    consensus.start().catch((error: Error) => {
      if (this.#correct) observer.report('HALT', this.name, `cannot start: ${error.message}`)
    })
    this.#scheduleSync(lifetime)
  }

  crash(): void {
    if (this.#lifetime === null) return
    this.crashes++
    this.#lifetime.end()
    this.#lifetime = null
    void this.#consensus?.stop()
    this.#consensus = null
    this.disk.crash()
  }

  receive(from: number, message: Message): void {
    const consensus = this.#consensus
    if (consensus === null) return
    const { network } = this.#environment
    switch (message.kind) {
      case 'vote':
        void consensus.receiveVote(message.vote)
        return
      case 'proposal':
        void consensus.receiveProposal(message.proposal)
        return
      case 'block':
        void consensus.receiveBlock(message.block)
        return
      case 'fetch_commit': {
        const commit = this.disk.commits[message.height - 1]
        if (commit !== undefined) network.send(this.index, from, { kind: 'commit', commit })
        return
      }
      case 'fetch_block': {
        const block = consensus.blockByHash(message.block_hash) ?? this.#committedBlock(message.height, message.block_hash)
        if (block !== null) network.send(this.index, from, { kind: 'block', block })
        return
      }
      case 'commit':
        consensus.receiveCommit(message.commit).then(
          () => this.#askForNext(from),
          (error: unknown) => {
            if (!(error instanceof ConsensusError)) throw error
          },
        )
    }
  }

  #committedBlock(height: number, block_hash: Uint8Array) {
    const block = this.disk.commits[height - 1]?.block
    return block !== undefined && equalBytes(blockHash(block.header), block_hash) ? block : null
  }

  #transport(lifetime: Lifetime): ConsensusTransport {
    const { network } = this.#environment
    return {
      broadcastVote: (vote) => this.#outbox.vote(vote),
      broadcastProposal: (proposal) => this.#outbox.proposal(proposal),
      requestBlock: (height, block_hash) => {
        if (lifetime.alive) network.broadcast(this.index, { kind: 'fetch_block', height, block_hash })
      },
    }
  }

  /** The observer hears of every signature before anyone else does. */
  #watched(signer: ConsensusSigner): ConsensusSigner {
    const { observer } = this.#environment
    return {
      validator_id: signer.validator_id,
      signVote: (vote) => {
        observer.onVoteSigned(vote)
        if (vote.type === 'precommit' && vote.block_hash !== null) this.onLock()
        return signer.signVote(vote)
      },
      signProposal: (proposal, block_hash) => {
        observer.onProposalSigned(proposal)
        return signer.signProposal(proposal, block_hash)
      },
    }
  }

  #onEvent(event: ConsensusEvent): void {
    if (!this.#correct) return
    const { observer } = this.#environment
    if (event.type === 'halted') observer.report('HALT', this.name, `${event.error.code}: ${event.error.message} ${JSON.stringify(event.error.detail)}`)
    if (event.type === 'evidence') observer.onEvidence(this.name, event.evidence)
  }

  #scheduleSync(lifetime: Lifetime): void {
    lifetime.after(this.#prng.between(SYNC_MS / 2, SYNC_MS), () => {
      const peer = this.#prng.between(0, this.#environment.nodes - 2)
      this.#askForNext(peer < this.index ? peer : peer + 1)
      this.#scheduleSync(lifetime)
    })
  }

  #askForNext(peer: number): void {
    this.#environment.network.send(this.index, peer, { kind: 'fetch_commit', height: this.height + 1 })
  }
}
