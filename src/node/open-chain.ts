import { decodeCommit, equalBytes, validatorSetHash } from '../codec/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import type { Genesis } from '../world/index.ts'
import { worldIdOf } from '../world/index.ts'
import { genesisParentHash } from './chain.ts'
import type { ChainHead } from './chain.ts'
import { ChainError } from './chain-errors.ts'
import { ExecutorPool } from './executor/pool.ts'
import type { ExecutorPoolInit, StoredState } from './executor/pool.ts'
import type { ExecutorHead, StateEntry } from './executor/service.ts'
import { readValidatorSet, saveValidatorSet } from './validator-sets.ts'

/** Records per message while the executor is being loaded: about a megabyte. */
const LOAD_BATCH = 1_000

export interface OpenedChain {
  readonly pool: ExecutorPool
  readonly head: ChainHead
}

/**
 * Brings the executor to the stored head and checks that its records give the state root of the stored, certified header.
 * Throws `CHAIN_FAILED` when they do not: the caller may clear the storage and sync again, nothing is served from it.
 */
export async function openChain(genesis: Genesis, encoded: Uint8Array, storage: NodeStorage, init: Omit<ExecutorPoolInit, 'genesis' | 'stored'>): Promise<OpenedChain> {
  const { pool, head: atGenesis } = await ExecutorPool.open({ ...init, genesis: encoded, stored: () => storedState(storage) })
  try {
    await saveValidatorSet(storage, genesis.validators)
    const stored = await storedState(storage)
    const head = stored === null ? genesisHead(genesis, atGenesis) : await storedHead(genesis, storage, await pool.load(stored))
    return { pool, head }
  } catch (error) {
    pool.close()
    throw error
  }
}

function genesisHead(genesis: Genesis, executor: ExecutorHead): ChainHead {
  const world_id = worldIdOf(genesis)
  return {
    world_id, height: 0, hash: genesisParentHash(world_id), header: null, time: genesis.time,
    validators: executor.validators, decided_by: null, certificate: null, state_root: executor.state_root,
  }
}

async function storedHead(genesis: Genesis, storage: NodeStorage, executor: ExecutorHead): Promise<ChainHead> {
  const stored = await storage.readCommit(executor.height)
  if (stored === null) throw damaged('the block of the stored head is missing')
  const { block, certificate } = decodeCommit(stored.commit)
  const { header } = block
  if (!equalBytes(header.state_root, executor.state_root)) throw damaged('the stored records do not give the certified state root')
  if (!equalBytes(header.next_validators_hash, validatorSetHash(executor.validators))) throw damaged('the stored validator set is not the certified one')
  return {
    world_id: header.world_id, height: header.height, hash: stored.block_hash, header, time: genesis.time,
    validators: executor.validators, decided_by: await readValidatorSet(storage, header.validators_hash),
    certificate, state_root: executor.state_root,
  }
}

function damaged(what: string): ChainError {
  return new ChainError('CHAIN_FAILED', `The stored world is damaged: ${what}. It is fetched again from peers.`)
}

async function storedState(storage: NodeStorage): Promise<StoredState | null> {
  const head = await storage.head()
  return head === null ? null : { head: { height: head.height, state_root: head.state_root }, entries: batches(storage) }
}

async function* batches(storage: NodeStorage): AsyncIterable<readonly StateEntry[]> {
  let batch: StateEntry[] = []
  for await (const entry of storage.stateEntries()) {
    batch.push(entry)
    if (batch.length < LOAD_BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
