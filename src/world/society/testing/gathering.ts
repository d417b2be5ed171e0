import { decodeCanonical, encodeCanonical } from '../../../codec/index.ts'
import type { Value, ValueMap } from '../../../codec/index.ts'
import { dockingPoint } from '../../geometry.ts'
import { DEFAULT_PARAMS } from '../../params.ts'
import { snapshotEntries } from '../../snapshot.ts'
import type { AgentRecord, AsteroidRecord, Treasury } from '../../state/records.ts'
import { CommittedState, hashKey, makeItem } from '../../state/state.ts'
import type { HandMade } from '../../testing/hand-made.ts'
import { inhabitant, testGenesis, TestWorld, unsignedAction } from '../../testing/test-world.ts'
import type { Inhabitant } from '../../testing/test-world.ts'
import type { BlockResult, ModuleExecutor } from '../../types.ts'
import type { SocietyParams } from '../params.ts'
import type { ContractRecord } from '../records.ts'

export const NAMES = ['ann', 'bob', 'cid', 'dora', 'eve', 'finn'] as const
export const [ann, bob, cid, dora, eve, finn] = NAMES.map(inhabitant) as [Inhabitant, Inhabitant, Inhabitant, Inhabitant, Inhabitant, Inhabitant]
export const EVERYBODY = [ann, bob, cid, dora, eve, finn] as const

export interface Acted {
  readonly receipt: BlockResult['receipts'][number]
  /** Those of the whole block. */
  readonly events: BlockResult['events']
}

export interface GatheringInit {
  readonly modules: readonly HandMade[]
  readonly society?: Partial<SocietyParams>
  /** Default the real one. */
  readonly executor?: ModuleExecutor
}

/** A world where six agents stand at one asteroid. */
export class Gathering extends TestWorld {
  readonly site = 'asteroid/0001'

  constructor({ modules, society, executor }: GatheringInit) {
    super(
      testGenesis({ agentNames: NAMES, modules, params: { society: { ...DEFAULT_PARAMS.society, ...society } } }),
      executor === undefined ? {} : { executor },
    )
    const asteroid = this.read(this.site) as AsteroidRecord
    this.put(Object.fromEntries(EVERYBODY.map(({ id }) => [id, { ...this.agent(id), location: this.site, position: dockingPoint(asteroid, id) }])))
  }

  /** Puts records into the state past all rules: how a test begins in the middle. */
  put(records: Readonly<Record<string, unknown>>): void {
    const { manifest, chunks } = this.kernel.snapshot()
    const entries = new Map([...snapshotEntries(manifest, chunks())].map(({ key, value }) => [key, value]))
    for (const [key, record] of Object.entries(records)) entries.set(key, encodeCanonical(record as Value))
    const items = [...entries].map(([key, value]) => makeItem(key, decodeCanonical(value), value, hashKey(key)))
    const height = this.kernel.height()
    this.kernel.load([...entries].map(([key, value]) => ({ key, value })), { height, state_root: new CommittedState(height, items).rootHash })
  }

  change(who: Inhabitant, change: Partial<AgentRecord>): void {
    this.put({ [who.id]: { ...this.agent(who.id), ...change } })
  }

  /** Executes and commits a block with one action, its signature vouched for. */
  do(who: Inhabitant, action: ValueMap): Acted {
    const signed = unsignedAction(this.unsigned(who.id, action))
    const { receipts, events } = this.block([signed], new Map([[signed.action_id, true]]))
    return { receipt: receipts[0]!, events }
  }

  /** The code `action` is rejected with; null when it is applied. */
  code(who: Inhabitant, action: ValueMap): string | null {
    return this.do(who, action).receipt.code
  }

  /** Does it, and has to succeed. Gives the payload of its first event. */
  must(who: Inhabitant, action: ValueMap): ValueMap {
    const { receipt, events } = this.do(who, action)
    if (receipt.code !== null) throw new Error(`${receipt.code} ${JSON.stringify(receipt.detail)}`)
    return events.find(({ caused_by }) => caused_by.startsWith('action:'))!.payload
  }

  pass(blocks: number): BlockResult['events'] {
    return this.advanceTo(this.kernel.height() + blocks)
  }

  /** An alliance of these, founded by the first. */
  alliance(name: string, founder: Inhabitant, ...others: readonly Inhabitant[]): string {
    const { alliance_id } = this.must(founder, { kind: 'form_alliance', name, invite: others.map(({ id }) => id) })
    for (const other of others) this.must(other, { kind: 'join_alliance', alliance_id: alliance_id as string })
    return alliance_id as string
  }

  /** All there is: agents, treasury, and what contracts hold. */
  totals(): { readonly electricity: number; readonly data: number; readonly materials: Readonly<Record<string, number>> } {
    const { manifest, chunks } = this.kernel.snapshot()
    const sum = { electricity: 0, data: 0 }
    const materials: Record<string, number> = {}
    for (const { key, value } of snapshotEntries(manifest, chunks())) {
      if (key === 'treasury' || key.startsWith('agent/')) {
        const holder = decodeCanonical(value) as unknown as Treasury & Partial<AgentRecord>
        sum.electricity += holder.electricity
        sum.data += holder.data
        for (const [material, amount] of Object.entries(holder.materials ?? {})) materials[material] = (materials[material] ?? 0) + amount
      } else if (key.startsWith('contract/')) {
        const { status, payment } = decodeCanonical(value) as unknown as ContractRecord
        if (status === 'open' || status === 'accepted') sum[payment.resource] += payment.amount
      }
    }
    return { ...sum, materials }
  }
}
