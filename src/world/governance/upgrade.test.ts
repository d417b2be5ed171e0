import { describe, expect, it } from 'vitest'
import { sha256, toHex, utf8Bytes } from '../../codec/index.ts'
import { createKernel } from '../kernel.ts'
import { artifactUsersKey } from '../market/keys.ts'
import { EventFold } from '../testing/event-fold.ts'
import type { BlockResult } from '../types.ts'
import { shadowReport } from './shadow-report.ts'
import type { ShadowBlock } from './shadow-report.ts'
import { doubledMove, MOVE, oldMove } from './testing/doubled-move.ts'
import { ann, bob, GovernedWorld, official } from './testing/governed-world.ts'
import type { NodeConsensusAction } from '../../codec/index.ts'

const doubled = await doubledMove()
const UPGRADE = { upgrade: [{ module_id: MOVE, from_version: oldMove.version, to_version: '1.1.0', wasm_hash: doubled.manifest.wasm_hash, manifest: doubled.manifest }] }
const PARAMS = { speed_cm_per_block: 10_000_000, start_electricity: 800, electricity_capacity: 1_000 }

/** Remembers its blocks, so that they can be run again elsewhere. */
class RecordedWorld extends GovernedWorld {
  readonly blocks: (ShadowBlock & { readonly result: BlockResult })[] = []

  override block(actions: readonly NodeConsensusAction[] = []): BlockResult {
    const context = this.context()
    const result = super.block(actions)
    this.blocks.push({ context, actions, result })
    return result
  }
}

/** What a trip of ann's costs now, and its length in centimetres. */
async function tripOf(world: GovernedWorld): Promise<{ cost: number; cm: number }> {
  const to = world.agent(ann.id).location === 'asteroid/0001' ? 'asteroid/0002' : 'asteroid/0001'
  const { receipt, events } = await world.act(ann, { kind: 'move_agent', to })
  expect(receipt.code).toBe(null)
  world.block()
  return { cost: receipt.fees.electricity, cm: events[0]!.payload['distance_cm'] as number }
}

const kilometres = (cm: number): number => Math.ceil(cm / 100_000)

describe('an upgrade that doubles the price of moving', () => {
  it('goes from proposal to effect, at most three blocks after the last approval', async () => {
    const world = new RecordedWorld({}, { params: PARAMS })
    const before = await tripOf(world)
    expect(before.cost).toBe(kilometres(before.cm))
    await world.deploy(doubled.wasm)

    const id = await world.propose({ title: 'Moving costs twice as much', changes: UPGRADE })
    const trip = await world.act(bob, { kind: 'move_agent', to: world.agent(bob.id).location === 'asteroid/0003' ? 'asteroid/0004' : 'asteroid/0003' })
    while (world.proposal(id).shadow?.block_hash == null) world.block()
    const report = world.report(id)
    expect(report).toMatchObject({
      proposal_id: id, status: 'passed', errors: [], warnings: [], modules: [{ module_id: MOVE, result: 'ok', notes: [] }],
      replay: { blocks: 2, actions: 1, events: {}, rejections: {}, balances: { electricity: -trip.receipt.fees.electricity, data: 0 }, budget_exceeded: false },
    })

    await world.approve(id, 's2')
    expect(world.proposal(id).state).toBe('shadowed')
    const { receipt } = await world.approve(id, 's3')
    expect(receipt.code).toBe(null)
    const lastApproval = world.kernel.height()
    const events = world.advanceTo(world.proposal(id).apply_height!)
    expect(world.kernel.height() - lastApproval).toBeLessThanOrEqual(3)
    const ours = events.filter(({ kind }) => kind !== 'module.runtime_charged').map(({ kind }) => kind)
    expect(ours.slice(-3)).toEqual(['module.upgraded', 'manifest.updated', 'governance.applied'])
    expect(events.at(-1)!.kind).toBe('governance.applied')
    expect(world.proposal(id).state).toBe('applied')
    expect(world.manifest()).toMatchObject({ version: 2, modules: { [MOVE]: { version: '1.1.0', wasm_hash: doubled.manifest.wasm_hash } } })
    expect(world.read(artifactUsersKey(doubled.manifest.wasm_hash))).toEqual([MOVE])
    expect(world.read(artifactUsersKey(oldMove.wasm_hash))).toBe(null)

    const after = await tripOf(world)
    expect(after.cost).toBe(2 * kilometres(after.cm))
    expect((await world.act(bob, { kind: 'destroy_module_artifact', wasm_hash: doubled.manifest.wasm_hash })).receipt.code).toBe('ARTIFACT_IN_USE')
  })

  it('is followed by every other way to come by the state', async () => {
    const world = new RecordedWorld({}, { params: PARAMS })
    const fold = new EventFold(world.genesis, world.kernel.worldId)
    const follower = createKernel(world.genesis)
    await world.deploy(doubled.wasm)
    const id = await world.proposeAndShadow({ changes: UPGRADE })
    await world.passes(id)
    await tripOf(world)
    for (const { context, result, actions } of world.blocks) {
      expect(toHex(fold.apply(context, result))).toBe(toHex(result.state_root))
      expect(toHex(follower.executeBlock(context, actions).state_root)).toBe(toHex(result.state_root))
      follower.commit()
    }
    const restored = createKernel(world.genesis)
    const { manifest, chunks } = world.kernel.snapshot()
    restored.restore(manifest, chunks())
    const next = world.context()
    const move = await world.sign(ann, { kind: 'move_agent', to: world.agent(ann.id).location === 'asteroid/0001' ? 'asteroid/0002' : 'asteroid/0001' })
    const [here, there] = [world.kernel.executeBlock(next, [move]), restored.executeBlock(next, [move])]
    expect(there).toEqual(here)
    expect(here.receipts[0]!.code).toBe(null)
  })

  it('runs on a node that took over the writes instead of executing', async () => {
    const world = new GovernedWorld({}, { params: PARAMS })
    const follower = createKernel(world.genesis)
    world.block = (actions = []) => {
      const result = world.kernel.executeBlock(world.context(), actions)
      follower.applyCommitted({ ...world.kernel.commit(), state_root: world.kernel.stateRoot() })
      return result
    }
    await world.deploy(doubled.wasm)
    await world.passes(await world.proposeAndShadow({ changes: UPGRADE }))
    const { cost, cm } = await tripOf(world)
    expect(cost).toBe(2 * kilometres(cm))
    const context = world.context()
    expect(follower.executeBlock(context, [])).toEqual(world.kernel.executeBlock(context, []))
  })

  it('has a shadow report that a signer can make again from a snapshot and the blocks', async () => {
    const world = new RecordedWorld({ shadow_blocks: 4 }, { params: PARAMS })
    await world.deploy(doubled.wasm)
    const id = await world.propose({ changes: UPGRADE })
    const start = world.kernel.snapshot()
    const from = world.blocks.length
    await tripOf(world)
    while (world.proposal(id).shadow === null) world.block()
    const own = createKernel(world.genesis)
    own.restore(start.manifest, start.chunks())
    const again = shadowReport(own, id, world.blocks.slice(from))
    expect(again).toMatchObject({ report: world.report(id), report_hash: world.proposal(id).shadow!.report_hash })
    expect(again.report.replay.balances.electricity).toBeLessThan(0)

    const short = createKernel(world.genesis)
    short.restore(start.manifest, start.chunks())
    expect(() => shadowReport(short, id, world.blocks.slice(from, from + 2))).toThrowError(expect.objectContaining({ code: 'BAD_REQUEST' }))
    expect(() => shadowReport(own, id, [])).toThrowError(expect.objectContaining({ code: 'BAD_REQUEST' }))
  })

  it('binds the block of the report by its hash', async () => {
    const world = new GovernedWorld({}, { params: PARAMS })
    await world.deploy(doubled.wasm)
    const id = await world.proposeAndShadow({ changes: UPGRADE })
    const { height, block_hash } = world.proposal(id).shadow!
    expect(block_hash).toBe(toHex(sha256(utf8Bytes(`block ${height}`))))
    expect((await world.approve(id, 's1')).receipt.code).toBe('OWN_PROPOSAL')
    expect(official('s1').id).toBe('signer/s1')
  })
})
