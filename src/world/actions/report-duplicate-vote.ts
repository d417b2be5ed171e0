import { duplicateVoteEvidenceSchema, equalBytes, schema, votePayload } from '../../codec/index.ts'
import type { DuplicateVoteEvidence } from '../../codec/index.ts'
import { verifyEd25519Portable } from '../../crypto/index.ts'
import type { Settlement } from '../ledger.ts'
import { reject } from '../rejections.ts'
import { NEXT_VALIDATORS_KEY, validatorKey } from '../state/keys.ts'
import { readNextValidators, readValidator } from '../state/read.ts'
import { MAX_SLASHES } from '../state/records.ts'
import type { StagedState } from '../state/state.ts'
import { slashedSet } from '../validators.ts'
import { defineAction } from './action-rule.ts'

const { literal, object } = schema

/** Two signature checks on the portable path take some milliseconds; this much fuel takes a module about as long. */
const EVIDENCE_FUEL = 4_000_000

export type ValidatorSlashed = Settlement & {
  readonly actor: string
  readonly validator_id: string
  readonly height: number
  readonly round: number
  readonly vote_type: string
  readonly slash_bps: number
  /** In the set from the next epoch on; 0 when the validator leaves it. */
  readonly stake_before: number
  readonly stake_after: number
}

/** Proof of a double vote, from anyone. The kernel verifies it; the stake shrinks at the next epoch boundary (DESIGN §9). */
export const reportDuplicateVote = defineAction({
  kind: 'report_duplicate_vote',
  actors: 'everyone',
  shape: object({ kind: literal('report_duplicate_vote'), evidence: duplicateVoteEvidenceSchema }),
  override: null,
  fuel: EVIDENCE_FUEL,
  examine: ({ state, worldId, height, params }, { evidence }) => {
    const { first, second } = evidence
    const mismatch = whyNoDoubleVote(evidence, worldId)
    if (mismatch !== null) return reject('BAD_EVIDENCE', { reason: mismatch })
    if (first.height > height || height - first.height > params.evidence_max_age_blocks) {
      return reject('EVIDENCE_EXPIRED', { height: first.height, max_age_blocks: params.evidence_max_age_blocks })
    }
    const validator = readValidator(state, validatorKey(first.validator_id))
    if (validator === null) return reject('VALIDATOR_NOT_FOUND', { validator_id: first.validator_id })
    if (validator.slashed_heights.includes(first.height) || validator.slashed_heights.length >= MAX_SLASHES) {
      return reject('ALREADY_SLASHED', { validator_id: first.validator_id, height: first.height })
    }
    for (const vote of [first, second]) {
      if (!verifyEd25519Portable(validator.public_key, votePayload(vote), vote.signature)) {
        return reject('BAD_EVIDENCE', { reason: "a signature is not that of the validator's key" })
      }
    }
    return { facts: { validator_id: first.validator_id, height: first.height, round: first.round, vote_type: first.type } }
  },
  conclude: ({ state, params, actor }, _action, { validator_id, height, round, vote_type }) => {
    const before = readNextValidators(state)
    const stakeIn = (set: typeof before): number => set.find((validator) => validator.validator_id === validator_id)?.stake ?? 0
    return {
      event: 'validator.slashed',
      payload: {
        actor, validator_id, height, round, vote_type, slash_bps: params.slash_bps,
        stake_before: stakeIn(before), stake_after: stakeIn(slashedSet(before, validator_id, params.slash_bps)),
      },
    }
  },
})

function whyNoDoubleVote({ first, second }: DuplicateVoteEvidence, worldId: string): string | null {
  if (first.world_id !== worldId || second.world_id !== worldId) return 'the votes are of another world'
  if (first.validator_id !== second.validator_id) return 'the votes are of two validators'
  if (first.height !== second.height || first.round !== second.round || first.type !== second.type) return 'the votes are for different heights, rounds or steps'
  const same = first.block_hash === null || second.block_hash === null ? first.block_hash === second.block_hash : equalBytes(first.block_hash, second.block_hash)
  return same ? 'the votes are for the same block' : null
}

export function applySlashed(state: StagedState, { validator_id, height, slash_bps }: ValidatorSlashed): void {
  const key = validatorKey(validator_id)
  const record = readValidator(state, key)!
  state.set(key, { ...record, slashed_heights: [...record.slashed_heights, height].sort((a, b) => a - b) })
  state.set(NEXT_VALIDATORS_KEY, slashedSet(readNextValidators(state), validator_id, slash_bps))
}
