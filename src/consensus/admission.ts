import { blockHash, equalBytes, proposalPayload, toHex, votePayload } from '../codec/index.ts'
import type { Block, Proposal, Vote } from '../codec/index.ts'
import { checkBlockBody } from './block-checks.ts'
import type { EarlyMessages } from './early-messages.ts'
import { proposerAt } from './proposer.ts'
import type { ConsensusEvent, MessageVerdict, VerifySignature } from './runner-types.ts'
import { roundOf } from './state.ts'
import type { MachineState } from './state.ts'
import type { Input } from './types.ts'
import { keyOf } from './vote-tally.ts'

/** What admission needs of the runner. */
export interface AdmissionHost {
  /** The state of the moment: it may change while a signature is being checked. */
  readonly state: () => MachineState
  readonly now: () => number
  readonly verifySignature: VerifySignature
  readonly early: EarlyMessages
  readonly event: (event: ConsensusEvent) => void
}

type Kind = 'vote' | 'proposal' | 'block'

/** Judges messages from peers before the machine sees them: an input for it, or what to tell the network about the sender. */
export class Admission {
  readonly #host: AdmissionHost

  constructor(host: AdmissionHost) {
    this.#host = host
  }

  async vote(vote: Vote): Promise<Input | MessageVerdict> {
    const { state, verifySignature, early } = this.#host
    const known = this.#screen('vote', vote, isKnownVote(state(), vote))
    if (known !== null) return known
    const key = this.#keyOf(vote.validator_id)
    if (key === null) return this.#refuseAt(vote.height, 'vote', 'unknown_validator', vote.validator_id)
    if (!(await verifySignature(key, votePayload(vote), vote.signature))) return this.#refuseAt(vote.height, 'vote', 'bad_signature', vote.validator_id)
    return vote.height <= state().height ? { type: 'Vote', vote } : this.#fromLaterHeight(vote.height, () => early.keepVote(vote))
  }

  /** The signature comes first: whose turn it is costs more to find out, and the body more still. */
  async proposal(proposal: Proposal): Promise<Input | MessageVerdict> {
    const { state, verifySignature, early, now } = this.#host
    const { height, round, block, validator_id } = proposal
    const hash = blockHash(block.header)
    const known = this.#screen('proposal', proposal, roundOf(state(), round).proposal?.key === keyOf(hash))
    if (known !== null) return known
    const key = this.#keyOf(validator_id)
    if (key === null) return this.#refuseAt(height, 'proposal', 'unknown_validator', validator_id)
    if (!(await verifySignature(key, proposalPayload(proposal, hash), proposal.signature))) return this.#refuseAt(height, 'proposal', 'bad_signature', validator_id)
    const { validators } = state().context
    if (proposerAt(validators, height, round).validator_id !== validator_id) return this.#refuseAt(height, 'proposal', 'not_proposer', validator_id)
    if (checkBlockBody(block) !== null) return this.#refuse('proposal', 'bad_body', validator_id)
    return height <= state().height ? { type: 'Proposal', proposal, received_at: now() } : this.#fromLaterHeight(height, () => early.keepProposal(proposal))
  }

  /** A body asked for by hash; anything else is of no use. */
  block(block: Block): Input | MessageVerdict {
    const state = this.#host.state()
    if (block.header.height !== state.height || !state.needed.has(toHex(blockHash(block.header)))) return 'stale'
    return checkBlockBody(block) === null ? { type: 'BlockReceived', block } : this.#refuse('block', 'bad_body', block.header.proposer)
  }

  /** What needs no signature check: another world, long past, or held already. */
  #screen(kind: Kind, message: Vote | Proposal, known: boolean): MessageVerdict | null {
    const { context, height } = this.#host.state()
    if (message.world_id !== context.world_id) return this.#refuse(kind, 'wrong_world', message.validator_id)
    if (message.height < height) return 'stale'
    return message.height === height && known ? 'duplicate' : null
  }

  #keyOf(validator_id: string): Uint8Array | null {
    return this.#host.state().context.validators.find((validator) => validator.validator_id === validator_id)?.public_key ?? null
  }

  #fromLaterHeight(seen_height: number, keep: () => void): MessageVerdict {
    const { height } = this.#host.state()
    this.#host.event({ type: 'behind', height, seen_height })
    if (seen_height !== height + 1) return 'future_height'
    keep()
    return 'buffered'
  }

  /** At a later height the validator set may be another: what does not check against today's says nothing about the sender. */
  #refuseAt(height: number, kind: Kind, reason: MessageVerdict, validator_id: string): MessageVerdict {
    return height > this.#host.state().height ? 'future_height' : this.#refuse(kind, reason, validator_id)
  }

  #refuse(kind: Kind, reason: MessageVerdict, validator_id: string): MessageVerdict {
    this.#host.event({ type: 'refused', kind, reason, validator_id })
    return reason
  }
}

/** The same vote with the same signature; another signature is checked like any other message. */
function isKnownVote(state: MachineState, vote: Vote): boolean {
  const { prevotes, precommits } = roundOf(state, vote.round)
  const tally = vote.type === 'prevote' ? prevotes : precommits
  const held = tally.byBlock.get(keyOf(vote.block_hash))?.votes.get(vote.validator_id)
  return held !== undefined && equalBytes(held.signature, vote.signature)
}
