import { describe, expect, it } from 'vitest'
import { encodeCanonical } from '../../codec/index.ts'
import type { Value, ValueMap } from '../../codec/index.ts'
import type { EventDraft } from '../event-log.ts'
import { EventLog } from '../event-log.ts'
import type { EventCause } from '../events.ts'
import { readEntry } from '../load-state.ts'
import { ModuleBytes } from '../modules/module-bytes.ts'
import { snapshotEntries } from '../snapshot.ts'
import { moduleKey } from '../state/keys.ts'
import { artifactKey, artifactWasmKey } from '../market/keys.ts'
import { CommittedState, hashKey, StagedState } from '../state/state.ts'
import { deciding } from '../testing/hand-made.ts'
import { ApplyError, applyProposal } from './apply-proposal.ts'
import { MANIFEST_KEY, proposalKey } from './keys.ts'
import type { ProposalRecord } from './records.ts'
import { bob, GovernedWorld } from './testing/governed-world.ts'

const old = deciding('t.rule', 'allow')
const next = deciding('t.rule', 'allow', { cost: { data: 1 } }, { version: '1.0.1' })
const added = deciding('t.new', 'allow', { notes: ['hello'] })
const gone = deciding('t.gone', 'allow', { notes: ['bye'] })

/** A world with a queued proposal of every kind of change, one block before it takes effect. */
async function queued(): Promise<{ world: GovernedWorld; id: string; state: CommittedState; bytes: ModuleBytes }> {
  const world = new GovernedWorld({}, { modules: [old, gone] })
  for (const { wasm } of [next, added]) await world.deploy(wasm)
  const id = await world.proposeAndShadow({
    patch: [{ op: 'set', path: ['governance', 'shadow_blocks'], value: 3 }],
    changes: {
      register: [added.manifest], activate: [{ module_id: 't.new', version: '1.0.0' }], deactivate: [{ module_id: 't.gone', reason: 'old' }],
      upgrade: [{ module_id: 't.rule', from_version: '1.0.0', to_version: '1.0.1', wasm_hash: next.manifest.wasm_hash, manifest: next.manifest }],
    },
  })
  await world.approve(id, 's2')
  await world.approve(id, 's3')
  const { manifest, chunks } = world.kernel.snapshot()
  const items = [...snapshotEntries(manifest, chunks())].map((entry) => readEntry(entry, hashKey(entry.key)))
  return { world, id, state: new CommittedState(manifest.height, items), bytes: new ModuleBytes(world.genesis.modules) }
}

/** Fails at one of its events. */
class FailingLog extends EventLog {
  private left: number
  private readonly error: Error

  constructor(height: number, state: StagedState, failAt: number, error: Error) {
    super(height, state)
    this.left = failAt
    this.error = error
  }

  override emit(cause: EventCause, kind: string, payload: ValueMap): EventDraft {
    const event = super.emit(cause, kind, payload)
    if (this.left-- === 0) throw this.error
    return event
  }
}

/** Fails once, before one of its writes. */
class FailingState extends StagedState {
  armed = false
  private left: number

  constructor(base: CommittedState, failAt: number) {
    super(base)
    this.left = failAt
  }

  override set(key: string, record: Value): void {
    if (this.armed && this.left-- === 0) throw new ApplyError('FAULT', 'injected')
    super.set(key, record)
  }
}

const recordsOf = (state: StagedState): Value => state.changes().map(({ key, item }) => [key, item?.value ?? null])

const STEPS = ['module.registered', 'module.upgraded', 'module.activated', 'module.deactivated', 'manifest.updated', 'governance.applied']
const found = await queued()
const { world, id } = found
const height = world.kernel.height() + 1

function attempt(change: (state: StagedState) => void = () => undefined, failAt = 99, error: Error = new ApplyError('FAULT', 'injected')) {
  const state = new StagedState(found.state)
  change(state)
  const before = state.changes().map(({ key }) => key)
  const log = new FailingLog(height, state, failAt, error)
  const context = { state, log, height, bytes: found.bytes, worldId: world.kernel.worldId }
  return { state, log, before, run: () => applyProposal(context, id), kinds: () => log.recorded().map(({ kind }) => kind), changed: () => state.changes().map(({ key }) => key) }
}

describe('applying a proposal', () => {
  it('changes modules, then the manifest, and says last that it is applied', () => {
    const { run, kinds, state, log } = attempt()
    expect(run()).toBe(true)
    expect(kinds()).toEqual(STEPS)
    expect(log.at(5).payload).toMatchObject({ proposal_id: id, module_events: STEPS.slice(0, 4), scheme: 'multisig', signers: ['s2', 's3'] })
    expect(state.get(moduleKey('t.gone'))).toBe(null)
    expect(state.get('module_instance/t.gone#1')).toBe(null)
    expect(state.get('module_instance/t.new#1')).toMatchObject({ module_id: 't.new', owner: null })
    expect(state.get(moduleKey('t.rule'))).toMatchObject({ active_version: '1.0.1', since_height: height })
    expect(Object.keys((state.get(MANIFEST_KEY) as { modules: object }).modules).sort()).toEqual(['t.new', 't.rule'])
  })

  it('leaves nothing behind but the failure when it fails at any event', () => {
    for (const [failAt, kind] of STEPS.entries()) {
      const { run, kinds, changed, log } = attempt(undefined, failAt)
      expect([kind, run()]).toEqual([kind, false])
      expect(kinds()).toEqual(['governance.apply_failed'])
      expect(log.at(0)).toMatchObject({ index: 0, payload: { proposal_id: id, code: 'FAULT', detail: 'injected' }, caused_by: `event:${world.proposal(id).event_id}` })
      expect(changed()).toEqual([])
    }
  })

  it('leaves nothing behind when it fails at any write, and takes nothing from what the block did before', () => {
    const earlier = { kind: 'directive.refused', payload: { reason: 'before' } }
    for (let failAt = 0; ; failAt++) {
      const state = new FailingState(found.state, failAt)
      const log = new EventLog(height, state)
      state.armed = false
      log.emit('block', earlier.kind, earlier.payload)
      state.set('treasury', { electricity: 1, data: 1 })
      const [before, journal] = [encodeCanonical(recordsOf(state)), encodeCanonical(log.recorded() as unknown as Value)]
      state.armed = true
      const applied = applyProposal({ state, log, height, bytes: found.bytes, worldId: world.kernel.worldId }, id)
      if (applied) {
        expect(failAt).toBeGreaterThan(2 * STEPS.length)
        return
      }
      expect(encodeCanonical(recordsOf(state))).toEqual(before)
      expect(encodeCanonical(log.recorded().slice(0, 1) as unknown as Value)).toEqual(journal)
      expect(log.recorded().slice(1).map(({ kind }) => kind)).toEqual(['governance.apply_failed'])
    }
  })

  it('keeps what the block did before it', () => {
    const { run, changed } = attempt((state) => { state.set('treasury', { electricity: 1, data: 1 }) }, 4)
    expect(run()).toBe(false)
    expect(changed()).toEqual(['treasury'])
  })

  it('does not swallow a fault of the kernel itself, which interrupts the block', () => {
    for (const failAt of STEPS.keys()) expect(attempt(undefined, failAt, new RangeError('a bug')).run).toThrowError(RangeError)
  })

  const tampered = (change: (proposal: ProposalRecord) => Partial<ProposalRecord>) => (state: StagedState): void => {
    const proposal = state.get(proposalKey(id)) as unknown as ProposalRecord
    state.set(proposalKey(id), { ...proposal, ...change(proposal) } as unknown as Value)
  }

  it('checks state, base, certificate and modules once more', () => {
    const cases: readonly (readonly [string, (state: StagedState) => void, string?])[] = [
      ['PROPOSAL_NOT_QUEUED', tampered(() => ({ state: 'shadowed' }))],
      ['PROPOSAL_NOT_QUEUED', tampered(() => ({ certificate: null }))],
      ['PATCH_BASE_MISMATCH', (state) => { state.set(MANIFEST_KEY, { ...(state.get(MANIFEST_KEY) as ValueMap), version: 9 }) }],
      ['SHADOW_FAILED', tampered(({ shadow }) => ({ shadow: { ...shadow!, status: 'failed' } }))],
      ['CERTIFICATE_EXPIRED', tampered(({ certificate }) => ({ expires_height: height - 1, certificate: { ...certificate!, expires_height: height - 1 } }))],
      ['CERTIFICATE_BELOW_THRESHOLD', tampered(({ certificate }) => ({ certificate: { ...certificate!, signatures: [] } as never }))],
      ['CERTIFICATE_WRONG_BLOCK', tampered(({ shadow }) => ({ shadow: { ...shadow!, block_hash: 'e'.repeat(64) } }))],
      ['CERTIFICATE_OTHER_MANIFEST', tampered(() => ({ patch: null }))],
      ['ARTIFACT_MISSING', (state) => { state.set(artifactWasmKey(next.manifest.wasm_hash), null); state.set(artifactKey(next.manifest.wasm_hash), null) }, 'module.load_failed'],
      ['HASH_MISMATCH', (state) => { state.set(artifactWasmKey(added.manifest.wasm_hash), added.wasm.slice(1)) }, 'module.load_failed'],
      ['VERSION_CONFLICT', (state) => { state.set('module_latest/t.new', '2.0.0') }, 'module.validation_failed'],
    ]
    for (const [code, change, first] of cases) {
      const { run, kinds, before, changed, log } = attempt(change)
      expect([code, run()]).toEqual([code, false])
      expect(kinds()).toEqual([...(first === undefined ? [] : [first]), 'governance.apply_failed'])
      expect(log.at(log.length - 1).payload['code']).toBe(code)
      expect(changed()).toEqual(before)
    }
  })

  it('whose bytes were taken away in time fails, and can be tried again once they are back', async () => {
    const fresh = await queued()
    await fresh.world.act(bob, { kind: 'destroy_module_artifact', wasm_hash: next.manifest.wasm_hash })
    expect(fresh.world.proposal(fresh.id).state).toBe('queued')
    await fresh.world.deploy(next.wasm)
    const again = await fresh.world.applyWith(fresh.id, fresh.world.certificate(fresh.world.statement(fresh.id)))
    expect(again.receipt.code).toBe(null)
    expect(fresh.world.proposal(fresh.id).state).toBe('applied')
  })
})
