import { decodeCanonical, sha256, toHex } from '../../../codec/index.ts'
import type { ValueMap } from '../../../codec/index.ts'
import { wat } from '../../../wasm/testdata/wat.ts'
import type { Amounts } from '../../ledger.ts'
import { DEFAULT_PARAMS } from '../../params.ts'
import type { WorldParams } from '../../params.ts'
import { snapshotEntries } from '../../snapshot.ts'
import { inhabitant, testGenesis, TestWorld, unsignedAction } from '../../testing/test-world.ts'
import type { Inhabitant } from '../../testing/test-world.ts'
import type { BlockResult, Kernel } from '../../types.ts'
import { artifactKey, heldPowerKey, powerBookKey } from '../keys.ts'
import type { MarketParams } from '../params.ts'
import type { ArtifactBidRecord, ArtifactRecord, PowerBook, PowerOrderRecord, Side } from '../records.ts'

export const ann = inhabitant('ann')
export const bob = inhabitant('bob')
export const cid = inhabitant('cid')

type Init = Partial<Omit<WorldParams, 'market'>> & { readonly market?: Partial<MarketParams>; readonly feeBps?: number }

export function bazaarGenesis({ market, feeBps = 0, ...params }: Init, agentNames: readonly string[]): ReturnType<typeof testGenesis> {
  const { society } = DEFAULT_PARAMS
  return testGenesis({
    modules: [],
    agentNames,
    params: {
      start_electricity: 100, start_data: 1_000, electricity_capacity: 200, treasury_data: 1_000_000, ...params,
      market: { ...DEFAULT_PARAMS.market, ...market },
      society: { ...society, policy: { ...society.policy, power_trade_fee_bps: feeBps } },
    },
  })
}

/** A world without rule modules, where agents trade; each starts with 100 electricity of at most 200, and 1,000 data. */
export class Bazaar extends TestWorld {
  constructor(init: Init = {}, agentNames: readonly string[] = ['ann', 'bob', 'cid']) {
    super(bazaarGenesis(init, agentNames))
  }

  /** Executes and commits a block with one action, its signature vouched for. */
  do(who: Inhabitant, action: ValueMap): { readonly receipt: BlockResult['receipts'][number]; readonly events: BlockResult['events'] } {
    const signed = unsignedAction(this.unsigned(who.id, action))
    const { receipts, events } = this.block([signed], new Map([[signed.action_id, true]]))
    return { receipt: receipts[0]!, events }
  }

  /** The code `action` is rejected with; null when it is applied. */
  code(who: Inhabitant, action: ValueMap): string | null {
    return this.do(who, action).receipt.code
  }

  /** Does it, and has to succeed; gives the events. */
  must(who: Inhabitant, action: ValueMap): BlockResult['events'] {
    const { receipt, events } = this.do(who, action)
    if (receipt.code !== null) throw new Error(`${receipt.code} ${JSON.stringify(receipt.detail)}`)
    return events
  }

  pass(blocks: number): BlockResult['events'] {
    return this.advanceTo(this.kernel.height() + blocks)
  }

  /** What an agent has at hand. */
  purse(who: Inhabitant): Amounts {
    const { electricity, data } = this.agent(who.id)
    return { electricity, data }
  }

  book(side: Side): PowerBook {
    return (this.read(powerBookKey(side)) ?? []) as PowerBook
  }

  order(id: string): PowerOrderRecord | null {
    return this.read(id) as PowerOrderRecord | null
  }

  held(who: Inhabitant): number {
    return (this.read(heldPowerKey(who.id)) as { electricity: number } | null)?.electricity ?? 0
  }

  /** Places an order; gives its id. */
  offer(who: Inhabitant, side: Side, amount: number, limit_price: number): string {
    return this.must(who, { kind: 'place_power_order', side, amount, limit_price })[0]!.payload['order_id'] as string
  }

  artifact(hash: string): ArtifactRecord | null {
    return this.read(artifactKey(hash)) as ArtifactRecord | null
  }

  bid(id: string): ArtifactBidRecord | null {
    return this.read(id) as ArtifactBidRecord | null
  }

  /** Deploys an artifact; gives its hash. */
  deploy(who: Inhabitant, n: number): string {
    this.must(who, { kind: 'deploy_module_artifact', wasm: moduleBytes(n) })
    return hashOf(n)
  }
}

/** Distinct acceptable modules by number. */
export function moduleBytes(n: number): Uint8Array {
  return wat(`(module (memory (export "memory") 1 4) (func (export "alloc") (param i32) (result i32) (i32.const ${n}))
    (func (export "call") (param i32 i32) (result i64) (i64.const 0)))`)
}

export const hashOf = (n: number): string => toHex(sha256(moduleBytes(n)))

/** All electricity and data of a world: with agents, in escrow, held and in the treasury. */
export function totalsOf(kernel: Kernel): Amounts {
  const sum = { electricity: 0, data: 0 }
  const { manifest, chunks } = kernel.snapshot()
  for (const { key, value } of snapshotEntries(manifest, chunks())) {
    const held = holdings(key, value)
    sum.electricity += held.electricity
    sum.data += held.data
  }
  return sum
}

function holdings(key: string, value: Uint8Array): Amounts {
  const record = (): unknown => decodeCanonical(value)
  if (/^agent\/|^treasury$/.test(key)) {
    const { electricity, data } = record() as Amounts
    return { electricity, data }
  }
  if (key.startsWith('held_power/')) return { electricity: (record() as { electricity: number }).electricity, data: 0 }
  if (key.startsWith('power_order/')) {
    const { side, remaining, limit_price } = record() as PowerOrderRecord
    return side === 'sell' ? { electricity: remaining, data: 0 } : { electricity: 0, data: remaining * limit_price }
  }
  if (key.startsWith('artifact_bid/')) {
    const { price: { resource, amount } } = record() as ArtifactBidRecord
    return { electricity: 0, data: 0, [resource]: amount }
  }
  return { electricity: 0, data: 0 }
}
