import { blockHash, computeConsensusActionRoot, decodeCommit, equalBytes, toHex } from '../codec/index.ts'
import { askHedged, RANGE_LIMIT } from '../replication/index.ts'
import type { ReplicationPeers } from '../replication/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import type { ExportedState } from './executor/checkpoints.ts'
import { readState } from './snapshots.ts'

/** Of commits from peers. Who they are from is known only once the last is there, so nobody may fill the memory before. */
const MAX_FETCHED_BYTES = 128 << 20

/** A state that blocks can be executed on again. */
export interface PastState {
  readonly height: number
  /** Null at the genesis, where every executor begins. */
  readonly snapshot: ExportedState | null
}

/** The newest stored state of at most height `latest`; the genesis when there is no other. */
export async function newestPastState(storage: NodeStorage, latest: number): Promise<PastState> {
  for (const height of (await storage.listSnapshots()).toReversed()) {
    const snapshot = height > latest ? null : await readState(storage, height)
    if (snapshot !== null) return { height, snapshot }
  }
  return { height: 0, snapshot: null }
}

/**
 * Encoded commits `from` to `to` from peers, of which the last has the certified hash `lastHash`, and each names the one before it: so all of them
 * are certified. Null when no peer gives them, or when they are more than `maxBytes`.
 */
export async function fetchCertifiedCommits(
  peers: ReplicationPeers, from: number, to: number, lastHash: string, signal: AbortSignal, maxBytes = MAX_FETCHED_BYTES,
): Promise<readonly Uint8Array[] | null> {
  const commits: Uint8Array[] = []
  let bytes = 0
  let parent: Uint8Array | null = null
  while (commits.length <= to - from) {
    const next = from + commits.length
    const wanted = Math.min(RANGE_LIMIT, to - next + 1)
    try {
      const { answer } = await askHedged(peers.candidates(next), async (peer, abort) => {
        const messages = (await peers.fetchRange(peer, next, wanted, AbortSignal.any([abort, signal]))).slice(0, wanted)
        if (messages.length === 0) throw new Error(`no commit ${next}`)
        return { messages, last: lastOfChain(messages, next, parent) }
      })
      commits.push(...answer.messages)
      parent = answer.last
      bytes += answer.messages.reduce((sum, { length }) => sum + length, 0)
    } catch {
      return null // nobody has them, or nobody tells the truth: there is no history then
    }
    if (bytes > maxBytes) return null
  }
  return parent !== null && toHex(parent) === lastHash ? commits : null
}

/** The hash of the last of consecutive blocks. Throws when they are no chain that begins at `height` on top of `parent`. */
function lastOfChain(messages: readonly Uint8Array[], height: number, parent: Uint8Array | null): Uint8Array {
  let last = parent
  for (const [index, message] of messages.entries()) {
    const { block: { header, actions } } = decodeCommit(message)
    const follows = header.height === height + index && (last === null || equalBytes(header.parent_hash, last))
    if (!follows || !equalBytes(header.action_root, computeConsensusActionRoot(actions))) throw new Error(`block ${height + index} does not follow`)
    last = blockHash(header)
  }
  return last!
}
