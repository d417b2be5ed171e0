import type { ValidatorSet } from '../codec/index.ts'
import type { HeadStatus, ValidatorStatus } from './api.ts'
import type { VotesShown } from './consensus-host.ts'

/** Who signed the head, who signed last when, and the votes of one round. */
export function validatorRows(
  validators: ValidatorSet, head: HeadStatus | null, lastSigned: ReadonlyMap<string, number>, { round, votes }: VotesShown,
): readonly ValidatorStatus[] {
  const votesOf = new Map(votes.map((row) => [row.validator_id, row.votes]))
  const vote = (id: string, type: 'prevote' | 'precommit'): 'block' | 'nil' | null => {
    const found = votesOf.get(id)?.findLast((candidate) => candidate.type === type && candidate.round === round)
    return found === undefined ? null : found.block_hash === null ? 'nil' : 'block'
  }
  return validators.map(({ validator_id, stake }) => ({
    validator_id,
    stake,
    signed_head: head?.signers.includes(validator_id) ?? false,
    last_signed_height: lastSigned.get(validator_id) ?? null,
    prevote: vote(validator_id, 'prevote'),
    precommit: vote(validator_id, 'precommit'),
  }))
}
