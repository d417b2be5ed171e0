import { decodeCanonical, encodeCanonical } from '../../../codec/index.ts'
import type { Value, ValueMap } from '../../../codec/index.ts'
import { dockingPoint } from '../../geometry.ts'
import { GAMEPLAY_KINDS } from '../../module-manifest.ts'
import type { GameplayKind } from '../../module-manifest.ts'
import { DEFAULT_PARAMS } from '../../params.ts'
import type { WorldParams } from '../../params.ts'
import { snapshotEntries } from '../../snapshot.ts'
import type { AgentRecord, AsteroidRecord, Treasury } from '../../state/records.ts'
import { CommittedState, hashKey, makeItem } from '../../state/state.ts'
import { emitting } from '../../testing/hand-made.ts'
import { inhabitant, testGenesis, TestWorld, unsignedAction } from '../../testing/test-world.ts'
import type { Inhabitant } from '../../testing/test-world.ts'
import type { BlockResult, ModuleExecutor } from '../../types.ts'
import type { SocietyParams } from '../params.ts'
import type { ContractRecord } from '../records.ts'

export const NAMES = ['ann', 'bob', 'cid', 'dora', 'eve', 'finn'] as const
export const [ann, bob, cid, dora, eve, finn] = NAMES.map(inhabitant) as [Inhabitant, Inhabitant, Inhabitant, Inhabitant, Inhabitant, Inhabitant]
export const EVERYBODY = [ann, bob, cid, dora, eve, finn] as const

/** What the gameplay module of one kind directs: given the facts at a tick, and null when it is told of an observation. */
export type Direct = (facts: ValueMap | null, height: number) => readonly Value[]

/** Modules of each kind, one told of observations, and one woken when there are facts for it; a test says what they direct. */
const gameplayModules = GAMEPLAY_KINDS.flatMap((kind) => {
  const abi_contract = { cap_slots: {}, policy_hooks: [], gameplay: { kind } }
  const told = emitting(`t.${kind}.told`, [], { role: 'gameplay', subscriptions: { action_kinds: [], event_kinds: ['observation.recorded'], stage: 'post_event' }, abi_contract })
  if (kind === 'economic') return [told] // no facts
  return [told, emitting(`t.${kind}`, [], { role: 'gameplay', subscriptions: { action_kinds: [], event_kinds: [], stage: 'tick' }, abi_contract })]
})

function executorOf(direct: (kind: GameplayKind, facts: ValueMap | null, height: number) => readonly Value[]): ModuleExecutor {
  return {
    call: ({ input }) => {
      const { ctx, event } = decodeCanonical(input) as { readonly ctx: { readonly module_id: string; readonly time: number }; readonly event?: Uint8Array }
      const facts = event === undefined ? null : ((decodeCanonical(event) as { readonly facts?: ValueMap | null }).facts ?? null)
      const directives = direct(ctx.module_id.split('.')[1] as GameplayKind, facts, ctx.time)
      const emits = directives.length === 0 ? [] : [{ kind: 'gameplay.lifecycle.directives', payload: { directives } }]
      return { ok: true, output: encodeCanonical({ effects: [], emits: emits as unknown as Value }), fuelUsed: 1 }
    },
  }
}

export interface Acted {
  readonly receipt: BlockResult['receipts'][number]
  /** Those of the whole block. */
  readonly events: BlockResult['events']
}

/** A world without rules, where six agents stand at one asteroid and a test plays the gameplay modules. */
export class Commons extends TestWorld {
  direct: Partial<Record<GameplayKind, Direct>> = {}
  readonly site = 'asteroid/0001'

  constructor(society: Partial<SocietyParams> = {}, params: Partial<WorldParams> = {}) {
    super(
      testGenesis({ agentNames: NAMES, modules: gameplayModules, params: { ...params, society: { ...DEFAULT_PARAMS.society, ...society } } }),
      { executor: executorOf((kind, facts, height) => this.direct[kind]?.(facts, height) ?? []) },
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

  /** One block in which the module of `kind`, told that somebody looked around, directs this. */
  directed(kind: GameplayKind, ...directives: readonly Value[]): BlockResult['events'] {
    const direct: Direct = (facts) => (facts === null ? directives : [])
    this.direct = { [kind]: direct }
    const { events } = this.do(finn, { kind: 'query_observation' })
    this.direct = {}
    return events
  }

  /** What the module of `kind` is told in the next block; null when it is not woken. */
  facts(kind: GameplayKind): ValueMap | null {
    let told: ValueMap | null = null
    const listen: Direct = (facts) => ((told = facts), [])
    this.direct = { [kind]: listen }
    this.block()
    this.direct = {}
    return told
  }

  /** Code a directive is refused with; null when it is carried out. */
  refusal(kind: GameplayKind, directive: Value): string | null {
    const refused = this.directed(kind, directive).find((event) => event.kind === 'directive.refused')
    return refused === undefined ? null : (refused.payload['code'] as string)
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
