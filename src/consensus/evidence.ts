import { equalBytes, votePayload } from '../codec/index.ts'
import type { DuplicateVoteEvidence, ValidatorSet, Vote } from '../codec/index.ts'
import { ConsensusError } from './errors.ts'

type Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => Promise<boolean>

export function sameBlockHash(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : equalBytes(a, b)
}

/** True for two votes of one validator for one height, round and step that name different blocks (nil counts as one). */
export function isDoubleVote(a: Vote, b: Vote): boolean {
  return (
    a.world_id === b.world_id && a.validator_id === b.validator_id && a.height === b.height && a.round === b.round && a.type === b.type &&
    !sameBlockHash(a.block_hash, b.block_hash)
  )
}

/** Evidence with the two votes in one agreed order (nil first, then by hash), so that everybody's evidence of one fault is the same bytes. */
export function makeEvidence(a: Vote, b: Vote): DuplicateVoteEvidence {
  if (!isDoubleVote(a, b)) throw new ConsensusError('EVIDENCE_INVALID', 'These two votes do not contradict each other.')
  return compareHash(a.block_hash, b.block_hash) < 0 ? { first: a, second: b } : { first: b, second: a }
}

function compareHash(a: Uint8Array | null, b: Uint8Array | null): number {
  if (a === null) return -1
  if (b === null) return 1
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return 0
}

/**
 * Accepts evidence only if both votes are of this world, contradict each other in the agreed order, and are signed by the
 * validator's key in the set of that height. Throws `EVIDENCE_INVALID`.
 */
export async function verifyEvidence(evidence: DuplicateVoteEvidence, world_id: string, validators: ValidatorSet, verify: Verify): Promise<void> {
  const { first, second } = evidence
  const refuse = (reason: string): never => {
    throw new ConsensusError('EVIDENCE_INVALID', `The evidence is refused: ${reason}.`, { validator_id: first.validator_id, height: first.height, reason })
  }
  if (first.world_id !== world_id) refuse('it is of another world')
  if (!isDoubleVote(first, second)) refuse('the votes do not contradict each other')
  if (compareHash(first.block_hash, second.block_hash) >= 0) refuse('the votes are not in order')
  const validator = validators.find(({ validator_id }) => validator_id === first.validator_id)
  if (validator === undefined) return refuse('the voter is not in the validator set of that height')
  for (const vote of [first, second]) {
    if (!(await verify(validator.public_key, votePayload(vote), vote.signature))) refuse('a signature does not verify')
  }
}
