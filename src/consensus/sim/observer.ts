import { blockHash, isQuorum, toHex, totalStake } from '../../codec/index.ts'
import type { Commit, DuplicateVoteEvidence } from '../../codec/index.ts'
import { verifyCertificate } from '../certificate.ts'
import { verifyEvidence } from '../evidence.ts'
import type { VerifySignature } from '../runner-types.ts'
import type { UnsignedProposal, UnsignedVote } from '../types.ts'
import { keyOf } from '../vote-tally.ts'
import { isValidOn } from './application.ts'
import type { SimWorld } from './application.ts'

export type ViolationKind =
  | 'AGREEMENT' | 'DOUBLE_VOTE' | 'DOUBLE_PROPOSAL' | 'LOCK' | 'CERTIFICATE' | 'VALIDITY' | 'COMMIT_ORDER' | 'FALSE_EVIDENCE' | 'HALT' | 'LIVENESS'

export interface Violation {
  readonly kind: ViolationKind
  readonly at: number
  readonly node: string
  readonly message: string
}

/** How often the interesting cases happened: a simulator that never meets them proves nothing. */
export interface Coverage {
  /** Highest round a correct validator voted in. */
  highestRound: number
  /** Prevotes of correct validators while locked since an earlier round. */
  prevotesWhileLocked: number
  /** Of these, for another block, by a later proof-of-lock. */
  locksOverridden: number
  /** Proposals of correct validators that rest on a proof-of-lock. */
  reproposals: number
}

/**
 * Sees everything and asserts, at every step, what must never break: agreement and validity of commits, one vote per step and node across
 * all crashes, locks, certificates, and evidence only against the guilty. Only correct nodes' acts can violate; the adversary may do anything.
 */
export class Observer {
  readonly violations: Violation[] = []
  readonly evidence = new Set<string>()
  readonly coverage: Coverage = { highestRound: 0, prevotesWhileLocked: 0, locksOverridden: 0, reproposals: 0 }
  highest = 0
  readonly #world: SimWorld
  readonly #verify: VerifySignature
  readonly #byzantine: ReadonlySet<string>
  readonly #now: () => number
  readonly #chain = new Map<number, { readonly hash: string; readonly root: Uint8Array }>()
  readonly #signed = new Map<string, string>()
  /** Who ever signed a prevote, by height/round/block: proofs-of-lock that can exist. */
  readonly #prevoters = new Map<string, Set<string>>()
  /** Latest block each correct validator precommitted at its current height. */
  readonly #locks = new Map<string, { readonly height: number; readonly round: number; readonly key: string }>()

  constructor(world: SimWorld, verify: VerifySignature, byzantine: ReadonlySet<string>, now: () => number) {
    this.#world = world
    this.#verify = verify
    this.#byzantine = byzantine
    this.#now = now
  }

  onVoteSigned(vote: UnsignedVote): void {
    const { validator_id: node, type, height, round } = vote
    const key = keyOf(vote.block_hash)
    if (type === 'prevote') {
      const at = `${height}/${round}/${key}`
      this.#prevoters.set(at, (this.#prevoters.get(at) ?? new Set()).add(node))
    }
    if (this.#byzantine.has(node)) return
    this.#signOnce('DOUBLE_VOTE', node, `${type} ${height}/${round}`, key)
    this.coverage.highestRound = Math.max(this.coverage.highestRound, round)
    const lock = this.#locks.get(node)
    if (type === 'precommit' && vote.block_hash !== null && !(lock?.height === height && lock.round > round)) {
      this.#locks.set(node, { height, round, key })
    }
    if (type !== 'prevote' || lock?.height !== height || lock.round >= round) return
    this.coverage.prevotesWhileLocked++
    if (vote.block_hash === null || lock.key === key) return
    this.coverage.locksOverridden++
    if (!this.#hasProof(height, key, lock.round, round)) {
      this.report('LOCK', node, `prevoted ${key.slice(0, 8)} at ${height}/${round} while locked on ${lock.key.slice(0, 8)} since round ${lock.round}`)
    }
  }

  onProposalSigned(proposal: UnsignedProposal): void {
    const { validator_id: node, height, round, valid_round } = proposal
    if (this.#byzantine.has(node)) return
    if (valid_round >= 0) this.coverage.reproposals++
    this.#signOnce('DOUBLE_PROPOSAL', node, `proposal ${height}/${round}`, `${valid_round}/${toHex(blockHash(proposal.block.header))}`)
  }

  onCommit(node: string, { block, certificate }: Commit): void {
    const { height } = block.header
    const hash = toHex(blockHash(block.header))
    this.highest = Math.max(this.highest, height)
    const known = this.#chain.get(height)
    if (known !== undefined && known.hash !== hash) this.report('AGREEMENT', node, `committed ${hash.slice(0, 8)} at height ${height}, another committed ${known.hash.slice(0, 8)}`)
    const parent = height === 1 ? new Uint8Array(32) : this.#chain.get(height - 1)?.root
    if (parent === undefined) this.report('COMMIT_ORDER', node, `committed height ${height} before anyone committed its parent`)
    else if (!isValidOn(this.#world, block, parent)) this.report('VALIDITY', node, `committed an invalid block at height ${height}`)
    if (known === undefined) this.#chain.set(height, { hash, root: block.header.state_root })
    if (toHex(certificate.block_hash) !== hash || certificate.height !== height) this.report('CERTIFICATE', node, `certificate of height ${height} is for another block`)
    verifyCertificate(certificate, this.#world.world_id, this.#world.validatorsAt(height), this.#verify).catch((error: Error) =>
      this.report('CERTIFICATE', node, `height ${height}: ${error.message}`),
    )
  }

  onEvidence(node: string, evidence: DuplicateVoteEvidence): void {
    const { validator_id, height } = evidence.first
    this.evidence.add(validator_id)
    if (!this.#byzantine.has(validator_id)) this.report('FALSE_EVIDENCE', node, `accuses the correct ${validator_id}`)
    verifyEvidence(evidence, this.#world.world_id, this.#world.validatorsAt(height), this.#verify).catch((error: Error) => this.report('FALSE_EVIDENCE', node, error.message))
  }

  report(kind: ViolationKind, node: string, message: string): void {
    this.violations.push({ kind, at: this.#now(), node, message })
  }

  #signOnce(kind: 'DOUBLE_VOTE' | 'DOUBLE_PROPOSAL', node: string, slot: string, value: string): void {
    const id = `${node} ${slot}`
    const before = this.#signed.get(id)
    if (before === undefined) this.#signed.set(id, value)
    else if (before !== value) this.report(kind, node, `${slot}: signed ${value.slice(0, 8)} after ${before.slice(0, 8)}`)
  }

  /** Whether a quorum prevoted the block in some round of [from, before): what alone may override a lock. */
  #hasProof(height: number, key: string, from: number, before: number): boolean {
    const validators = this.#world.validatorsAt(height)
    for (let round = from; round < before; round++) {
      const voters = this.#prevoters.get(`${height}/${round}/${key}`)
      const stake = validators.reduce((sum, { validator_id, stake: own }) => sum + (voters?.has(validator_id) ? own : 0), 0)
      if (isQuorum(stake, totalStake(validators))) return true
    }
    return false
  }
}
