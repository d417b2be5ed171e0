import {
  blockHash, certificateHash, computeConsensusActionRoot, concatBytes, encodeCanonical, equalBytes, sha256, toConsensusAction, validatorSetHash,
} from '../../codec/index.ts'
import type { Block, BlockHeader, Commit, CommitCertificate, NodeConsensusAction, ValidatorSet } from '../../codec/index.ts'
import type { BuildRequest, ConsensusApplication } from '../runner-types.ts'
import type { ExecutionVerdict, HeightContext } from '../types.ts'
import type { Disk } from './disk.ts'
import type { Prng } from './prng.ts'
import type { Lifetime } from './virtual-time.ts'

/** Header time of the simulated genesis, milliseconds since 1970 UTC. */
export const GENESIS_TIME = 1_800_000_000_000
const GENESIS_ROOT = new Uint8Array(32)

/** The rules every simulated node agrees on. */
export interface SimWorld {
  readonly world_id: string
  /** Agreed sets; height h uses the one of its epoch, so that sets change while the chain runs. */
  readonly validatorsAt: (height: number) => ValidatorSet
}

/** State root after a block: a hash chain over what was executed, so any divergence shows at once. */
export function nextStateRoot(before: Uint8Array, actions: readonly NodeConsensusAction[]): Uint8Array {
  return sha256(concatBytes(before, computeConsensusActionRoot(actions)))
}

export function contextAfter(world: SimWorld, commits: readonly Commit[]): HeightContext {
  const last = commits.at(-1)
  const height = commits.length + 1
  return {
    world_id: world.world_id,
    height,
    validators: world.validatorsAt(height),
    last_validators: last === undefined ? null : world.validatorsAt(height - 1),
    parent: last === undefined ? { hash: GENESIS_ROOT, time: GENESIS_TIME } : { hash: blockHash(last.block.header), time: last.block.header.time },
    last_commit: last?.certificate ?? null,
  }
}

/** A block with correct roots on top of `parentRoot`. */
export function assembleBlock(world: SimWorld, request: BuildRequest, parentRoot: Uint8Array, actions: readonly NodeConsensusAction[]): Block {
  const { context, round, proposer, time } = request
  const header: BlockHeader = {
    world_id: world.world_id, height: context.height, round, time, proposer, writer_epoch: 1,
    parent_hash: context.parent.hash,
    last_commit_hash: certificateHash(context.last_commit),
    action_root: computeConsensusActionRoot(actions),
    state_root: nextStateRoot(parentRoot, actions),
    receipts_root: GENESIS_ROOT, events_root: GENESIS_ROOT,
    validators_hash: validatorSetHash(context.validators),
    next_validators_hash: validatorSetHash(world.validatorsAt(context.height + 1)),
  }
  return { header, actions, last_commit: context.last_commit }
}

export function isValidOn(world: SimWorld, block: Block, parentRoot: Uint8Array): boolean {
  return (
    equalBytes(block.header.state_root, nextStateRoot(parentRoot, block.actions)) &&
    equalBytes(block.header.next_validators_hash, validatorSetHash(world.validatorsAt(block.header.height + 1)))
  )
}

export const stateRootOf = (commits: readonly Commit[]): Uint8Array => commits.at(-1)?.block.header.state_root ?? GENESIS_ROOT

export function randomActions(prng: Prng): NodeConsensusAction[] {
  return Array.from({ length: prng.between(0, 2) }, () => toConsensusAction(encodeCanonical(prng.bytes(8))))
}

/** A tiny deterministic world with slow, sometimes interrupted execution and durable commits. */
export class SimApplication implements ConsensusApplication {
  readonly #world: SimWorld
  readonly #disk: Disk
  readonly #lifetime: Lifetime
  readonly #prng: Prng
  readonly #interruptPermille: () => number
  readonly #onCommit: (commit: Commit) => void

  constructor(parts: {
    readonly world: SimWorld; readonly disk: Disk; readonly lifetime: Lifetime; readonly prng: Prng
    readonly interruptPermille: () => number; readonly onCommit: (commit: Commit) => void
  }) {
    this.#world = parts.world
    this.#disk = parts.disk
    this.#lifetime = parts.lifetime
    this.#prng = parts.prng
    this.#interruptPermille = parts.interruptPermille
    this.#onCommit = parts.onCommit
  }

  async build(request: BuildRequest): Promise<Block | null> {
    await this.#lifetime.sleep(this.#prng.between(0, 15))
    if (this.#prng.chance(this.#interruptPermille())) return null
    return assembleBlock(this.#world, request, stateRootOf(this.#disk.commits), randomActions(this.#prng))
  }

  async execute(block: Block): Promise<ExecutionVerdict> {
    await this.#lifetime.sleep(this.#prng.between(0, 15))
    if (this.#prng.chance(this.#interruptPermille())) return 'interrupted'
    return isValidOn(this.#world, block, stateRootOf(this.#disk.commits)) ? 'valid' : 'invalid'
  }

  async commit(block: Block, certificate: CommitCertificate): Promise<HeightContext> {
    await this.#lifetime.sleep(this.#prng.between(0, 8))
    const commit = { block, certificate }
    this.#disk.commits.push(commit)
    this.#onCommit(commit)
    await this.#lifetime.sleep(this.#prng.between(0, 4)) // a crash here leaves a durable commit the runner never heard of
    return contextAfter(this.#world, this.#disk.commits)
  }
}
