import { blockHash, errorInfo, toHex } from '../codec/index.ts'
import type { Block, Commit, CommitCertificate, ErrorInfo, Proposal, Vote } from '../codec/index.ts'
import { Admission } from './admission.ts'
import { ApplicationPort } from './application-port.ts'
import { checkBlockBody } from './block-checks.ts'
import { verifyCertificate } from './certificate.ts'
import { EarlyMessages } from './early-messages.ts'
import { ConsensusError } from './errors.ts'
import { step } from './machine.ts'
import type {
  Consensus, ConsensusComponents, ConsensusEvent, ConsensusInit, ConsensusSnapshot, MessageVerdict,
} from './runner-types.ts'
import { lastCommitOf, snapshotOf } from './snapshot.ts'
import { initialState } from './state.ts'
import type { MachineState } from './state.ts'
import type { Effect, FailureCode, HeightContext, Input, Timeout } from './types.ts'
import { keyOf } from './vote-tally.ts'
import { WalWriter } from './wal-writer.ts'

/** Runs consensus for one node: see `Consensus`. Nothing happens before `start`. */
export function createConsensus(init: ConsensusInit, components: ConsensusComponents): Consensus {
  return new ConsensusRunner(init, components)
}

/** Messages that may wait while a block is being stored. More than gossip brings in that time; what is turned away is sent again. */
const MAX_WAITING_INPUTS = 20_000

const FAILURES: Readonly<Record<FailureCode, string>> = {
  CERTIFIED_BLOCK_INVALID: 'More than two thirds of stake signed a block that is invalid here. Keep the data directory, and compare versions and state roots with other validators.',
  CERTIFIED_FORK: 'Two different blocks of one height carry valid certificates: a third of stake or more broke the rules. Keep the data directory and raise the alarm.',
}

type Waiter = { readonly height: number; readonly resolve: (height: number) => void; readonly reject: (error: ConsensusError) => void }

/**
 * The thin shell around `step`: one input at a time, its effects in order, each finished before the next where order matters. Inputs
 * this node makes itself (own signed messages, the next height) go before those that wait.
 */
class ConsensusRunner implements Consensus {
  readonly #components: ConsensusComponents
  readonly #step: typeof step
  readonly #wal: WalWriter
  readonly #application: ApplicationPort
  readonly #early = new EarlyMessages()
  readonly #admission: Admission
  readonly #own: Input[] = []
  readonly #inbox: Input[] = []
  readonly #waiters = new Set<Waiter>()
  #timers = new Set<() => void>()
  #state: MachineState
  #running = false
  #pumping: Promise<void> | null = null
  #halted: ErrorInfo | null = null
  #lastCommit: ConsensusSnapshot['last_commit'] = null
  readonly #firstContext: HeightContext

  constructor(init: ConsensusInit, components: ConsensusComponents) {
    this.#components = components
    this.#step = init.step ?? step
    this.#wal = new WalWriter(components.wal)
    this.#admission = new Admission({
      state: () => this.#state,
      now: components.clock.now,
      verifySignature: components.verifySignature,
      early: this.#early,
      event: (event) => this.#event(event),
    })
    this.#application = new ApplicationPort(components, (event) => this.#event(event))
    this.#state = initialState({ timeouts: init.timeouts, validator_id: components.signer?.validator_id ?? null })
    this.#firstContext = init.context
  }

  async start(): Promise<void> {
    await this.#wal.open(this.#firstContext.world_id, this.#firstContext.height)
    this.#running = true
    this.#startHeight(this.#firstContext)
    this.#pump()
  }

  async stop(): Promise<void> {
    this.#shutDown()
    await this.#pumping
    await this.#application.idle()
    const error = new ConsensusError('HALTED', 'Consensus was stopped before this commit was applied.')
    for (const waiter of this.#waiters) waiter.reject(error)
    this.#waiters.clear()
  }

  receiveVote(vote: Vote): Promise<MessageVerdict> {
    return this.#admit(() => this.#admission.vote(vote))
  }

  receiveProposal(proposal: Proposal): Promise<MessageVerdict> {
    return this.#admit(() => this.#admission.proposal(proposal))
  }

  receiveBlock(block: Block): Promise<MessageVerdict> {
    return this.#admit(() => this.#admission.block(block))
  }

  async receiveCommit({ block, certificate }: Commit): Promise<number> {
    const { height } = block.header
    if (!this.#running) throw this.#haltedError()
    if (height < this.#state.height) return this.#state.height - 1
    if (height > this.#state.height) {
      throw new ConsensusError('COMMIT_WRONG_HEIGHT', `Height ${this.#state.height} is next here, not ${height}. Fetch the commits between first.`, {
        expected: this.#state.height, found: height,
      })
    }
    if (certificate.height !== height || keyOf(blockHash(block.header)) !== keyOf(certificate.block_hash)) {
      throw new ConsensusError('CERTIFICATE_INVALID', 'The certificate is for another block. Fetch the commit from another peer.', { height })
    }
    const { world_id, validators } = this.#state.context
    await verifyCertificate(certificate, world_id, validators, this.#components.verifySignature)
    const fault = checkBlockBody(block)
    if (fault !== null) throw new ConsensusError('BLOCK_INVALID', 'The body is not the one the header commits to. Fetch the commit from another peer.', { height, fault })
    if (!this.#running) throw this.#haltedError()
    if (height < this.#state.height) return this.#state.height - 1
    const reached = new Promise<number>((resolve, reject) => this.#waiters.add({ height, resolve, reject }))
    this.#enqueue({ type: 'CommitReceived', block, certificate })
    return reached
  }

  blockByHash(block_hash: Uint8Array): Block | null {
    return this.#state.blocks.get(toHex(block_hash))?.block ?? null
  }

  snapshot(): ConsensusSnapshot {
    return snapshotOf(this.#state, this.#lastCommit, this.#halted)
  }

  async #admit(judge: () => Promise<Input | MessageVerdict> | Input | MessageVerdict): Promise<MessageVerdict> {
    if (!this.#running) return 'stopped'
    if (this.#inbox.length >= MAX_WAITING_INPUTS) return 'busy'
    const judged = await judge()
    return typeof judged === 'string' ? judged : this.#enqueue(judged)
  }

  #enqueue(input: Input): MessageVerdict {
    if (!this.#running) return 'stopped'
    this.#inbox.push(input)
    this.#pump()
    return 'accepted'
  }

  #pump(): void {
    this.#pumping ??= this.#drain().catch((error: unknown) => this.#fault(error)).finally(() => {
      this.#pumping = null
      if (this.#running && this.#own.length + this.#inbox.length > 0) this.#pump()
    })
  }

  async #drain(): Promise<void> {
    for (let input = this.#nextInput(); input !== undefined; input = this.#nextInput()) {
      const before = this.#state
      const { state, effects } = this.#step(before, input)
      this.#state = state
      if (state.height !== before.height || state.round !== before.round || state.step !== before.step) {
        this.#event({ type: 'step', height: state.height, round: state.round, step: state.step })
      }
      for (const effect of effects) {
        if (!this.#running) return
        await this.#perform(effect)
      }
      if (input.type !== 'StartHeight') continue
      this.#replayEarly()
      this.#resolveWaiters()
    }
  }

  #nextInput(): Input | undefined {
    return this.#running ? (this.#own.shift() ?? this.#inbox.shift()) : undefined
  }

  async #perform(effect: Effect): Promise<void> {
    const { signer, transport } = this.#components
    switch (effect.type) {
      case 'Persist':
        return this.#orHalt('WAL_WRITE_FAILED', 'The votes log cannot be written, so nothing may be signed. Check the disk and start again.', () => this.#wal.append(effect.records))
      case 'SignVote':
        return this.#orHalt('SIGNER_FAILED', 'The signer refused a vote. Check the key and start again.', async () => {
          const vote: Vote = { ...effect.vote, signature: await signer!.signVote(effect.vote) }
          if (!this.#running) return
          transport.broadcastVote(vote)
          this.#own.push({ type: 'Vote', vote })
        })
      case 'SignProposal':
        return this.#orHalt('SIGNER_FAILED', 'The signer refused a proposal. Check the key and start again.', async () => {
          const { proposal: unsigned } = effect
          const proposal: Proposal = { ...unsigned, signature: await signer!.signProposal(unsigned, blockHash(unsigned.block.header)) }
          if (!this.#running) return
          transport.broadcastProposal(proposal)
          this.#own.push({ type: 'Proposal', proposal, received_at: this.#components.clock.now() })
        })
      case 'BroadcastVote':
        return transport.broadcastVote(effect.vote)
      case 'BroadcastProposal':
        return transport.broadcastProposal(effect.proposal)
      case 'NeedBlock':
        return transport.requestBlock(effect.height, effect.block_hash)
      case 'ScheduleTimeout':
        return this.#schedule(effect.timeout, effect.ms)
      case 'BuildProposal': {
        const { height, round } = effect
        void this.#application.build(this.#state.context, round).then((block) => this.#enqueue({ type: 'BlockBuilt', height, round, block }))
        return
      }
      case 'Execute': {
        const { height, block_hash, block } = effect
        void this.#application
          .execute(block, this.#state.context)
          .then((verdict) => this.#enqueue({ type: 'BlockExecuted', height, block_hash, verdict }))
        return
      }
      case 'Commit':
        return this.#commit(effect.block, effect.block_hash, effect.certificate)
      case 'ReportEvidence':
        return this.#event({ type: 'evidence', evidence: effect.evidence })
      case 'Fail': {
        this.#halt(new ConsensusError(effect.code, FAILURES[effect.code], { height: effect.height, block_hash: toHex(effect.block_hash) }))
      }
    }
  }

  async #commit(block: Block, block_hash: Uint8Array, certificate: CommitCertificate): Promise<void> {
    await this.#orHalt('COMMIT_FAILED', 'A finalized block could not be stored. Check the disk and start again; the block is fetched anew.', async () => {
      const { context } = this.#state
      const next = await this.#application.commit(block, certificate)
      if (!this.#running) return
      this.#lastCommit = lastCommitOf(certificate, context.validators)
      this.#event({ type: 'committed', commit: { block, certificate }, block_hash, round: certificate.round })
      await this.#wal.prune(next.height)
      this.#startHeight(next)
    })
  }

  /** Whoever handed in a commit goes on when the next height stands: a commit for that one may follow at once. */
  #resolveWaiters(): void {
    for (const waiter of this.#waiters) {
      if (waiter.height >= this.#state.height) continue
      this.#waiters.delete(waiter)
      waiter.resolve(this.#state.height - 1)
    }
  }

  #startHeight(context: HeightContext): void {
    this.#cancelTimers()
    const restored = this.#wal.restored(context.height)
    this.#own.push({ type: 'StartHeight', context, restored })
    this.#event({ type: 'height_started', height: context.height, restored: restored !== null })
  }

  /** What came too early for the last height; verified again, since the validator set may have changed. */
  #replayEarly(): void {
    const { votes, proposals } = this.#early.take()
    for (const proposal of proposals) this.receiveProposal(proposal).catch((error: unknown) => this.#fault(error))
    for (const vote of votes) this.receiveVote(vote).catch((error: unknown) => this.#fault(error))
  }

  #schedule(timeout: Timeout, ms: number): void {
    const cancel = this.#components.clock.setTimer(ms, () => {
      this.#timers.delete(cancel)
      this.#enqueue({ type: 'Timeout', timeout })
    })
    this.#timers.add(cancel)
  }

  #cancelTimers(): void {
    for (const cancel of this.#timers) cancel()
    this.#timers = new Set()
  }

  async #orHalt(code: 'WAL_WRITE_FAILED' | 'SIGNER_FAILED' | 'COMMIT_FAILED', message: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (cause) {
      this.#halt(new ConsensusError(code, message, { cause: errorInfo(cause).message }, { cause }))
    }
  }

  /** An exception nobody planned for: a bug. To go on might break a rule, so this node stops instead. */
  #fault(cause: unknown): void {
    this.#halt(new ConsensusError('INTERNAL', 'Consensus met an error it does not know. Keep the data directory and report this.', { cause: errorInfo(cause).message }, { cause }))
  }

  #halt(error: ConsensusError): void {
    if (this.#halted !== null) return
    this.#halted = error.toInfo()
    this.#shutDown()
    this.#event({ type: 'halted', error: this.#halted })
    for (const waiter of this.#waiters) waiter.reject(error)
    this.#waiters.clear()
  }

  #shutDown(): void {
    this.#running = false
    this.#cancelTimers()
    this.#inbox.length = 0
    this.#own.length = 0
  }

  #haltedError(): ConsensusError {
    return new ConsensusError('HALTED', `Consensus is not running${this.#halted === null ? '' : `: ${this.#halted.message}`}. Start it first.`)
  }

  #event(event: ConsensusEvent): void {
    this.#components.onEvent?.(event)
  }
}
