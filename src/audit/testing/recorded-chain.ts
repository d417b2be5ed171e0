import {
  actionPayload, agentIdOf, blockHash, certificateHash, computeConsensusActionRoot, encodeActionEnvelope, encodeCanonical, encodeCommit, encodeValidatorSet, merkleRoot,
  sha256, signerBitmap, toConsensusAction, utf8Bytes, validatorSetHash, votePayload,
} from '../../codec/index.ts'
import type { BlockHeader, CommitCertificate, NodeConsensusAction, ValidatorSet, Value, ValueMap } from '../../codec/index.ts'
import { createPortableSigner, publicKeyOf } from '../../crypto/index.ts'
import type { LightBlock } from '../../light/index.ts'
import type { NodeStorage } from '../../storage/index.ts'
import { createGenesis, createKernel, encodeGenesis, worldIdOf } from '../../world/index.ts'
import type { Genesis, Kernel, WorldEvent } from '../../world/index.ts'
import type { AuditSource } from '../source.ts'

export const seedOf = (name: string): Uint8Array => sha256(utf8Bytes(`audit test ${name}`))

const NO_HASH = new Uint8Array(32)
const TIME = 1_700_000_000_000

/** Validators of equal stake with keys made from their names. */
export function validatorSet(...names: readonly string[]): ValidatorSet {
  return names.toSorted().map((validator_id) => ({ validator_id, public_key: publicKeyOf(seedOf(validator_id)), stake: 100 }))
}

export function certify(header: BlockHeader, validators: ValidatorSet): CommitCertificate {
  const { world_id, height } = header
  const block_hash = blockHash(header)
  const payload = votePayload({ world_id, type: 'precommit', height, round: 0, block_hash })
  const signatures = validators.map(({ validator_id }) => createPortableSigner(seedOf(validator_id)).signSync(payload))
  return { height, round: 0, block_hash, signers: signerBitmap(validators.map((_, index) => index), validators.length), signatures }
}

interface RecordedBlock extends LightBlock {
  readonly events: readonly WorldEvent[]
  readonly actions: readonly NodeConsensusAction[]
}

interface Roots {
  readonly events: readonly WorldEvent[]
  readonly actions?: readonly NodeConsensusAction[]
  readonly state_root?: Uint8Array
  readonly receipts_root?: Uint8Array
  readonly next: ValidatorSet
}

/** A certified chain kept in memory, as a source of exports. */
export class RecordedChain implements AuditSource {
  readonly worldId: string
  readonly genesis: Uint8Array | null
  readonly blocks: RecordedBlock[] = []
  /** First height that can still be read. */
  earliest = 1

  constructor(worldId: string, genesis: Uint8Array | null) {
    this.worldId = worldId
    this.genesis = genesis
  }

  get newest(): RecordedBlock | undefined {
    return this.blocks.at(-1)
  }

  append(validators: ValidatorSet, { events, actions = [], state_root = NO_HASH, receipts_root = NO_HASH, next }: Roots): RecordedBlock {
    const parent = this.newest
    const height = this.blocks.length + 1
    const header: BlockHeader = {
      world_id: this.worldId, height, round: 0, time: TIME + 1_000 * height, parent_hash: parent === undefined ? NO_HASH : blockHash(parent.header),
      last_commit_hash: certificateHash(parent?.certificate ?? null), action_root: computeConsensusActionRoot(actions), state_root, receipts_root,
      events_root: merkleRoot(events.map((event) => encodeCanonical(event as unknown as Value))),
      validators_hash: validatorSetHash(validators), next_validators_hash: validatorSetHash(next), proposer: validators[0]!.validator_id, writer_epoch: 1,
    }
    const block = { header, certificate: certify(header, validators), validators, events, actions }
    this.blocks.push(block)
    return block
  }

  async range(): Promise<{ earliest: number; latest: number } | null> {
    return this.blocks.length === 0 ? null : { earliest: this.earliest, latest: this.blocks.length }
  }

  async lightBlock(height: number): Promise<LightBlock | null> {
    const block = height < this.earliest ? undefined : this.blocks[height - 1]
    return block === undefined ? null : { header: block.header, certificate: block.certificate, validators: block.validators }
  }

  async events(height: number): Promise<readonly WorldEvent[] | null> {
    return height < this.earliest ? null : (this.blocks[height - 1]?.events ?? null)
  }

  /** Puts everything into a store, as a node does block by block. */
  async storeIn(storage: NodeStorage): Promise<void> {
    for (const { header, certificate, validators, events, actions } of this.blocks) {
      const last_commit = this.blocks[header.height - 2]?.certificate ?? null
      await storage.putBlob(encodeValidatorSet(validators), 'validator-set')
      await storage.commitBlock({
        height: header.height, block_hash: blockHash(header), state_root: header.state_root, writes: [],
        commit: encodeCommit({ block: { header, actions, last_commit }, certificate }), events: encodeCanonical(events as unknown as Value), receipts: encodeCanonical([]),
      })
    }
  }
}

/** A real world of one validator: agents that observe, move and pay, executed by the kernel and certified. */
export class RecordedWorld extends RecordedChain {
  readonly agents: readonly { readonly seed: Uint8Array; readonly agent_id: string }[]
  private readonly kernel: Kernel
  private readonly validators: ValidatorSet
  private readonly nonces = new Map<Uint8Array, number>()

  private constructor(genesis: Genesis, seeds: readonly Uint8Array[]) {
    super(worldIdOf(genesis), encodeGenesis(genesis))
    this.kernel = createKernel(genesis)
    this.validators = genesis.validators
    this.agents = seeds.map((seed) => ({ seed, agent_id: agentIdOf(publicKeyOf(seed)) }))
  }

  static create(name = 'audit'): RecordedWorld {
    const seeds = [seedOf('miner'), seedOf('trader')]
    const genesis = createGenesis({
      name, demo: false, time: TIME, scenario: 'belt-small', seed: seedOf('belt'), validators: validatorSet('v1'),
      agents: seeds.map((seed, index) => ({ public_key: publicKeyOf(seed), name: `agent ${index}` })), modules: [], trustedSigners: [],
    })
    return new RecordedWorld(genesis, seeds)
  }

  /** Executes and certifies the next block. */
  block(...actions: readonly { readonly by: number; readonly action: ValueMap & { readonly kind: string } }[]): RecordedBlock {
    const height = this.blocks.length + 1
    const signed = actions.map(({ by, action }) => this.sign(this.agents[by]!, action, height))
    const parent_hash = this.newest === undefined ? NO_HASH : blockHash(this.newest.header)
    const { events, state_root, receipts_root, next_validators } = this.kernel.executeBlock({ height, parent_hash, proposer: 'v1' }, signed)
    this.kernel.commit()
    return this.append(this.validators, { events, actions: signed, state_root, receipts_root, next: next_validators })
  }

  private sign({ seed, agent_id }: (typeof this.agents)[number], action: ValueMap & { readonly kind: string }, height: number): NodeConsensusAction {
    const nonce = (this.nonces.get(seed) ?? 0) + 1
    this.nonces.set(seed, nonce)
    const unsigned = { world_id: this.worldId, actor: agent_id, nonce, valid_until_height: height + 10, action }
    return toConsensusAction(encodeActionEnvelope({ ...unsigned, signature: createPortableSigner(seed).signSync(actionPayload(unsigned)) }))
  }
}

/** Blocks with a few actions and some without, enough for every test of exports. */
export function recordedWorld(name?: string): RecordedWorld {
  const world = RecordedWorld.create(name)
  const [miner, trader] = world.agents.map(({ agent_id }) => agent_id)
  const pay = (by: number, to: string, amount: number) => ({ by, action: { kind: 'transfer_resource', to, resource: 'electricity', amount } })
  world.block({ by: 0, action: { kind: 'query_observation' } })
  world.block(pay(0, trader!, 5), pay(1, miner!, 1))
  world.block()
  world.block(pay(0, trader!, 3), pay(0, trader!, 1_000_000_000), { by: 1, action: { kind: 'query_observation' } })
  world.block()
  return world
}
