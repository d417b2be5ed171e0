import type { AppError, Block } from '../codec/index.ts'
import { createConsensusSigner } from '../consensus/index.ts'
import type { ConsensusEvent } from '../consensus/index.ts'
import { createSigner } from '../crypto/index.ts'
import type { Gossip } from '../network/index.ts'
import { consensusApplication } from './application.ts'
import { CatchUp, SNAPSHOT_SYNC_ABOVE } from './catch-up.ts'
import { Chain } from './chain.ts'
import type { ChainHead, CommittedBlock } from './chain.ts'
import { CheckpointFetch } from './checkpoint-fetch.ts'
import { ConsensusHost } from './consensus-host.ts'
import { EvidenceReporter } from './evidence.ts'
import type { ExecutorPool } from './executor/pool.ts'
import { gossipTransport, SILENT_TRANSPORT } from './gossip.ts'
import { History } from './history.ts'
import { Housekeeping } from './housekeeping.ts'
import { Mempool } from './mempool.ts'
import type { NodeInit } from './node-init.ts'
import { PeerTable } from './peer-table.ts'
import { ShadowReruns } from './shadow-rerun.ts'
import { SNAPSHOT_EVERY } from './snapshots.ts'

/** A peer is asked at most so often, however fast the blocks. */
const MIN_POLL_MS = 500

/** The stored world as it was found. */
export interface OpenedNode {
  readonly pool: ExecutorPool
  readonly head: ChainHead
  /** Up to this height nothing is signed. */
  readonly silentThrough: number
}

/** What the parts tell the node. */
export interface NodeHooks {
  readonly noticeHeight: (height: number) => void
  readonly committed: (block: CommittedBlock) => void
  /** The chain moved to a snapshot. */
  readonly restored: () => Promise<void>
  readonly consensusEvent: (event: ConsensusEvent) => void
  /** Something was refused; for the page. `height` is that of a block, if it was one. */
  readonly refused: (error: AppError, height: number | null) => void
  readonly submit: (envelope: Uint8Array) => Promise<{ readonly action_id: string }>
  readonly changed: () => void
  readonly log: (level: 'info' | 'warn', message: string) => void
}

export interface NodeParts {
  readonly pool: ExecutorPool
  readonly chain: Chain
  readonly mempool: Mempool
  readonly history: History
  readonly consensus: ConsensusHost
  readonly housekeeping: Housekeeping
  readonly reruns: ShadowReruns
  /** Only where a validator signs. */
  readonly evidence: EvidenceReporter | null
  /** Null in a solo world, as are the next three. */
  readonly gossip: Gossip | null
  readonly peers: PeerTable | null
  readonly catchUp: CatchUp | null
  readonly checkpoints: CheckpointFetch | null
}

/** Makes the parts of a node and joins them to each other; nothing runs yet. */
export function assembleNode(init: NodeInit, opened: OpenedNode, hooks: NodeHooks): NodeParts {
  const { network, storage, validator, now } = init
  const { pool, head, silentThrough } = opened
  const warn = (message: string): void => hooks.log('warn', message)
  const chain = new Chain({ storage, pool, head, onCommit: hooks.committed })
  const mempool = new Mempool({ check: (actions) => pool.check(actions) })
  const history = new History(storage)
  const gossip = network?.gossip(head.world_id) ?? null
  const signer = validator === null ? null : createSigner(validator.seed)

  const consensus = new ConsensusHost({
    chain, storage, timeouts: init.timeouts, now, silentThrough,
    application: consensusApplication(chain, mempool, ({ header }: Block, error) => hooks.refused(error, header.height)),
    transport: gossip === null ? SILENT_TRANSPORT : gossipTransport(gossip, hooks.noticeHeight),
    signer: signer === null ? null : createConsensusSigner(validator!.validator_id, signer),
    onEvent: hooks.consensusEvent,
    log: warn,
  })
  const peers = network === null ? null : new PeerTable({
    network, world_id: head.world_id, genesisTime: head.time, pollMs: Math.max(MIN_POLL_MS, init.blockIntervalMs), now,
    onClaim: (_, height) => hooks.noticeHeight(height),
  })
  const catchUp = peers === null ? null : new CatchUp({
    peers, chain, pool, storage, consensus, now,
    snapshotAbove: init.snapshotSyncAbove ?? SNAPSHOT_SYNC_ABOVE,
    onProgress: hooks.changed,
    onRestored: hooks.restored,
    onRefused: (error) => hooks.refused(error, null),
    log: hooks.log,
  })
  const checkpoints = peers === null ? null : new CheckpointFetch({ peers, pool, storage, now, log: hooks.log })
  const housekeeping = new Housekeeping({
    chain, pool, storage, snapshotEvery: init.snapshotEvery ?? SNAPSHOT_EVERY, retainBlocks: init.retainBlocks,
    onPruned: () => history.refreshEarliest(),
    log: warn,
  })
  const reruns = new ShadowReruns({ storage, spawn: init.spawnExecutor, genesis: init.genesis, worldId: head.world_id, peers, record: (key) => pool.record(key) })
  const evidence = signer === null ? null : new EvidenceReporter({
    world_id: head.world_id, validator_id: validator!.validator_id, signer,
    validators: () => chain.head().validators,
    record: (key) => pool.record(key),
    submit: hooks.submit,
    waiting: (actionId) => mempool.has(actionId),
    log: warn,
  })
  return { pool, chain, mempool, history, consensus, housekeeping, reruns, evidence, gossip, peers, catchUp, checkpoints }
}
