import { AppError, decodeCommit, equalBytes, errorInfo, validatorSetHash } from '../codec/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import type { Genesis } from '../world/index.ts'
import { worldIdOf } from '../world/index.ts'
import { genesisParentHash } from './chain.ts'
import type { ChainHead } from './chain.ts'
import { ChainError } from './chain-errors.ts'
import { ExecutorPool } from './executor/pool.ts'
import type { ExecutorPoolInit } from './executor/pool.ts'
import type { ExecutorHead } from './executor/service.ts'
import { fromStoredSnapshot } from './repair.ts'
import { readState } from './snapshots.ts'
import { storedState } from './stored-state.ts'
import { readValidatorSet, saveValidatorSet } from './validator-sets.ts'

/** What loading can meet in a storage that lost or changed something; everything else is not for repair to answer. */
const DAMAGE: ReadonlySet<string> = new Set(['STORAGE_DAMAGED', 'WRONG_STATE_ROOT', 'BAD_STATE', 'SCHEMA_MISMATCH'])

export interface OpenedChain {
  readonly pool: ExecutorPool
  /** Where the chain goes on: the stored head, or further back when that was damaged. */
  readonly head: ChainHead
  /** What was wrong with the stored world; null when it was whole. */
  readonly damage: string | null
}

/**
 * Brings the executor to the stored head and checks that its records give the state root of the stored, certified header. A damaged
 * world goes on from its newest whole snapshot, else from the genesis; stored blocks and peers bring the rest, each executed again.
 */
export async function openChain(genesis: Genesis, encoded: Uint8Array, storage: NodeStorage, init: Omit<ExecutorPoolInit, 'genesis' | 'stored'>): Promise<OpenedChain> {
  const { pool, head: atGenesis } = await ExecutorPool.open({ ...init, genesis: encoded, stored: () => storedState(storage), storedCheckpoint: (height) => readState(storage, height) })
  try {
    await saveValidatorSet(storage, genesis.validators)
    const beginning = genesisHead(genesis, atGenesis)
    try {
      return { pool, head: (await loadStored(beginning, storage, pool)) ?? beginning, damage: null }
    } catch (error) {
      if (!isDamage(error)) throw error
      return { pool, head: (await fromStoredSnapshot(storage, pool, beginning)) ?? beginning, damage: errorInfo(error).message }
    }
  } catch (error) {
    pool.close()
    throw error
  }
}

async function loadStored(beginning: ChainHead, storage: NodeStorage, pool: ExecutorPool): Promise<ChainHead | null> {
  const lost = storage.openReport.damaged.find(({ part }) => part === 'head' || part === 'commit')
  if (lost !== undefined) throw damaged(`its ${lost.part} is ${lost.reason === 'missing' ? 'missing' : 'not what was written'}`)
  const stored = await storedState(storage)
  return stored === null ? null : storedHead(beginning, storage, await pool.load(stored))
}

function genesisHead(genesis: Genesis, executor: ExecutorHead): ChainHead {
  const world_id = worldIdOf(genesis)
  return {
    world_id, height: 0, hash: genesisParentHash(world_id), header: null, time: genesis.time,
    validators: executor.validators, decided_by: null, certificate: null, state_root: executor.state_root,
  }
}

async function storedHead({ world_id, time }: ChainHead, storage: NodeStorage, executor: ExecutorHead): Promise<ChainHead> {
  const stored = await storage.readCommit(executor.height)
  if (stored === null) throw damaged('the block of its head is missing')
  const { block: { header }, certificate } = decodeCommit(stored.commit)
  if (!equalBytes(header.state_root, executor.state_root)) throw damaged('its records do not give the certified state root')
  if (!equalBytes(header.next_validators_hash, validatorSetHash(executor.validators))) throw damaged('its validator set is not the certified one')
  const decidedBy = await readValidatorSet(storage, header.validators_hash)
  if (decidedBy === null) throw damaged('the validators of its head are missing')
  return {
    world_id, height: header.height, hash: stored.block_hash, header, time,
    validators: executor.validators, decided_by: decidedBy, certificate, state_root: executor.state_root,
  }
}

function damaged(what: string): ChainError {
  return new ChainError('STORAGE_DAMAGED', `The stored world is damaged: ${what}.`)
}

function isDamage(error: unknown): boolean {
  return error instanceof AppError && (DAMAGE.has(error.code) || error.code.startsWith('CBOR_'))
}
