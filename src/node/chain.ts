import {
  AppError, blockHash, certificateHash, computeConsensusActionRoot, encodeCommit, equalBytes, fromHex, validatorSetHash,
} from '../codec/index.ts'
import type { Block, Commit, CommitCertificate, NodeConsensusAction, ValidatorSet } from '../codec/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import { snapshotEntries } from '../world/index.ts'
import type { BlockContext, BlockResult, StateEntry } from '../world/index.ts'
import { assertBlockFollows, assertSameResult } from './block-check.ts'
import type { ParentContext } from './block-check.ts'
import { ChainError } from './chain-errors.ts'
import { ExecutorError } from './executor/guard.ts'
import type { ExecutorPool } from './executor/pool.ts'
import type { CommittedExecution } from './executor/service.ts'
import { Mutex } from './mutex.ts'
import { saveValidatorSet } from './validator-sets.ts'

export interface ChainHead extends ParentContext {
  /** Validators that decided this block; null at height 0. */
  readonly decided_by: ValidatorSet | null
  readonly certificate: CommitCertificate | null
  readonly state_root: Uint8Array
}

export interface CommittedBlock {
  readonly commit: Commit
  readonly hash: Uint8Array
  readonly execution: CommittedExecution
  /** Validators that decided this block. */
  readonly validators: ValidatorSet
}

export interface ChainInit {
  readonly storage: NodeStorage
  readonly pool: ExecutorPool
  readonly head: ChainHead
  /** Told after every commit, in order, when everything about it is durable. */
  readonly onCommit: (block: CommittedBlock) => void
}

export interface BuildRequest {
  readonly round: number
  /** Milliseconds since 1970 UTC; raised where it would not be after the parent's. */
  readonly time: number
  readonly proposer: string
  readonly actions: readonly NodeConsensusAction[]
}

/** Epoch of the first writer; rotation comes with replication records. */
const WRITER_EPOCH = 1
/** How often the whole state is asked for after the first block, should executors be lost meanwhile. */
const EXPORT_ATTEMPTS = 5

/**
 * The node's finalized chain. The only writer of executor state and storage: whatever decides a block (consensus here, or a
 * certificate from a peer) ends in `commit`, and a block is recorded only after it was executed with the roots its header names.
 */
export class Chain {
  private readonly init: ChainInit
  private readonly mutex = new Mutex()
  private current: ChainHead
  private staged: { readonly hash: Uint8Array; readonly result: BlockResult } | null = null
  private lacking: ChainError | null = null
  private failure: ChainError | null = null

  constructor(init: ChainInit) {
    this.init = init
    this.current = init.head
  }

  head(): ChainHead {
    return this.current
  }

  /** Executes the actions on top of the head and gives the block that names the resulting roots; it stays staged. */
  build(request: BuildRequest): Promise<Block> {
    return this.mutex.run(async () => {
      const parent = this.usableHead()
      await this.unstage()
      const result = await this.execute(parent, request.proposer, request.actions)
      const block: Block = {
        header: {
          world_id: parent.world_id,
          height: parent.height + 1,
          round: request.round,
          time: Math.max(request.time, (parent.header?.time ?? parent.time) + 1),
          parent_hash: parent.hash,
          last_commit_hash: certificateHash(parent.certificate),
          action_root: computeConsensusActionRoot(request.actions),
          state_root: result.state_root,
          receipts_root: result.receipts_root,
          events_root: result.events_root,
          validators_hash: validatorSetHash(parent.validators),
          next_validators_hash: result.next_validators_hash,
          proposer: request.proposer,
          writer_epoch: WRITER_EPOCH,
        },
        actions: request.actions,
        last_commit: parent.certificate,
      }
      this.staged = { hash: blockHash(block.header), result }
      return block
    })
  }

  /** Executes a proposed block and compares every root. Throws `ChainError` when it must not be voted for, `ExecutorError` when nothing can be said. */
  validate(block: Block): Promise<void> {
    return this.mutex.run(() => this.stage(block))
  }

  /**
   * Records a decided block, whose certificate the caller has verified: executed, compared, stored in one transaction, then
   * announced. Does nothing when it is not above the head.
   */
  commit(commit: Commit): Promise<void> {
    return this.mutex.run(() => this.finalize(commit))
  }

  /** Runs while no block is being built, executed or recorded. */
  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return this.mutex.run(task)
  }

  /** Why nothing is recorded any more; null while all is well. */
  get failed(): ChainError | null {
    return this.failure
  }

  /** Why the next block cannot be executed here: it goes back to a state this node has not. A snapshot leads on, or another block that is decided instead. Null while all is well. */
  get lacks(): ChainError | null {
    return this.lacking
  }

  /** After a snapshot was restored into executor and storage; call it from `exclusively`. */
  moveTo(head: ChainHead): void {
    this.staged = null
    this.lacking = null
    this.current = head
  }

  private usableHead(): ChainHead {
    if (this.failure !== null) throw this.failure
    return this.current
  }

  private async execute(parent: ChainHead, proposer: string, actions: readonly NodeConsensusAction[]): Promise<BlockResult> {
    const { pool } = this.init
    try {
      return await pool.execute(contextOf(parent, proposer), actions)
    } catch (error) {
      if (error instanceof AppError && error.code === 'CHECKPOINT_MISSING') throw (this.lacking = lacksCheckpoint(parent.height + 1, error))
      if (!(error instanceof AppError) || error.code !== 'WRONG_HEIGHT') throw error
      // It stands at another height than the chain: only what is stored counts.
      await pool.reload('The executor was out of step with the chain.')
      throw new ExecutorError('EXECUTOR_LOST', 'The executor was out of step with the chain and is loaded again.')
    }
  }

  private async unstage(): Promise<void> {
    if (this.staged === null) return
    this.staged = null
    await this.init.pool.rollback()
  }

  private async stage(block: Block): Promise<void> {
    const parent = this.usableHead()
    const hash = blockHash(block.header)
    if (this.staged !== null && equalBytes(this.staged.hash, hash)) return
    assertBlockFollows(block, parent)
    await this.unstage()
    const result = await this.execute(parent, block.header.proposer, block.actions)
    this.staged = { hash, result }
    try {
      assertSameResult(block.header, result)
    } catch (error) {
      await this.unstage()
      throw error
    }
  }

  private async finalize(commit: Commit): Promise<void> {
    const parent = this.usableHead()
    if (commit.block.header.height <= parent.height) return
    try {
      await this.stage(commit.block)
    } catch (error) {
      // A staged result dies with its executor; forget it so that a retry executes again.
      this.staged = null
      throw error
    }
    const hash = blockHash(commit.block.header)
    this.staged = null
    this.lacking = null
    const execution = await this.init.pool.commit()
    try {
      await this.record(commit, hash, execution, parent)
    } catch (error) {
      // The executor is ahead of the storage now: going on would break "a block is recorded or it never happened".
      this.failure = new ChainError('CHAIN_FAILED', 'The node could not store a finalized block and stopped. Free space or repair the storage, then start it again.', {}, { cause: error })
      throw this.failure
    }
    this.current = {
      world_id: parent.world_id,
      height: execution.height,
      hash,
      header: commit.block.header,
      time: parent.time,
      validators: execution.validators,
      decided_by: parent.validators,
      certificate: commit.certificate,
      state_root: execution.state_root,
    }
    this.init.onCommit({ commit, hash, execution, validators: parent.validators })
  }

  private async record(commit: Commit, block_hash: Uint8Array, execution: CommittedExecution, parent: ChainHead): Promise<void> {
    const { storage } = this.init
    const { height, state_root, events, receipts, writes } = execution
    const block = { height, block_hash, state_root, commit: encodeCommit(commit), events, receipts }
    await saveValidatorSet(storage, parent.validators)
    if (parent.height > 0) return storage.commitBlock({ ...block, writes })
    // The first block brings the records of the genesis with it: from then on storage holds the whole state.
    const state = await this.wholeState(height)
    if ((await storage.head()) === null) return storage.commitBlock({ ...block, writes: [...state] })
    // A damaged world begins anew in the same storage.
    await storage.replaceState(state, block)
  }

  private async wholeState(height: number): Promise<Iterable<StateEntry>> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { manifest, chunks } = await this.init.pool.exportState()
        if (manifest.height !== height) throw new ChainError('CHAIN_FAILED', `The executor stands at height ${manifest.height}, not ${height}. Start the node again.`)
        return snapshotEntries(manifest, chunks)
      } catch (error) {
        if (!(error instanceof ExecutorError) || error.code === 'EXECUTOR_CLOSED' || attempt === EXPORT_ATTEMPTS) throw error
      }
    }
  }
}

/** The part of a block that execution may see: never its time or round. */
function contextOf(parent: ChainHead, proposer: string): BlockContext {
  return { height: parent.height + 1, parent_hash: parent.hash, proposer }
}

function lacksCheckpoint(height: number, cause: AppError): ChainError {
  return new ChainError(
    'CHECKPOINT_MISSING',
    `Block ${height} takes the world back to an earlier state that this node does not have: it joined after that state, or lost it. It asks its peers for the state, and goes on from their next snapshot where none has it.`,
    { height }, { cause },
  )
}

/** The hash a world's first block names as its parent: that of the genesis. */
export function genesisParentHash(worldId: string): Uint8Array {
  return fromHex(worldId.slice(worldId.lastIndexOf('.') + 1))
}
