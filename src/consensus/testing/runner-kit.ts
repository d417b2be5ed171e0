import { blockHash, concatBytes, proposalPayload, votePayload } from '../../codec/index.ts'
import type { Block, Commit, Proposal, ValidatorSet, Vote } from '../../codec/index.ts'
import { createPortableSigner, verifyEd25519Portable } from '../../crypto/index.ts'
import { makeCertificate } from '../certificate.ts'
import { proposerAt } from '../proposer.ts'
import { createConsensus } from '../runner.ts'
import type { Consensus, ConsensusApplication, ConsensusEvent, ConsensusWal } from '../runner-types.ts'
import { createConsensusSigner } from '../signer.ts'
import { assembleBlock, contextAfter, GENESIS_TIME, isValidOn, stateRootOf } from '../sim/application.ts'
import type { SimWorld } from '../sim/application.ts'
import { Lifetime, VirtualTime } from '../sim/virtual-time.ts'
import type { HeightContext, UnsignedVote } from '../types.ts'
import { TIMEOUTS, WORLD } from './kit.ts'

const KEYS = Array.from({ length: 4 }, (_, index) => createPortableSigner(new Uint8Array(32).fill(index + 11)))
export const VALIDATORS: ValidatorSet = KEYS.map(({ publicKey }, index) => ({ validator_id: `v${index}`, public_key: publicKey, stake: 1 }))

export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A log in memory whose writes a test can hold back or fail. */
export class TestWal implements ConsensusWal {
  bytes: Uint8Array = new Uint8Array(0)
  replaced = 0
  failing = false
  #held: (() => void)[] | null = null

  hold(): void {
    this.#held = []
  }

  release(): void {
    for (const resolve of this.#held ?? []) resolve()
    this.#held = null
  }

  load(): Promise<Uint8Array> {
    return Promise.resolve(this.bytes)
  }

  async append(frames: Uint8Array): Promise<void> {
    if (this.failing) throw new Error('disk full')
    const held = this.#held
    if (held !== null) await new Promise<void>((resolve) => held.push(resolve))
    this.bytes = concatBytes(this.bytes, frames)
  }

  replace(frames: Uint8Array): Promise<void> {
    this.replaced++
    this.bytes = frames
    return Promise.resolve()
  }
}

/** One runner with Ed25519 keys, virtual time, a log in memory and the simulator's little world. */
export class RunnerBench {
  readonly time = new VirtualTime()
  readonly wal: TestWal
  readonly commits: Commit[]
  readonly votes: Vote[] = []
  readonly proposals: Proposal[] = []
  readonly requested: Uint8Array[] = []
  readonly events: ConsensusEvent[] = []
  readonly consensus: Consensus
  readonly world: SimWorld
  /** Replaces the world's execution, for faults. */
  execute: ConsensusApplication['execute']

  constructor(own: number | null, options: { readonly wal?: TestWal; readonly commits?: readonly Commit[]; readonly validators?: ValidatorSet } = {}) {
    const validators = options.validators ?? VALIDATORS
    this.world = { world_id: WORLD, validatorsAt: () => validators }
    this.wal = options.wal ?? new TestWal()
    this.commits = [...(options.commits ?? [])]
    this.execute = (block) => Promise.resolve(isValidOn(this.world, block, stateRootOf(this.commits)) ? 'valid' : 'invalid')
    const lifetime = new Lifetime(this.time)
    this.consensus = createConsensus(
      { timeouts: TIMEOUTS, context: this.context },
      {
        clock: { now: () => GENESIS_TIME + this.time.now, setTimer: (ms, callback) => lifetime.after(ms, callback) },
        wal: this.wal,
        ...(own === null ? {} : { signer: createConsensusSigner(`v${own}`, KEYS[own]!) }),
        transport: {
          broadcastVote: (vote) => this.votes.push(vote),
          broadcastProposal: (proposal) => this.proposals.push(proposal),
          requestBlock: (_, hash) => this.requested.push(hash),
        },
        application: {
          build: (request) => Promise.resolve(assembleBlock(this.world, request, stateRootOf(this.commits), [])),
          execute: (block, context) => this.execute(block, context),
          commit: (block, certificate) => {
            this.commits.push({ block, certificate })
            return Promise.resolve(this.context)
          },
        },
        verifySignature: (key, message, signature) => Promise.resolve(verifyEd25519Portable(key, message, signature)),
        onEvent: (event) => this.events.push(event),
      },
    )
  }

  get context(): HeightContext {
    return contextAfter(this.world, this.commits)
  }

  /** Lets `ms` of virtual time pass. */
  async pass(ms: number): Promise<void> {
    const until = this.time.now + ms
    this.time.after(ms, () => {})
    do await settle()
    while (this.time.now < until && this.time.advance())
    await settle()
  }

  blockFor(context: HeightContext, round = 0): Block {
    const proposer = proposerAt(context.validators, context.height, round).validator_id
    return assembleBlock(this.world, { context, round, proposer, time: context.parent.time + 1 }, stateRootOf(this.commits), [])
  }

  eventsOf<T extends ConsensusEvent['type']>(type: T): Extract<ConsensusEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<ConsensusEvent, { type: T }> => event.type === type)
  }
}

export function signedVote(index: number, vote: Pick<UnsignedVote, 'type' | 'height' | 'round' | 'block_hash'>): Vote {
  const unsigned: UnsignedVote = { ...vote, world_id: WORLD, validator_id: `v${index}` }
  return { ...unsigned, signature: KEYS[index]!.signSync(votePayload(unsigned)) }
}

/** A proposal of the round's proposer, or of another validator out of turn. */
export function signedProposal(context: HeightContext, block: Block, round = 0, signer?: number): Proposal {
  const validator_id = signer === undefined ? proposerAt(context.validators, context.height, round).validator_id : `v${signer}`
  const unsigned = { world_id: WORLD, height: context.height, round, valid_round: -1, block, validator_id }
  const signature = KEYS[Number(validator_id.slice(1))]!.signSync(proposalPayload(unsigned, blockHash(block.header)))
  return { ...unsigned, signature }
}

export function certified(block: Block, signers: readonly number[] = [0, 1, 2], validators: ValidatorSet = VALIDATORS): Commit {
  const block_hash = blockHash(block.header)
  const votes = signers.map((index) => signedVote(index, { type: 'precommit', height: block.header.height, round: block.header.round, block_hash }))
  return { block, certificate: makeCertificate(votes, validators) }
}
