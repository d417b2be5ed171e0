import { signerIndexes } from '../codec/index.ts'
import type { CommitCertificate, ErrorInfo, ValidatorSet } from '../codec/index.ts'
import { proposerAt } from './proposer.ts'
import type { ConsensusSnapshot, ValidatorVotes } from './runner-types.ts'
import type { MachineState } from './state.ts'

/** A read-only picture of the machine for status and the network page. */
export function snapshotOf(state: MachineState, last_commit: ConsensusSnapshot['last_commit'], halted: ErrorInfo | null): ConsensusSnapshot {
  const { height, round, step, context } = state
  const proposing = round >= 0 && context.validators.length > 0
  return {
    height, round, step,
    proposer: proposing ? proposerAt(context.validators, height, round).validator_id : null,
    validator_id: state.config.validator_id,
    locked_round: state.locked?.round ?? -1,
    valid_round: state.valid?.round ?? -1,
    votes: context.validators.map((validator) => votesOf(state, validator.validator_id, validator.stake)),
    last_commit,
    halted,
  }
}

function votesOf(state: MachineState, validator_id: string, stake: number): ValidatorVotes {
  const votes = [...state.rounds].sort((a, b) => a[0] - b[0]).flatMap(([round, { prevotes, precommits }]) =>
    [prevotes.first.get(validator_id), precommits.first.get(validator_id)].flatMap((vote) =>
      vote === undefined ? [] : [{ type: vote.type, round, block_hash: vote.block_hash }],
    ),
  )
  return { validator_id, stake, votes }
}

/** Who signed a certificate, one row per validator in set order. */
export function lastCommitOf(certificate: CommitCertificate, validators: ValidatorSet): NonNullable<ConsensusSnapshot['last_commit']> {
  const signed = new Set(signerIndexes(certificate.signers))
  const { height, round, block_hash } = certificate
  const votes = validators.map(({ validator_id, stake }, index) => ({ validator_id, stake, signed: signed.has(index) }))
  return { height, round, block_hash, votes }
}
