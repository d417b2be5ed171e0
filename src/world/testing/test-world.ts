import { BUILTIN_SIGNERS, builtinModules } from '../../artifacts/index.ts'
import { agentIdOf, encodeActionEnvelope, sha256, toConsensusAction, utf8Bytes } from '../../codec/index.ts'
import type { NodeConsensusAction, UnsignedAction, Value, ValueMap } from '../../codec/index.ts'
import { createPortableSigner } from '../../crypto/index.ts'
import type { PortableSigner } from '../../crypto/index.ts'
import { createGenesis } from '../create-genesis.ts'
import type { GenesisInit } from '../create-genesis.ts'
import type { Genesis } from '../genesis.ts'
import { createKernel } from '../kernel.ts'
import type { KernelOptions } from '../kernel.ts'
import { signAction } from '../sign-action.ts'
import type { AgentRecord, ScheduleEntry } from '../state/records.ts'
import type { BlockResult, Kernel } from '../types.ts'
import { TEST_SIGNER } from './hand-made.ts'

export type { ScheduleEntry }

/** Distinct seeds by name. */
export const seedOf = (name: string): Uint8Array => sha256(utf8Bytes(`test seed ${name}`))
export const signerOf = (name: string): PortableSigner => createPortableSigner(seedOf(name))

export interface Inhabitant {
  readonly id: string
  readonly signer: PortableSigner
}

export function inhabitant(name: string): Inhabitant {
  const signer = signerOf(name)
  return { id: agentIdOf(signer.publicKey), signer }
}

export const m1Modules = await builtinModules(['m1'])

export function testGenesis(change: Partial<GenesisInit> & { readonly agentNames?: readonly string[]; readonly validatorNames?: readonly string[] } = {}): Genesis {
  const { agentNames = ['ann', 'bob', 'cid'], validatorNames = ['v1', 'v2', 'v3', 'v4'], ...init } = change
  return createGenesis({
    name: 'demo-test', demo: true, time: 1_700_000_000_000, scenario: 'belt-small', seed: seedOf('belt'),
    validators: validatorNames.map((validator_id) => ({ validator_id, public_key: signerOf(validator_id).publicKey, stake: 100 })),
    agents: agentNames.map((name) => ({ public_key: signerOf(name).publicKey, name })),
    modules: m1Modules,
    trustedSigners: [...BUILTIN_SIGNERS, TEST_SIGNER],
    agentKeysFromSeeds: true,
    ...init,
  })
}

/** A kernel with the hands of its inhabitants: signs, counts nonces, executes and commits blocks. */
export class TestWorld {
  readonly genesis: Genesis
  readonly kernel: Kernel

  constructor(genesis: Genesis = testGenesis(), options: KernelOptions = {}) {
    this.genesis = genesis
    this.kernel = createKernel(genesis, options)
  }

  agent(id: string): AgentRecord {
    return this.read(id) as AgentRecord
  }

  read(key: string): unknown {
    return this.kernel.query(key).value
  }

  /** What `actor` would have to sign next. */
  unsigned(actor: string, action: Value, change: Partial<UnsignedAction> = {}): UnsignedAction {
    const record = this.read(actor) as { nonce: number } | null
    return {
      world_id: this.kernel.worldId, actor, nonce: (record?.nonce ?? 0) + 1, valid_until_height: this.kernel.height() + 100,
      action: action as UnsignedAction['action'], ...change,
    }
  }

  sign({ id, signer }: Inhabitant, action: ValueMap, change: Partial<UnsignedAction> = {}): Promise<NodeConsensusAction> {
    return signAction(this.unsigned(id, action, change), signer)
  }

  /** Executes and commits the next block. */
  block(actions: readonly NodeConsensusAction[] = [], verdicts?: ReadonlyMap<string, boolean>): BlockResult {
    const result = this.kernel.executeBlock(this.context(), actions, verdicts)
    this.kernel.commit()
    return result
  }

  context(): { height: number; parent_hash: Uint8Array; proposer: string } {
    const height = this.kernel.height() + 1
    return { height, parent_hash: sha256(utf8Bytes(`block ${height - 1}`)), proposer: 'v1' }
  }

  /** Signs, executes and commits one action; gives its receipt and the events it caused. */
  async act(who: Inhabitant, action: ValueMap, change: Partial<UnsignedAction> = {}): Promise<{ receipt: BlockResult['receipts'][number]; events: BlockResult['events'] }> {
    const result = this.block([await this.sign(who, action, change)])
    return { receipt: result.receipts[0]!, events: result.events.filter(({ caused_by }) => caused_by.startsWith('action:')) }
  }

  /** Empty blocks up to and including `height`. */
  advanceTo(height: number): BlockResult['events'] {
    const events: BlockResult['events'][number][] = []
    while (this.kernel.height() < height) events.push(...this.block().events)
    return events
  }

  /** Takes an agent to an asteroid and waits for it. */
  async travel(who: Inhabitant, to: string): Promise<void> {
    const { receipt } = await this.act(who, { kind: 'move_agent', to })
    if (receipt.code !== null && receipt.code !== 'ZERO_DISTANCE') throw new Error(receipt.code)
    const { motion } = this.agent(who.id)
    if (motion !== null) this.advanceTo(motion.arrive_height)
  }
}

const NO_SIGNATURE = new Uint8Array(64)

/** An action whose verdict the test supplies instead of a signature. */
export function unsignedAction(unsigned: UnsignedAction): NodeConsensusAction {
  return toConsensusAction(encodeActionEnvelope({ ...unsigned, signature: NO_SIGNATURE }))
}
