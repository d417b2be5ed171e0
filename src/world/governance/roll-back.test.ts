import { describe, expect, it } from 'vitest'
import { encodeCanonical, toHex, utf8Bytes } from '../../codec/index.ts'
import type { NodeConsensusAction, ValueMap } from '../../codec/index.ts'
import { EventLog } from '../event-log.ts'
import { createKernel } from '../kernel.ts'
import { readEntry } from '../load-state.ts'
import { ModuleBytes } from '../modules/module-bytes.ts'
import { PARTS } from '../parts.ts'
import { snapshotEntries } from '../snapshot.ts'
import { CHECKPOINTS_KEY, moduleKey, moduleStateKey, OVERDUE_KEY } from '../state/keys.ts'
import type { Checkpoint } from '../state/records.ts'
import { CommittedState, hashKey, StagedState } from '../state/state.ts'
import { EventFold } from '../testing/event-fold.ts'
import { answering, deciding } from '../testing/hand-made.ts'
import type { HandMade } from '../testing/hand-made.ts'
import { inhabitant, signerOf } from '../testing/test-world.ts'
import type { Inhabitant } from '../testing/test-world.ts'
import type { BlockResult, Kernel } from '../types.ts'
import { ApplyError, applyProposal } from './apply-proposal.ts'
import { governanceSignerKey, moduleVersionKey } from './keys.ts'
import { manifestHash } from './manifest.ts'
import type { GovernanceConfig } from './config.ts'
import { MAX_ROLLED_BACK, STAYS } from './roll-back.ts'
import type { ShadowBlock } from './shadow-report.ts'
import { ann, bob, GovernedWorld, official } from './testing/governed-world.ts'
import type { GenesisInit } from '../create-genesis.ts'

const EVERY = 10
const cid = inhabitant('cid')
const newcomer = inhabitant('a newcomer')
const v1: Inhabitant = { id: 'validator/v1', signer: signerOf('v1') }
const rule = deciding('t.rule', 'allow')
const newer = deciding('t.rule', 'allow', { cost: { data: 3 } }, { version: '1.1.0' })
const added = deciding('t.added', 'allow')
const gone = deciding('t.gone', 'allow')

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}

/** Remembers its blocks and the records of every height that is a checkpoint. */
class RecordedWorld extends GovernedWorld {
  readonly blocks: (ShadowBlock & { readonly result: BlockResult })[] = []

  constructor(governance: Partial<GovernanceConfig> = {}, init: Partial<GenesisInit> = {}) {
    super({ checkpoint_blocks: EVERY, ...governance }, { modules: [rule, gone], params: { speed_cm_per_block: 10_000_000 }, ...init })
  }

  override block(actions: readonly NodeConsensusAction[] = []): BlockResult {
    const context = this.context()
    const result = super.block(actions)
    this.blocks.push({ context, actions, result })
    return result
  }

  checkpoint(height: number): Checkpoint {
    return (this.read(CHECKPOINTS_KEY) as Checkpoint[]).find((listed) => listed.height === height)!
  }

  /** Proposes to go back, agrees, and gives the events of the block in which it happens. */
  async goBack(height: number): Promise<BlockResult['events']> {
    const id = await this.proposeAndShadow({ title: 'Back to where we were', rollback: this.checkpoint(height), salt: String(this.kernel.height()) })
    await this.passes(id)
    return this.blocks.at(-1)!.result.events
  }
}

function records(kernel: Kernel, height?: number): Map<string, string> {
  const { manifest, chunks } = height === undefined ? kernel.snapshot() : kernel.checkpointSnapshot(height)
  return new Map([...snapshotEntries(manifest, chunks())].map(({ key, value }) => [key, toHex(value)]))
}

/** Every way to come by the states of the world gives the same. */
function expectFollowed(world: RecordedWorld): void {
  const fold = new EventFold(world.genesis, world.kernel.worldId)
  const executing = createKernel(world.genesis)
  const following = createKernel(world.genesis)
  for (const { context, actions, result } of world.blocks) {
    expect(executing.executeBlock(context, actions)).toEqual(result)
    following.applyCommitted({ ...executing.commit(), state_root: result.state_root })
    expect(toHex(fold.apply(context, result))).toBe(toHex(result.state_root))
  }
  expect(records(following)).toEqual(records(world.kernel))
  expect(following.checkpoints()).toEqual(world.kernel.checkpoints())
}

/** A world with a past: after its checkpoint of height 10 much happens. */
async function eventful(): Promise<RecordedWorld> {
  const world = new RecordedWorld()
  await world.travel(ann, 'asteroid/0002')
  world.advanceTo(EVERY)
  for (const { wasm } of [newer, added]) await world.deploy(wasm)
  await world.act(newcomer, { kind: 'register_agent', public_key: newcomer.signer.publicKey, name: 'Newcomer' }, { nonce: 1 })
  await world.travel(ann, 'asteroid/0003')
  await world.travel(bob, 'asteroid/0003')
  await world.act(ann, { kind: 'transfer_resource', to: bob.id, resource: 'data', amount: 5 })
  await world.passes(await world.proposeAndShadow({
    patch: [{ op: 'set', path: ['governance', 'shadow_blocks'], value: 3 }],
    changes: {
      upgrade: [{ module_id: 't.rule', from_version: '1.0.0', to_version: '1.1.0', wasm_hash: newer.manifest.wasm_hash, manifest: newer.manifest }],
      register: [added.manifest], activate: [{ module_id: 't.added', version: '1.0.0' }], deactivate: [{ module_id: 't.gone', reason: 'old' }],
    },
  }))
  await world.travel(newcomer, 'asteroid/0003')
  return world
}

describe('going back to a checkpoint', () => {
  it('brings back what was, apart from how the world is governed and who is in it', async () => {
    const world = await eventful()
    const then = world.kernel.forkAt(EVERY)
    const before = world.manifest()
    const proposal = await world.proposeAndShadow({ title: 'Back', rollback: world.checkpoint(EVERY) })
    await world.approve(proposal, 's2')
    await world.approve(proposal, 's3')
    const last = world.kernel.forkAt(world.kernel.height())
    const result = world.block()
    expect(result.events.map(({ kind }) => kind)).toEqual(['governance.rolled_back', 'manifest.updated', 'governance.applied'])
    const height = world.kernel.height()
    expect(result.events[0]!.payload).toEqual({ proposal_id: proposal, to_height: EVERY, state_root: world.checkpoint(EVERY).state_root, height })
    expect(result.events.at(-1)!.payload).toMatchObject({ proposal_id: proposal, module_events: [] })

    expect(world.manifest()).toEqual({ ...before, version: before.version + 1, modules: (then.query('manifest').value as typeof before).modules })
    expect(world.proposal(proposal)).toMatchObject({ state: 'applied', shadow: { manifest_hash: manifestHash(world.manifest()) } })
    expect(world.read(moduleVersionKey('t.rule', '1.1.0'))).toMatchObject({ manifest: { version: '1.1.0' } })
    const [now, old, recent] = [records(world.kernel), records(then), records(last)]
    const ours = (key: string): boolean => /^(manifest|checkpoints?|governance|governance_signer|module_version|module_latest|proposal|shadow_report|validators?|world|agent|schedule)(\/|$)/.test(key)
    const rest = (all: Map<string, string>): [string, string][] => [...all].filter(([key]) => !ours(key))
    expect(rest(now)).toEqual(rest(old))
    expect(rest(now)).not.toEqual(rest(recent))
    for (const { id } of [ann, bob, cid]) {
      const record = then.query(id).value as ValueMap
      expect(world.read(id)).toEqual({ ...record, nonce: (last.query(id).value as ValueMap)['nonce'] })
    }
    expect(world.agent(ann.id).nonce).toBeGreaterThan((then.query(ann.id).value as { nonce: number }).nonce)
    const { nonce, registered_at } = last.query(newcomer.id).value as { nonce: number; registered_at: number }
    expect(world.agent(newcomer.id)).toMatchObject({ name: 'Newcomer', nonce, registered_at, electricity: 0, data: 0, materials: {}, motion: null, task: null })
    expect(world.agent(newcomer.id).location).toMatch(/^asteroid\//)
    expect(world.read(governanceSignerKey('s1'))).toEqual(last.query(governanceSignerKey('s1')).value)
    expect((world.read('world/head') as ValueMap)['agent_count']).toBe(4)

    // It runs what it ran, and goes on.
    expect(world.read(moduleKey('t.added'))).toBe(null)
    expect((await world.act(cid, { kind: 'move_agent', to: 'asteroid/0005' })).receipt.fees.data).toBe(0)
    expect((await world.act(newcomer, { kind: 'register_agent', public_key: newcomer.signer.publicKey, name: 'Newcomer' }, { nonce: 1 })).receipt.code).toBe('AGENT_EXISTS')
    await world.act(ann, { kind: 'transfer_resource', to: newcomer.id, resource: 'data', amount: 1 })
    world.advanceTo(world.kernel.height() + 2 * EVERY)
    expectFollowed(world)
  })

  it('conserves what there was then', async () => {
    const world = await eventful()
    const total = (kernel: Kernel, resource: 'electricity' | 'data'): number => (
      kernel.keys('agent/', 100).concat('treasury').reduce((sum, key) => sum + ((kernel.query(key).value as Record<string, number>)[resource] ?? 0), 0)
    )
    const then = world.kernel.forkAt(EVERY)
    await world.goBack(EVERY)
    for (const resource of ['electricity', 'data'] as const) expect(total(world.kernel, resource)).toBe(total(then, resource))
  })

  it('lets no action be carried out twice', async () => {
    const world = await eventful()
    await world.goBack(EVERY)
    const signed = world.blocks.flatMap(({ actions }) => actions)
    const { receipts, events } = world.block(signed)
    expect(receipts.length).toBeGreaterThan(10)
    expect(receipts.every(({ code }) => code === 'BAD_NONCE' || code === 'AGENT_EXISTS')).toBe(true)
    expect(events).toEqual([])
  })

  it('takes up work that fell due in between, once, from the next block on', async () => {
    const world = new RecordedWorld()
    world.advanceTo(EVERY - 2)
    await world.act(ann, { kind: 'move_agent', to: 'asteroid/0002' })
    await world.act(bob, { kind: 'move_agent', to: 'asteroid/0003' })
    const { motion } = world.agent(bob.id)
    const dueThen = motion?.arrive_height ?? 0
    expect(dueThen).toBeGreaterThan(EVERY)
    await world.act(ann, { kind: 'transfer_resource', to: cid.id, resource: 'data', amount: 1 })
    world.advanceTo(dueThen + 3)
    await world.goBack(EVERY)
    expect(world.agent(bob.id)).toMatchObject({ location: null, motion })
    expect(world.read(OVERDUE_KEY)).toEqual({ from: EVERY + 1, to: world.kernel.height() })
    const events = world.block().events.filter(({ kind }) => kind === 'agent.arrived')
    expect(events.map(({ payload }) => payload['agent'])).toContain(bob.id)
    expect(world.agent(bob.id)).toMatchObject({ location: motion!.to_asteroid, motion: null })
    expect(world.read(OVERDUE_KEY)).toBe(null)
    expect(world.advanceTo(world.kernel.height() + 20).filter(({ kind }) => kind === 'agent.arrived')).toEqual([])
    expectFollowed(world)
  })

  it('wakes modules that were to be called in between, with what they remembered then', async () => {
    const remembering = (): HandMade => answering(
      't.memory', encodeCanonical({ new_state: utf8Bytes('awake'), effects: [], emits: [], tick_lifecycle: { mode: 'wake_after_ticks', ticks: 2 } }),
      { kind: 'reducer', role: 'domain', subscriptions: { action_kinds: [], event_kinds: [], stage: 'tick' } },
    )
    const world = new RecordedWorld({}, { modules: [remembering()] })
    world.advanceTo(EVERY + 5)
    const then = world.kernel.forkAt(EVERY)
    await world.goBack(EVERY)
    expect(world.read(moduleStateKey('t.memory#1'))).toEqual(then.query(moduleStateKey('t.memory#1')).value)
    expect(world.read('module_instance/t.memory#1')).toEqual(then.query('module_instance/t.memory#1').value)
    const ticks = world.block().events.filter(({ kind }) => kind === 'module.tick_scheduled')
    expect(ticks).toMatchObject([{ payload: { instance_id: 't.memory#1', wake_height: world.kernel.height() + 2 } }])
  })

  it('can be done again, to before the last time as well', async () => {
    const world = await eventful()
    world.advanceTo(3 * EVERY + 1)
    const then = world.kernel.forkAt(2 * EVERY)
    await world.goBack(3 * EVERY)
    await world.act(cid, { kind: 'move_agent', to: 'asteroid/0007' })
    await world.goBack(2 * EVERY)
    expect(world.agent(cid.id)).toMatchObject({ location: (then.query(cid.id).value as ValueMap)['location'] })
    const end = world.kernel.height()
    expect(world.read(OVERDUE_KEY)).toEqual({ from: 2 * EVERY + 1, to: end })
    // A checkpoint made while work was still overdue brings that work back as well.
    world.advanceTo(Math.ceil((end + 1) / EVERY) * EVERY + 1)
    await world.goBack(Math.floor((world.kernel.height() - 1) / EVERY) * EVERY)
    world.advanceTo(world.kernel.height() + EVERY)
    expectFollowed(world)
  })

  it('leaves validators, their punishments and their nonces as they are', async () => {
    const world = await eventful()
    await world.act(v1, world.proposalAction({ patch: [{ op: 'set', path: ['governance', 'shadow_blocks'], value: 5 }] }))
    const before = world.kernel.forkAt(world.kernel.height())
    await world.goBack(EVERY)
    for (const key of ['validator/v1', 'validators/current', 'validators/next']) expect(world.read(key)).toEqual(before.query(key).value)
    expect(world.read('validator/v1')).toMatchObject({ nonce: 1 })
  })
})

describe('every kind of record', () => {
  it('stays or is brought back on purpose', () => {
    const kinds = PARTS.flatMap(({ records: shapes }) => shapes.map(([pattern]) => pattern.source.replace(/^\^/, '').replace(/\\?\/.*|\$$/g, '')))
    const [staying, brought] = [new Set<string>(), new Set<string>()]
    for (const kind of kinds) (STAYS.test(kind) || STAYS.test(`${kind}/x`) ? staying : brought).add(kind)
    expect([...staying].sort()).toEqual([
      'capability', 'checkpoint', 'checkpoints', 'effect_executor', 'governance', 'governance_signer', 'manifest', 'module_latest', 'module_version', 'proposal', 'shadow_report', 'shadow_run',
    ])
    // Of effects, the policies stay as well.
    expect([...brought].sort()).toEqual([
      'alliance', 'alliance_of', 'artifact', 'artifact_bid', 'artifact_users', 'artifact_wasm', 'artifacts', 'artifacts_of', 'body', 'contract',
      'council', 'council_votes', 'councils', 'crises', 'crisis', 'data_access', 'effect', 'effects', 'factories_at', 'factories_of', 'factory',
      'gameplay_policy', 'held_power', 'industry', 'job', 'meta', 'meta_pending', 'power_book', 'power_order', 'power_orders_of', 'product',
      'recent', 'standing', 'survey', 'transit', 'transits_of', 'war', 'wars', 'world_modifiers',
    ])
  })
})

describe('a proposal to go back', () => {
  it('says in its report what it would change', async () => {
    const world = await eventful()
    const id = await world.propose({ rollback: world.checkpoint(EVERY) })
    const height = world.kernel.height()
    const before = world.kernel.forkAt(height - 1)
    const held = (kernel: Kernel, resource: 'electricity' | 'data'): number => kernel.keys('agent/', 100).reduce((sum, key) => sum + (kernel.query(key).value as Record<string, number>)[resource]!, 0)
    const then = world.kernel.forkAt(EVERY)
    expect(world.report(id)).toMatchObject({
      status: 'warning', errors: [], checked_at: height,
      warnings: [
        { code: 'WORLD_GOES_BACK', module_id: '', detail: expect.stringContaining(`${height - EVERY} blocks`) },
        { code: 'MODULE_GOES_BACK', module_id: 't.added', detail: 'It will not run any more.' },
        { code: 'MODULE_GOES_BACK', module_id: 't.gone', detail: 'It will run as 1.0.0 again.' },
        { code: 'MODULE_GOES_BACK', module_id: 't.rule', detail: 'It will run as 1.0.0 again.' },
      ],
      modules: ['t.added', 't.gone', 't.rule'].map((module_id) => ({ module_id, result: 'warning' })),
      replay: {
        from_height: EVERY, to_height: height - 1, blocks: 0,
        balances: { electricity: held(then, 'electricity') - held(before, 'electricity'), data: held(then, 'data') - held(before, 'data') },
      },
    })
    expect(world.report(id).warnings[0]!.detail).toContain('nothing else: 1 so far')
  })

  it('names a checkpoint of the world by height and state root', async () => {
    const world = new RecordedWorld()
    world.advanceTo(EVERY + 1)
    const { height, state_root } = world.checkpoint(EVERY)
    const refused = async (rollback: Checkpoint): Promise<unknown> => (await world.act(official('s1'), world.proposalAction({ rollback }))).receipt.code
    expect(await refused({ height, state_root: world.checkpoint(0).state_root })).toBe('CHECKPOINT_UNKNOWN')
    expect(await refused({ height: height + 1, state_root })).toBe('CHECKPOINT_UNKNOWN')
    const first = world.checkpoint(0)
    world.advanceTo(3 * EVERY + 1)
    expect(await refused(first)).toBe('CHECKPOINT_UNKNOWN')
    expect(await refused({ height, state_root })).toBe(null)
  })

  it('keeps its checkpoint for as long as it is open', async () => {
    const world = new RecordedWorld({ timelock_blocks: 50, proposal_ttl_blocks: 80 })
    world.advanceTo(EVERY + 1)
    const wanted = world.checkpoint(EVERY)
    const id = await world.proposeAndShadow({ rollback: wanted })
    await world.approve(id, 's2')
    await world.approve(id, 's3')
    world.advanceTo(world.proposal(id).apply_height! - 1)
    expect((world.read(CHECKPOINTS_KEY) as Checkpoint[]).map(({ height }) => height)).toEqual([EVERY, 4 * EVERY, 5 * EVERY, 6 * EVERY])
    expect(world.kernel.checkpoints()).toEqual(world.read(CHECKPOINTS_KEY))
    expect(world.block().events.map(({ kind }) => kind)).toContain('governance.rolled_back')
    world.advanceTo(7 * EVERY + 1)
    expect((world.read(CHECKPOINTS_KEY) as Checkpoint[]).map(({ height }) => height)).toEqual([5 * EVERY, 6 * EVERY, 7 * EVERY])
    expectFollowed(world)
  })

  it('fails in shadow when its modules could not run now', async () => {
    const capable = deciding('t.gone', 'allow', {}, { limits: { max_gas: 90_000 } })
    const world = new RecordedWorld({}, { modules: [rule, capable] })
    world.advanceTo(EVERY)
    const { governance } = world.manifest()
    const deactivate = [{ module_id: 't.gone', reason: 'old' }]
    await world.passes(await world.proposeAndShadow({ changes: { deactivate }, patch: [{ op: 'set', path: ['governance', 'limits_max'], value: { ...governance.limits_max, max_gas: 50_000 } }] }))
    const errors = async (): Promise<unknown> => {
      const id = await world.proposeAndShadow({ rollback: world.checkpoint(EVERY), salt: String(world.kernel.height()) })
      expect(world.report(id).status).toBe('failed')
      return world.report(id).errors
    }
    expect(await errors()).toMatchObject([{ code: 'LIMITS_EXCEEDED', module_id: 't.gone' }])
    const policy = { mode: 'by_module_id', module_ids: ['t.gone'] }
    await world.passes(await world.proposeAndShadow({ patch: [{ op: 'set', path: ['governance', 'shadow_policy'], value: policy }, { op: 'set', path: ['governance', 'limits_max'], value: { ...governance.limits_max } }] }))
    expect(await errors()).toMatchObject([{ code: 'SHADOW_FORCED_FAIL', module_id: 't.gone' }])
  })
})

describe('going back, when it fails', () => {
  it('leaves nothing behind but the failure, at whatever event', async () => {
    const world = await eventful()
    const id = await world.proposeAndShadow({ rollback: world.checkpoint(EVERY) })
    await world.approve(id, 's2')
    await world.approve(id, 's3')
    const stateOf = ({ manifest, chunks }: ReturnType<Kernel['snapshot']>): CommittedState => (
      new CommittedState(manifest.height, [...snapshotEntries(manifest, chunks())].map((entry) => readEntry(entry, hashKey(entry.key))))
    )
    const base = stateOf(world.kernel.snapshot())
    const past = stateOf(world.kernel.checkpointSnapshot(EVERY))
    base.keepCheckpoints((height) => (height === EVERY ? past.root : undefined))
    const kinds = ['governance.rolled_back', 'manifest.updated', 'governance.applied']
    for (const failing of [...kinds, '']) {
      const state = new StagedState(base)
      const log = new EventLog(world.kernel.height() + 1, state)
      const emit = log.emit.bind(log)
      log.emit = (cause, kind, payload) => {
        const event = emit(cause, kind, payload)
        if (kind === failing) throw new ApplyError('FAULT', 'injected')
        return event
      }
      const context = { state, log, height: log.height, bytes: new ModuleBytes(world.genesis.modules), worldId: world.kernel.worldId }
      expect(applyProposal(context, id)).toBe(failing === '')
      expect(log.recorded().map(({ kind }) => kind)).toEqual(failing === '' ? kinds : ['governance.apply_failed'])
      expect(state.changes().length > 0).toBe(failing === '')
    }
    // More than one block could write is not begun.
    class Changed extends StagedState {
      override since(height: number): ReturnType<StagedState['since']> {
        return { ...super.since(height), keys: Array.from({ length: MAX_ROLLED_BACK + 1 }, (_, n) => `factory/${n}`) }
      }
    }
    const much = new Changed(base)
    const short = new EventLog(world.kernel.height() + 1, much)
    expect(applyProposal({ state: much, log: short, height: short.height, bytes: new ModuleBytes(world.genesis.modules), worldId: world.kernel.worldId }, id)).toBe(false)
    expect(short.recorded().map(({ kind, payload }) => [kind, payload['code']])).toEqual([['governance.apply_failed', 'ROLLBACK_TOO_LARGE']])
    // A kernel without the checkpoint does not take that for a failure of the proposal.
    base.keepCheckpoints(() => undefined)
    const state = new StagedState(base)
    const log = new EventLog(world.kernel.height() + 1, state)
    const context = { state, log, height: log.height, bytes: new ModuleBytes(world.genesis.modules), worldId: world.kernel.worldId }
    expect(codeOf(() => applyProposal(context, id))).toBe('CHECKPOINT_MISSING')
  })
})

describe('a kernel that lacks the checkpoint', () => {
  it('says so instead of executing the block, stages nothing, and goes on once it has it', async () => {
    const world = await eventful()
    const id = await world.proposeAndShadow({ rollback: world.checkpoint(EVERY) })
    await world.approve(id, 's2')
    await world.approve(id, 's3')
    const { manifest, chunks } = world.kernel.snapshot()
    const restored = createKernel(world.genesis)
    restored.restore(manifest, chunks())
    const context = world.context()
    expect(codeOf(() => restored.executeBlock(context, []))).toBe('CHECKPOINT_MISSING')
    expect(codeOf(() => restored.commit())).toBe('NOT_STAGED')
    expect(restored.stateRoot()).toEqual(world.kernel.stateRoot())

    const follower = createKernel(world.genesis)
    follower.restore(manifest, chunks())
    const checkpoint = world.kernel.checkpointSnapshot(EVERY)
    restored.addCheckpoint(checkpoint.manifest, checkpoint.chunks())
    const result = world.kernel.executeBlock(context, [])
    expect(restored.executeBlock(context, [])).toEqual(result)
    follower.applyCommitted({ ...restored.commit(), state_root: result.state_root })
    expect(follower.stateRoot()).toEqual(restored.stateRoot())
    expect(follower.executeBlock({ ...context, height: context.height + 1 }, [])).toEqual(restored.executeBlock({ ...context, height: context.height + 1 }, []))
  })
})
