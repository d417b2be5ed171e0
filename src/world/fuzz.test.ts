import { describe, expect, it } from 'vitest'
import { decodeCanonical } from '../codec/index.ts'
import { createKernel } from './kernel.ts'
import { snapshotEntries } from './snapshot.ts'
import { CHECKPOINTS_KEY } from './state/keys.ts'
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
    for (const seed of [4, 6, 8]) {
      const replayed = createKernel(TURMOIL, { executor: turmoilExecutor() })
      const fold = new EventFold(TURMOIL, replayed.worldId)
      const account = new Account(replayed)
      const expected = { ...account.totals }
      for (const { world, context, actions, verdicts, result, writes } of turmoil({ seed, blocks: 250 })) {
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
  it('the same holds while the world is governed: it goes back and on, nothing is done twice, nothing by halves, and every state can be loaded', () => {
    const seen = new Set<string>()
    for (const seed of GOVERNED_SEEDS) {
      const replayed = createKernel(TURMOIL, { executor: turmoilExecutor() })
      const fold = new EventFold(TURMOIL, replayed.worldId)
      let joined = replayed
      const account = new Account(replayed)
      let expected = { ...account.totals }
      const totalsAt = new Map<number, Sums>([[0, { ...expected }]])
      const applied = new Set<string>()
      const nonces = new Map<string, number>()
      for (const { world, context, actions, verdicts, result, writes } of turmoil({ seed, blocks: 220, governed: true })) {
        const { height } = context
        const where = `block ${height} of seed ${seed}`
        for (const { key, value } of writes) {
          account.write(key, value)
          expectNonceToGrow(nonces, key, value)
        }
        const back = result.events.find(({ kind }) => kind === 'governance.rolled_back')
        for (const event of result.events) tally(expected, declaredBy(event), 1)
        if (back !== undefined) expected = { ...totalsAt.get(back.payload['to_height'] as number) }
        expect(withoutNothing(account.totals), where).toEqual(withoutNothing(expected))
        totalsAt.set(height, { ...expected })
        for (const { action_id, status } of result.receipts) {
          if (status !== 'applied') continue
          expect(applied.has(action_id), where).toBe(false)
          applied.add(action_id)
        }
        expectWholeProposals(result)
        expect(replayed.executeBlock(context, actions, verdicts), where).toEqual(result)
        replayed.commit()
        if (joined !== replayed) {
          expect(joined.executeBlock(context, actions, verdicts), where).toEqual(result)
          joined.commit()
        }
        expect(fold.apply(context, result), where).toEqual(result.state_root)
        if (height % 20 === 0) joined = joiner(world.kernel)
        for (const what of [...whatHappened(result), ...result.events.map(errorOf)]) seen.add(what)
      }
    }
    for (const what of [
      'governance.approved_by', 'governance.approved', 'governance.queued', 'governance.applied', 'governance.apply_failed', 'governance.rejected_by no', 'governance.rejected no', 'governance.vetoed_by', 'governance.vetoed',
      'governance.expired late', 'governance.expired superseded', 'governance.rolled_back', 'manifest.updated', 'module.registered', 'module.upgraded', 'module.activated', 'module.deactivated', 'module.validation_failed', 'module.load_failed',
      'VERSION_CONFLICT', 'LIMITS_EXCEEDED', 'HASH_MISMATCH', 'CAPS_DENIED', 'SIGNER_UNKNOWN',
      'BAD_SHARE', 'BAD_VETO', 'VOTED_ALREADY', 'PROPOSAL_CLOSED', 'PROPOSAL_AMBIGUOUS', 'PATCH_BASE_MISMATCH', 'PATCH_INVALID_PATH', 'MANIFEST_INVALID', 'CHECKPOINT_UNKNOWN', 'NOT_GOVERNANCE_SIGNER', 'SHADOW_FAILED', 'SHADOW_PENDING',
      'CERTIFICATE_OTHER_WORLD', 'CERTIFICATE_OTHER_PROPOSAL', 'CERTIFICATE_BAD_SIGNATURE', 'CERTIFICATE_BELOW_THRESHOLD', 'CERTIFICATE_UNKNOWN_SIGNER', 'BAD_NONCE',
    ]) expect([...seen]).toContain(what)
  })
})

const GOVERNED_SEEDS = [4, 8]

/** A node that starts from a snapshot, with the checkpoints of another. */
function joiner(other: Kernel): Kernel {
  const kernel = createKernel(TURMOIL, { executor: turmoilExecutor(), checkedWorld: other.worldId })
  const { manifest, chunks } = other.snapshot()
  kernel.restore(manifest, chunks())
  for (const { height } of other.checkpoints()) {
    const checkpoint = other.checkpointSnapshot(height)
    kernel.addCheckpoint(checkpoint.manifest, checkpoint.chunks())
  }
  expect(kernel.checkpoints()).toEqual(other.query(CHECKPOINTS_KEY).value)
  const [own, others] = [kernel.view(), other.view()].map(({ agents: { revision: _r, prevX: _x, prevY: _y, ...agents }, ...view }) => ({ ...view, agents }))
  expect(own).toEqual(others)
  return kernel
}

function expectNonceToGrow(nonces: Map<string, number>, key: string, value: Uint8Array | null): void {
  if (!/^(agent|validator|governance_signer)\//.test(key)) return
  const { nonce } = decodeCanonical(value!) as { nonce: number }
  if (nonce < (nonces.get(key) ?? 0)) expect.fail(`the nonce of ${key} went back`)
  nonces.set(key, nonce)
}

/** Modules and the manifest change in one go, from the first event of a proposal to the last. */
function expectWholeProposals({ events }: BlockResult): void {
  let open: string | null = null
  for (const { kind, caused_by } of events) {
    const isChange = /^(module\.(registered|upgraded|activated|deactivated)|manifest\.updated|governance\.rolled_back)$/.test(kind)
    if (open === null && isChange) open = caused_by
    if (open === null) continue
    if (caused_by !== open || !(isChange || kind === 'governance.applied')) expect.fail(`${kind} in the middle of a proposal`)
    if (kind === 'governance.applied') open = null
  }
  expect(open).toBe(null)
}

function errorOf({ kind, payload }: BlockResult['events'][number]): string {
  return kind.endsWith('failed') ? String(payload['code']) : kind
}
