import type { ValidatorSet } from '../codec/index.ts'
import type { ConsensusSnapshot } from '../consensus/index.ts'
import type { HeadStatus, ValidatorStatus } from './api.ts'

/** Who signed the head, who signed last when, and the votes of the round being decided. */
export function validatorRows(
  validators: ValidatorSet, head: HeadStatus | null, lastSigned: ReadonlyMap<string, number>, { round, votes }: ConsensusSnapshot,
): readonly ValidatorStatus[] {
  const votesOf = new Map(votes.map((row) => [row.validator_id, row.votes]))
  const vote = (id: string, type: 'prevote' | 'precommit'): 'block' | 'nil' | null => {
    const found = votesOf.get(id)?.findLast((candidate) => candidate.type === type && candidate.round === Math.max(0, round))
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
