import { toHex } from '../codec/index.ts'
import { fetchBlob, fetchCommit, fetchRange, fetchSnapshot, fetchStatus, fitRange, MESSAGE_LIMITS } from '../network/index.ts'
import type { NetworkHost } from '../network/index.ts'
import type { NodeStorage, SnapshotRecord } from '../storage/index.ts'
import type { ChainHead } from './chain.ts'
import { ChainError } from './chain-errors.ts'
import { newestOffered } from './snapshots.ts'

export interface ServeInit {
  readonly network: NetworkHost
  readonly storage: NodeStorage
  readonly world_id: string
  readonly validator_id: string | null
  readonly head: () => ChainHead
}

/** Answers the replication protocols (DESIGN §10) from storage. Handlers only read. */
export async function serveReplication({ network, storage, world_id, validator_id, head }: ServeInit): Promise<void> {
  const { rpc } = network

  await rpc.serve(fetchCommit, async (request) => {
    const stored = request.world_id === world_id ? await storage.readCommit(request.height) : null
    return stored === null ? { found: false } : { found: true, message: stored.commit }
  })

  await rpc.serve(fetchRange, async (request) => {
    if (request.world_id !== world_id) return { messages: [] }
    const commits = await storage.readRange(request.from, request.limit, MESSAGE_LIMITS.rangeBytes)
    return { messages: fitRange(commits.map(({ commit }) => commit)) }
  })

  await rpc.serve(fetchBlob, async ({ content_hash }) => {
    const blob = await storage.getBlob(content_hash)
    return blob === null ? { found: false } : { found: true, blob }
  })

  await rpc.serve(fetchSnapshot, async (request) => {
    const read = (): Promise<SnapshotRecord | null> => (request.height === undefined ? newestOffered(storage) : storage.readSnapshot(request.height))
    const snapshot = request.world_id === world_id ? await read() : null
    return snapshot === null ? { found: false } : { found: true, height: snapshot.height, manifest: snapshot.manifest }
  })

  await rpc.serve(fetchStatus, async (request) => {
    // No answer rather than one about another world: heights of two worlds must never be compared.
    if (request.world_id !== world_id) throw new ChainError('WRONG_WORLD', 'The peer asks about another world.')
    const { height, hash, state_root } = head()
    return {
      height,
      head_hash: toHex(hash),
      earliest_height: (await storage.earliestHeight()) ?? 0,
      state_root: toHex(state_root),
      snapshot_height: (await storage.listSnapshots()).at(-1) ?? null,
      peers: network.peers().length,
      ...(validator_id === null ? {} : { validator_id }),
    }
  })
}
