import { MAX_BLOCK_BYTES } from '../codec/index.ts'
import type { Block } from '../codec/index.ts'
import type { ConsensusApplication, HeightContext } from '../consensus/index.ts'
import type { Chain } from './chain.ts'
import { ChainError } from './chain-errors.ts'
import { ExecutorError } from './executor/guard.ts'
import type { Mempool } from './mempool.ts'
import type { ChainHead } from './chain.ts'

/** Room in a block for its header and its parent's certificate of up to 1,000 signatures. */
const BLOCK_OVERHEAD_BYTES = 128 << 10
/** Actions a proposer puts into one block; well inside the block interval on small machines. */
export const PROPOSED_ACTIONS_MAX = 2_000

/** What a block itself proves; every other failure says nothing about it. */
const VERDICTS: ReadonlySet<string> = new Set(['WRONG_WORLD', 'BAD_BLOCK', 'EXECUTION_DIFFERS'])

/** The world as consensus sees it: execution on the chain, actions from the mempool. */
export function consensusApplication(chain: Chain, mempool: Mempool, onRefused: (block: Block, error: ChainError) => void): ConsensusApplication {
  return {
    async build({ round, proposer, time }) {
      const actions = mempool.select(PROPOSED_ACTIONS_MAX, MAX_BLOCK_BYTES - BLOCK_OVERHEAD_BYTES)
      return chain.build({ round, time, proposer, actions })
    },
    async execute(block) {
      try {
        await chain.validate(block)
        return 'valid'
      } catch (error) {
        // Only what the block itself proves is a verdict; a lost or interrupted executor says nothing about it (DESIGN §3.6).
        if (error instanceof ExecutorError) return 'interrupted'
        if (error instanceof ChainError && VERDICTS.has(error.code)) {
          onRefused(block, error)
          return 'invalid'
        }
        throw error
      }
    },
    async commit(block, certificate) {
      for (;;) {
        try {
          await chain.commit({ block, certificate })
          return heightContext(chain.head())
        } catch (error) {
          // The pool is back at the last commit; a decided block must be executed, so try again.
          if (!(error instanceof ExecutorError) || error.code === 'EXECUTOR_CLOSED') throw error
        }
      }
    },
  }
}

/** What consensus needs to decide the height after `head`. */
export function heightContext(head: ChainHead): HeightContext {
  return {
    world_id: head.world_id,
    height: head.height + 1,
    validators: head.validators,
    last_validators: head.decided_by,
    parent: { hash: head.hash, time: head.header?.time ?? head.time },
    last_commit: head.certificate,
  }
}
