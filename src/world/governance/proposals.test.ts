import { describe, expect, it } from 'vitest'
import type { Value } from '../../codec/index.ts'
import { deciding } from '../testing/hand-made.ts'
import { inhabitant, signerOf, TestWorld, testGenesis } from '../testing/test-world.ts'
import type { Inhabitant } from '../testing/test-world.ts'
import { moduleKey } from '../state/keys.ts'
import { governanceSignerKey, OPEN_PROPOSALS_KEY, proposalKey } from './keys.ts'
import { manifestContent, manifestHash, proposalIdOf } from './manifest.ts'
import { MAX_CLOSED_PROPOSALS } from './records.ts'
import { ann, bob, GovernedWorld, NO_CHANGES, official, saltOf } from './testing/governed-world.ts'

const KEY = signerOf('another key').publicKey
const THRESHOLD = { op: 'set', path: ['governance', 'threshold'], value: 3 } as const
const v1: Inhabitant = { id: 'validator/v1', signer: signerOf('v1') }
const codeOf = async (world: GovernedWorld, init: Parameters<GovernedWorld['proposalAction']>[0], who = official('s1')): Promise<unknown> => (
  (await world.act(who, world.proposalAction(init))).receipt.code
)

describe('a proposal', () => {
  it('has the hash of its content as its id, and may come from signers, validators and agents, who pay for it', async () => {
    const world = new GovernedWorld()
    const content = { title: 'A change', description: '', base_manifest_hash: manifestHash(world.manifest()), patch: [THRESHOLD], manifest: null, rollback: null, module_changes: NO_CHANGES, salt: saltOf('') }
    for (const who of [official('s1'), v1, ann]) {
      const { receipt, events } = await world.act(who, world.proposalAction({ patch: [THRESHOLD] }))
      expect(receipt.code).toBe(null)
      const id = proposalIdOf({ ...content, author: who.id })
      expect(events[0]).toMatchObject({ kind: 'governance.proposed', payload: { proposal_id: id, author: who.id, proposed_height: world.kernel.height() } })
      expect(world.proposal(id).author).toBe(who.id)
      expect(receipt.fees.electricity).toBe(who === ann ? 10 : 0)
    }
    expect(world.read(OPEN_PROPOSALS_KEY)).toHaveLength(3)
    expect(world.read(governanceSignerKey('s1'))).toMatchObject({ nonce: 1 })
  })

  it('is refused with a code that says why', async () => {
    const world = new GovernedWorld()
    const module = deciding('t.new', 'allow')
    expect(await codeOf(world, {})).toBe('PROPOSAL_EMPTY')
    expect(await codeOf(world, { patch: [] })).toBe('PROPOSAL_EMPTY')
    expect(await codeOf(world, { patch: [THRESHOLD], base: 'a'.repeat(64) })).toBe('PATCH_BASE_MISMATCH')
    expect(await codeOf(world, { patch: [{ op: 'set', path: ['modules', 'm1.rule.move', 'version'], value: '9.0.0' }] })).toBe('PATCH_INVALID_PATH')
    expect(await codeOf(world, { patch: [{ op: 'set', path: ['governance'], value: {} }] })).toBe('PATCH_INVALID_PATH')
    expect(await codeOf(world, { patch: [{ op: 'set', path: ['governance', 'epoch_id'], value: 7 }] })).toBe('PATCH_INVALID_PATH')
    expect(await codeOf(world, { patch: [{ op: 'remove', path: ['trusted_signers', 'nobody'] }] })).toBe('PATCH_INVALID_PATH')
    expect(await codeOf(world, { patch: [{ op: 'set', path: ['governance', 'threshold', 'x'], value: 1 }] })).toBe('PATCH_NON_OBJECT')
    expect(await codeOf(world, { changes: { register: [module.manifest, module.manifest] } })).toBe('MODULE_CHANGES_INVALID')
    const upgrade = [{ module_id: 't.new', from_version: '1.0.0', to_version: '1.0.1', wasm_hash: module.manifest.wasm_hash, manifest: module.manifest }]
    expect(await codeOf(world, { changes: { register: [module.manifest], upgrade } })).toBe('MODULE_CHANGES_INVALID')
    expect(await codeOf(world, { changes: { activate: [{ module_id: 't.new', version: '1.0.0' }], deactivate: [{ module_id: 't.new', reason: '' }] } })).toBe('MODULE_CHANGES_INVALID')
    expect((await world.act(official('nobody'), world.proposalAction({ patch: [THRESHOLD] }))).receipt.code).toBe('UNKNOWN_ACTOR')
    expect(await codeOf(world, { patch: [THRESHOLD] })).toBe(null)
    expect(await codeOf(world, { patch: [THRESHOLD] })).toBe('PROPOSAL_EXISTS')
    expect(await codeOf(world, { patch: [THRESHOLD], salt: 'again' })).toBe(null)
  })

  it('may not lead to a manifest that no world may have', async () => {
    const world = new GovernedWorld()
    const bad: readonly (readonly [string, Value])[] = [
      ['threshold', 1], ['threshold', 4], ['signers', []], ['signers', [{ signer_id: 's1', public_key: new Uint8Array(32) }, { signer_id: 's2', public_key: KEY }]],
      ['signers', [{ signer_id: 's2', public_key: KEY }, { signer_id: 's1', public_key: signerOf('x').publicKey }]],
      ['signers', [{ signer_id: 's1', public_key: KEY }, { signer_id: 's2', public_key: KEY }]],
      ['guardian_threshold', 3], ['unknown', 1], ['proposal_ttl_blocks', 4], ['guardians', [{ guardian_id: 's1', public_key: KEY }]],
    ]
    for (const [name, value] of bad) expect([name, await codeOf(world, { patch: [{ op: 'set', path: ['governance', name], value }] })]).toEqual([name, 'MANIFEST_INVALID'])
    expect(await codeOf(world, { patch: [{ op: 'set', path: ['trusted_signers', 'new.one'], value: new Uint8Array(32) }] })).toBe('MANIFEST_INVALID')
    expect(await codeOf(world, { patch: [{ op: 'set', path: ['trusted_signers', 'No Name'], value: KEY }] })).toBe('MANIFEST_INVALID')
  })

  it('needs a world with signers', async () => {
    const world = new TestWorld(testGenesis())
    const { receipt } = await world.act(ann, {
      kind: 'propose', title: 'A change', description: '', base_manifest_hash: 'a'.repeat(64), patch: [THRESHOLD] as unknown as Value, manifest: null, rollback: null, module_changes: NO_CHANGES as unknown as Value, salt: saltOf(''),
    })
    expect(receipt.code).toBe('GOVERNANCE_CLOSED')
  })

  it('finds room for signers when agents have used up theirs', async () => {
    const names = Array.from({ length: 9 }, (_, index) => `agent ${index}`)
    const world = new GovernedWorld({}, { agents: names.map((name) => ({ public_key: signerOf(name).publicKey, name })) })
    for (const [index, name] of names.entries()) {
      expect(await codeOf(world, { patch: [THRESHOLD], salt: name }, inhabitant(name))).toBe(index < 8 ? null : 'PROPOSALS_FULL')
      if (index === 0) expect(await codeOf(world, { patch: [THRESHOLD], salt: 'more' }, inhabitant(name))).toBe('PROPOSAL_LIMIT')
    }
    for (const who of ['s1', 's2', 's3']) {
      for (let i = 0; i < 6; i++) expect(await codeOf(world, { patch: [THRESHOLD], salt: `${who} ${i}` }, official(who))).toBe(i < 5 ? null : 'PROPOSAL_LIMIT')
    }
    expect(await codeOf(world, { patch: [THRESHOLD], salt: 'guardian' }, official('g1'))).toBe('PROPOSALS_FULL')
  })

  it('of a patch alone is shadowed at once, and its change takes effect', async () => {
    const world = new GovernedWorld()
    const signers = [...world.manifest().governance.signers, { signer_id: 's4', public_key: KEY }]
    const id = await world.propose({ patch: [{ op: 'set', path: ['governance', 'signers'], value: signers as unknown as Value }, { op: 'set', path: ['trusted_signers', 'new.signer'], value: KEY }] })
    expect(world.proposal(id)).toMatchObject({ state: 'shadowed', shadow: { status: 'passed', height: world.kernel.height(), block_hash: null } })
    world.block()
    const events = await world.passes(id)
    expect(events.map(({ kind }) => kind).filter((kind) => /^(governance|manifest)/.test(kind))).toEqual(['manifest.updated', 'governance.applied'])
    expect(world.manifest()).toMatchObject({ version: 2, governance: { epoch_id: 1, signers } })
    expect(world.read('signer/new.signer')).toEqual({ public_key: KEY })
    expect(world.read(governanceSignerKey('s4'))).toEqual({ public_key: KEY, nonce: 0 })
    expect(world.proposal(id).shadow!.manifest_hash).toBe(manifestHash(world.manifest()))
    expect(world.read(OPEN_PROPOSALS_KEY)).toEqual([])
  })

  it('of a whole manifest takes effect as one: what is not in it is gone, and what the kernel counts is counted', async () => {
    const world = new GovernedWorld()
    const before = world.manifest()
    const { governance, trusted_signers, effects } = manifestContent(before)
    const manifest = { effects, governance: { ...governance, threshold: 3 }, trusted_signers: { ...trusted_signers, 'new.signer': KEY } }
    const id = await world.propose({ manifest })
    expect(world.proposal(id)).toMatchObject({ state: 'shadowed', shadow: { status: 'passed' }, patch: null, manifest, rollback: null })
    world.block()
    await world.passes(id)
    expect(world.manifest()).toEqual({ ...manifest, version: 2, modules: before.modules, governance: { ...manifest.governance, epoch_id: 1 } })
    expect(world.read('signer/new.signer')).toEqual({ public_key: KEY })

    const back = await world.propose({ manifest: { ...manifest, trusted_signers } }, bob)
    world.block()
    await world.passes(back, ['s1', 's2', 's3'])
    expect(world.read('signer/new.signer')).toBe(null)
    expect(world.manifest()).toMatchObject({ version: 3, governance: { epoch_id: 1 } })
  })

  it('of a whole manifest may bring modules with it', async () => {
    const rule = deciding('t.rule', 'allow')
    const world = new GovernedWorld({}, { modules: [rule] })
    const content = manifestContent(world.manifest())
    const id = await world.proposeAndShadow({ manifest: { ...content, governance: { ...content.governance, shadow_blocks: 5 } }, changes: { deactivate: [{ module_id: 't.rule', reason: 'old' }] } })
    await world.passes(id)
    expect(world.manifest()).toMatchObject({ version: 2, governance: { shadow_blocks: 5, epoch_id: 0 }, modules: {} })
  })

  it('of a whole manifest is held to the same rules as a patch', async () => {
    const world = new GovernedWorld()
    const content = manifestContent(world.manifest())
    const governing = (change: object): Promise<unknown> => codeOf(world, { manifest: { ...content, governance: { ...content.governance, ...change } } })
    expect(await codeOf(world, { manifest: content })).toBe('PROPOSAL_EMPTY')
    expect(await governing({ threshold: 4 })).toBe('MANIFEST_INVALID')
    expect(await governing({ signers: [] })).toBe('MANIFEST_INVALID')
    expect(await governing({ group_key: new Uint8Array(32) })).toBe('MANIFEST_INVALID')
    expect(await codeOf(world, { manifest: { ...content, trusted_signers: { 'No Name': KEY } } })).toBe('MANIFEST_INVALID')
    expect(await governing({ threshold: 1 })).toBe('BAD_ACTION')
    expect(await governing({ epoch_id: 7 })).toBe('BAD_ACTION')
    expect(await codeOf(world, { manifest: { ...content, modules: {} } as never })).toBe('BAD_ACTION')
    expect(await codeOf(world, { manifest: { ...content, governance: { ...content.governance, shadow_blocks: 5 } }, base: 'a'.repeat(64) })).toBe('PATCH_BASE_MISMATCH')
  })

  it('is a patch, or a manifest, or goes back alone', async () => {
    const world = new GovernedWorld()
    const content = manifestContent(world.manifest())
    const manifest = { ...content, governance: { ...content.governance, shadow_blocks: 5 } }
    const rollback = { height: 1, state_root: 'a'.repeat(64) }
    const deactivate = [{ module_id: 'm1.rule.move', reason: '' }]
    expect(await codeOf(world, { patch: [THRESHOLD], manifest })).toBe('PROPOSAL_AMBIGUOUS')
    expect(await codeOf(world, { patch: [THRESHOLD], rollback })).toBe('PROPOSAL_AMBIGUOUS')
    expect(await codeOf(world, { patch: [], rollback })).toBe('PROPOSAL_AMBIGUOUS')
    expect(await codeOf(world, { manifest, rollback })).toBe('PROPOSAL_AMBIGUOUS')
    expect(await codeOf(world, { rollback, changes: { deactivate } })).toBe('PROPOSAL_AMBIGUOUS')
    expect(await codeOf(world, { rollback })).toBe('CHECKPOINT_UNKNOWN')
    expect(await codeOf(world, { rollback }, ann)).toBe('NOT_GOVERNANCE_SIGNER')
  })

  it('expires when nobody decides, and when another one changed the manifest first', async () => {
    const world = new GovernedWorld({ proposal_ttl_blocks: 12 })
    const slow = await world.propose({ patch: [THRESHOLD] })
    const events = world.advanceTo(world.proposal(slow).expires_height + 1)
    expect(events.at(-1)).toMatchObject({ kind: 'governance.expired', payload: { proposal_id: slow, reason: 'late' } })
    expect(world.proposal(slow)).toMatchObject({ state: 'expired', closed_height: world.kernel.height() })

    const [first, second] = [await world.propose({ patch: [{ op: 'set', path: ['governance', 'shadow_blocks'], value: 3 }] }), await world.propose({ patch: [THRESHOLD], salt: '2' })]
    world.block()
    await world.passes(first)
    world.block()
    expect(world.proposal(second).state).toBe('expired')
    expect((await world.act(official('s2'), { kind: 'reject_proposal', proposal_id: second, reason: '' })).receipt.code).toBe('PROPOSAL_CLOSED')
  })

  it('is over when too few signers are left to approve it, or when its author takes it back', async () => {
    const world = new GovernedWorld()
    const id = await world.proposeAndShadow({ patch: [THRESHOLD] })
    const no = (name: string) => world.act(official(name), { kind: 'reject_proposal', proposal_id: id, reason: 'no' })
    expect((await no('s2')).events.map(({ kind }) => kind)).toEqual(['governance.rejected_by'])
    expect((await no('s2')).receipt.code).toBe('VOTED_ALREADY')
    expect((await world.approve(id, 's2')).receipt.code).toBe('VOTED_ALREADY')
    expect((await no('g1')).receipt.code).toBe('NOT_GOVERNANCE_SIGNER')
    await no('s3')
    expect(world.proposal(id).state).toBe('rejected')
    expect((await no('s3')).receipt.code).toBe('PROPOSAL_CLOSED')

    const own = await world.propose({ patch: [THRESHOLD], salt: 'b' }, bob)
    expect((await world.act(ann, { kind: 'reject_proposal', proposal_id: own, reason: '' })).receipt.code).toBe('NOT_GOVERNANCE_SIGNER')
    expect((await world.act(bob, { kind: 'reject_proposal', proposal_id: own, reason: 'a mistake' })).receipt.code).toBe(null)
    expect(world.proposal(own).state).toBe('rejected')
    expect((await world.act(ann, { kind: 'reject_proposal', proposal_id: 'a'.repeat(64), reason: '' })).receipt.code).toBe('PROPOSAL_NOT_FOUND')
  })

  it('is forgotten when many others were decided since', async () => {
    const world = new GovernedWorld()
    const ids: string[] = []
    for (let i = 0; i <= MAX_CLOSED_PROPOSALS; i++) {
      ids.push(await world.propose({ patch: [THRESHOLD], salt: String(i) }))
      await world.act(official('s1'), { kind: 'reject_proposal', proposal_id: ids[i]!, reason: '' })
    }
    expect(world.read(proposalKey(ids[0]!))).toBe(null)
    expect(world.proposal(ids[1]!).state).toBe('rejected')
  })

  it('can remove a rule that denies everything', async () => {
    const tyrant = deciding('t.tyrant', 'deny', {}, { subscriptions: { action_kinds: ['*'], event_kinds: [], stage: 'pre_action' } })
    const world = new GovernedWorld({}, { modules: [tyrant] })
    expect((await world.act(ann, { kind: 'move_agent', to: 'asteroid/0001' })).receipt.code).toBe('RULE_DENIED')
    await world.passes(await world.proposeAndShadow({ changes: { deactivate: [{ module_id: 't.tyrant', reason: 'It denies everything.' }] } }))
    expect(world.read(moduleKey('t.tyrant'))).toBe(null)
    expect((await world.act(ann, { kind: 'move_agent', to: 'asteroid/0001' })).receipt.code).not.toBe('RULE_DENIED')
  })
})
