import { certificateHash, computeConsensusActionRoot, equalBytes, isConsistentAction, validatorSetHash } from '../codec/index.ts'
import type { Block } from '../codec/index.ts'
import { checkCertificateStructure } from './certificate.ts'
import { proposerAt } from './proposer.ts'
import type { HeightContext } from './types.ts'

/** Faults of a body: the header's hash does not cover what came with it, so nothing is learnt about the block of that hash. */
export type BodyFaultCode = 'ACTION_INCONSISTENT' | 'ACTION_ROOT_MISMATCH' | 'LAST_COMMIT_HASH_MISMATCH'
/** Faults of the block itself: its hash can never be valid at this height. */
export type HeaderFaultCode =
  | 'WORLD_MISMATCH' | 'HEIGHT_MISMATCH' | 'PARENT_MISMATCH' | 'PROPOSER_MISMATCH' | 'TIME_NOT_INCREASING' | 'VALIDATORS_MISMATCH'
  | 'LAST_COMMIT_MISSING' | 'LAST_COMMIT_UNEXPECTED' | 'LAST_COMMIT_WRONG_BLOCK' | 'LAST_COMMIT_INVALID'
export type BlockFaultCode = BodyFaultCode | HeaderFaultCode

/** Whether the body is the one the header commits to. Until it is, the body says nothing about the hash. */
export function checkBlockBody(block: Block): BodyFaultCode | null {
  const { header, actions, last_commit } = block
  if (!actions.every(isConsistentAction)) return 'ACTION_INCONSISTENT'
  if (!equalBytes(computeConsensusActionRoot(actions), header.action_root)) return 'ACTION_ROOT_MISMATCH'
  if (!equalBytes(certificateHash(last_commit), header.last_commit_hash)) return 'LAST_COMMIT_HASH_MISMATCH'
  return null
}

/**
 * Consensus's own rules for a block whose body belongs to it; roots are execution's to check. The signatures in `last_commit`
 * are not checked here: the runner does that before execution.
 */
export function checkHeader(block: Block, context: HeightContext): HeaderFaultCode | null {
  const { header, last_commit } = block
  if (header.world_id !== context.world_id) return 'WORLD_MISMATCH'
  if (header.height !== context.height) return 'HEIGHT_MISMATCH'
  if (!equalBytes(header.parent_hash, context.parent.hash)) return 'PARENT_MISMATCH'
  if (header.proposer !== proposerAt(context.validators, header.height, header.round).validator_id) return 'PROPOSER_MISMATCH'
  if (header.time <= context.parent.time) return 'TIME_NOT_INCREASING'
  if (!equalBytes(header.validators_hash, validatorSetHash(context.validators))) return 'VALIDATORS_MISMATCH'
  if (context.last_validators === null) return last_commit === null ? null : 'LAST_COMMIT_UNEXPECTED'
  if (last_commit === null) return 'LAST_COMMIT_MISSING'
  if (last_commit.height !== header.height - 1 || !equalBytes(last_commit.block_hash, header.parent_hash)) return 'LAST_COMMIT_WRONG_BLOCK'
  try {
    checkCertificateStructure(last_commit, context.last_validators)
  } catch {
    return 'LAST_COMMIT_INVALID'
  }
  return null
}

/** Body and header together: null when the block may be executed, else the first fault found. */
export function checkBlockStructure(block: Block, context: HeightContext): BlockFaultCode | null {
  return checkBlockBody(block) ?? checkHeader(block, context)
}

