import { describe, expect, it } from 'vitest'
import { decodeCanonical } from '../codec/index.ts'
import { createKernel } from './kernel.ts'
import { snapshotEntries } from './snapshot.ts'
import { parseRecord } from './state/parse-record.ts'
import { EventFold } from './testing/event-fold.ts'
import { declaredBy, holdingsOf, tally, turmoil, TURMOIL, turmoilExecutor } from './testing/turmoil.ts'
import type { Sums } from './testing/turmoil.ts'
import type { BlockResult, Kernel } from './types.ts'

/** Far below a snapshot chunk; a module's bytes are bounded by themselves. */
const MAX_RECORD_BYTES = 48 << 10

/** What a world holds, followed from block to block. */
class Account {
  readonly totals: Sums = {}
  private readonly byKey = new Map<string, Sums>()

  constructor(kernel: Kernel) {
    const { manifest, chunks } = kernel.snapshot()
    for (const { key, value } of snapshotEntries(manifest, chunks())) this.write(key, value)
  }

  /** Null deletes. The record must fit its key and hold nothing below zero. */
  write(key: string, value: Uint8Array | null): void {
    tally(this.totals, this.byKey.get(key) ?? {}, -1)
    this.byKey.delete(key)
    if (value === null) return
    if (!key.startsWith('artifact_wasm/')) expect(value.length, key).toBeLessThan(MAX_RECORD_BYTES)
    const holdings = holdingsOf(key, parseRecord(key, decodeCanonical(value)))
    if (!Object.values(holdings).every((amount) => Number.isSafeInteger(amount) && amount >= 0)) expect.fail(`${key} holds ${JSON.stringify(holdings)}`)
    this.byKey.set(key, holdings)
    tally(this.totals, holdings, 1)
  }
}

const withoutNothing = (sums: Sums): Sums => Object.fromEntries(Object.entries(sums).filter(([, amount]) => amount !== 0))

function whatHappened({ events, receipts }: BlockResult): string[] {
  return [
    ...events.map(({ kind, payload }) => (typeof payload['reason'] === 'string' ? `${kind} ${payload['reason']}` : kind)),
    ...receipts.map(({ code }) => code ?? 'applied'),
  ]
}

describe('whatever anybody tries, with modules that lie', () => {
  it('every block executes, events account for every unit, records keep their shapes, and a replay gives the same', () => {
    const seen = new Set<string>()
    for (const seed of [1, 2, 3]) {
      const replayed = createKernel(TURMOIL, { executor: turmoilExecutor() })
      const fold = new EventFold(TURMOIL, replayed.worldId)
      const account = new Account(replayed)
      const expected = { ...account.totals }
      for (const { world, context, actions, verdicts, result, writes } of turmoil(seed, 250)) {
        for (const { key, value } of writes) account.write(key, value)
        for (const event of result.events) tally(expected, declaredBy(event), 1)
        expect(withoutNothing(account.totals), `block ${context.height} of seed ${seed}`).toEqual(withoutNothing(expected))
        expect(replayed.executeBlock(context, actions, verdicts)).toEqual(result)
        replayed.commit()
        expect(fold.apply(context, result)).toEqual(result.state_root)
        world.kernel.view()
        for (const what of whatHappened(result)) seen.add(what)
      }
    }
    // All parts of the kernel at once, and most of their ends.
    for (const what of [
      'agent.harvested', 'agent.registered', 'resource.transferred', 'compound.mined', 'compound.refined', 'factory.built', 'factory.recycled', 'recipe.completed', 'material.transferred',
      'transit.completed', 'power.traded', 'power_order.cancelled expired', 'artifact.sold', 'artifact.bid_cancelled displaced', 'body.slot_equipped', 'data.collected',
      'contract.accepted', 'contract.expired', 'alliance.joined', 'war.concluded', 'crisis.resolved', 'crisis.timed_out', 'council.finalized', 'meta.granted', 'effect.queued', 'module.state_updated', 'module.call_failed', 'directive.refused',
      'RULE_FAILED', 'RULE_DENIED', 'BAD_NONCE', 'BAD_SIGNATURE', 'BUSY', 'STORAGE_FULL', 'CARGO_FULL', 'INSUFFICIENT_MATERIAL', 'BIDS_FULL', 'ARTIFACTS_FULL',
    ]) expect([...seen]).toContain(what)
  })
})
