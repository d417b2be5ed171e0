import {
  AppError, decodeCommit, decodeConsensusAction, decodeProposal, decodeVote, encodeCommit, encodeConsensusAction, encodeProposal, encodeVote,
} from '../codec/index.ts'
import type { Commit, NodeConsensusAction } from '../codec/index.ts'
import type { Consensus, ConsensusTransport, MessageVerdict } from '../consensus/index.ts'
import type { Gossip, GossipKind, GossipVerdict } from '../network/index.ts'
import { ExecutorError } from './executor/guard.ts'
import type { Mempool } from './mempool.ts'

/** Rejections of an action that no correct peer can cause by being a block behind. */
const FORGED: ReadonlySet<string> = new Set(['BAD_SIGNATURE', 'BAD_ACTION', 'UNKNOWN_KIND', 'NOT_ALLOWED', 'BAD_KEY'])

export interface GossipInInit {
  readonly gossip: Gossip
  readonly world_id: string
  /** The runner of the moment; a snapshot replaces it. */
  readonly consensus: () => Consensus
  readonly mempool: Mempool
  /** True while blocks are being fetched: an old state says nothing about a new action. */
  readonly isBehind: () => boolean
  /** A commit somebody announces. Nothing about it was checked. */
  readonly onCommit: (commit: Commit, from: string) => Promise<GossipVerdict>
}

/** Decodes what gossip brings and hands it to consensus and mempool; tells the network what to pass on and whom to blame. */
export function receiveGossip({ gossip, world_id, consensus, mempool, isBehind, onCommit }: GossipInInit): void {
  gossip.subscribe('votes', strictly(decodeVote, async (vote) => {
    if (vote.world_id !== world_id) return { reject: 'WRONG_WORLD' }
    return verdictOf(await consensus().receiveVote(vote))
  }))

  gossip.subscribe('proposals', strictly(decodeProposal, async (proposal) => {
    if (proposal.world_id !== world_id) return { reject: 'WRONG_WORLD' }
    return verdictOf(await consensus().receiveProposal(proposal))
  }))

  gossip.subscribe('actions', strictly(decodeConsensusAction, async (action) => {
    if (isBehind()) return 'ignore'
    try {
      return (await mempool.add(action)) ? 'accept' : 'ignore'
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error instanceof ExecutorError) return 'ignore' // it could not be checked here
      if (error.code === 'WRONG_WORLD') return { reject: 'WRONG_WORLD' }
      return FORGED.has(error.code) ? { reject: error.code === 'BAD_SIGNATURE' ? 'BAD_SIGNATURE' : 'BAD_MESSAGE', detail: error.code } : 'ignore'
    }
  }))

  gossip.subscribe('commits', strictly(decodeCommit, async (commit, from) => {
    if (commit.block.header.world_id !== world_id) return { reject: 'WRONG_WORLD' }
    return onCommit(commit, from)
  }))
}

/** How consensus sends. Each publish is a message of its own, so what is sent again is not swallowed as seen. */
export function gossipTransport(gossip: Gossip, requestBlock: ConsensusTransport['requestBlock']): ConsensusTransport {
  return {
    broadcastVote: (vote) => publish(gossip, 'votes', encodeVote(vote)),
    broadcastProposal: (proposal) => publish(gossip, 'proposals', encodeProposal(proposal)),
    requestBlock,
  }
}

/** A solo world has nobody to talk to. */
export const SILENT_TRANSPORT: ConsensusTransport = { broadcastVote: () => {}, broadcastProposal: () => {}, requestBlock: () => {} }

export function publishAction(gossip: Gossip, action: NodeConsensusAction): void {
  publish(gossip, 'actions', encodeConsensusAction(action))
}

export function publishCommit(gossip: Gossip, commit: Commit): void {
  publish(gossip, 'commits', encodeCommit(commit))
}

/** Best effort: whoever misses it asks again or fetches it. */
function publish(gossip: Gossip, kind: GossipKind, bytes: Uint8Array): void {
  gossip.publish(kind, bytes).catch(() => {})
}

function strictly<T>(decode: (bytes: Uint8Array) => T, handle: (message: T, from: string) => Promise<GossipVerdict>) {
  return async (bytes: Uint8Array, from: string): Promise<GossipVerdict> => {
    let message: T
    try {
      message = decode(bytes)
    } catch (error) {
      return { reject: 'BAD_MESSAGE', detail: error instanceof AppError ? error.code : 'undecodable' }
    }
    return handle(message, from)
  }
}

function verdictOf(verdict: MessageVerdict): GossipVerdict {
  switch (verdict) {
    case 'accepted':
    case 'buffered':
    case 'duplicate': // sent again on purpose, for those who missed it
      return 'accept'
    case 'wrong_world':
      return { reject: 'WRONG_WORLD' }
    case 'bad_signature':
      return { reject: 'BAD_SIGNATURE' }
    case 'bad_body':
    case 'not_proposer':
      return { reject: 'BAD_MESSAGE', detail: verdict }
    default: // stale, of a later height, of a validator set we do not have yet, or we are stopping
      return 'ignore'
  }
}
