import {
  certificateHash, computeConsensusActionRoot, equalBytes, isConsistentAction, toHex, validatorSetHash,
} from '../codec/index.ts'
import type { Block, BlockHeader, ValidatorSet } from '../codec/index.ts'
import type { BlockResult } from '../world/index.ts'
import { ChainError } from './chain-errors.ts'

/** What a block must build on. */
export interface ParentContext {
  readonly world_id: string
  readonly height: number
  /** Hash of the parent block; at height 0 the genesis hash. */
  readonly hash: Uint8Array
  /** Null at height 0. */
  readonly header: BlockHeader | null
  /** Lower bound for times at height 0, milliseconds since 1970 UTC. */
  readonly time: number
  /** Validators of the next height. */
  readonly validators: ValidatorSet
}

/** Everything about a block that can be checked without executing it. Throws `ChainError`. */
export function assertBlockFollows(block: Block, parent: ParentContext): void {
  const { header } = block
  const bad = (message: string): never => {
    throw new ChainError('BAD_BLOCK', `Block ${header.height} is refused: ${message}`, { height: header.height })
  }
  if (header.world_id !== parent.world_id) throw new ChainError('WRONG_WORLD', 'The block belongs to another world.', { height: header.height })
  if (header.height !== parent.height + 1) {
    throw new ChainError('WRONG_HEIGHT', `Expected height ${parent.height + 1}, got ${header.height}.`, { height: header.height })
  }
  if (!equalBytes(header.parent_hash, parent.hash)) bad('it does not build on our head.')
  if (header.time <= (parent.header?.time ?? parent.time)) bad('its time is not after its parent’s.')
  if (!equalBytes(header.validators_hash, validatorSetHash(parent.validators))) bad('it names another validator set.')
  if (!parent.validators.some(({ validator_id }) => validator_id === header.proposer)) bad('its proposer is no validator.')
  if ((block.last_commit === null) !== (parent.height === 0)) bad('its parent certificate is missing or out of place.')
  if (block.last_commit !== null && (block.last_commit.height !== parent.height || !equalBytes(block.last_commit.block_hash, parent.hash))) {
    bad('its parent certificate is for another block.')
  }
  if (!equalBytes(header.last_commit_hash, certificateHash(block.last_commit))) bad('its parent certificate does not match its header.')
  if (!equalBytes(header.action_root, computeConsensusActionRoot(block.actions))) bad('its actions do not match its header.')
  const ids = new Set<string>()
  for (const action of block.actions) {
    if (!isConsistentAction(action)) bad('an action does not match its id.')
    if (ids.has(action.action_id)) bad('an action occurs twice.')
    ids.add(action.action_id)
  }
}

/** The roots a header claims must be those our own execution gave. Throws `EXECUTION_DIFFERS` naming the first that is not. */
export function assertSameResult(header: BlockHeader, result: BlockResult): void {
  const pairs = [
    ['state_root', header.state_root, result.state_root],
    ['receipts_root', header.receipts_root, result.receipts_root],
    ['events_root', header.events_root, result.events_root],
    ['next_validators_hash', header.next_validators_hash, result.next_validators_hash],
  ] as const
  for (const [name, claimed, computed] of pairs) {
    if (equalBytes(claimed, computed)) continue
    throw new ChainError(
      'EXECUTION_DIFFERS',
      `Block ${header.height} is refused: its ${name} is ${toHex(claimed).slice(0, 16)}…, execution here gave ${toHex(computed).slice(0, 16)}….`,
      { height: header.height, field: name, claimed: toHex(claimed), computed: toHex(computed) },
    )
  }
}

