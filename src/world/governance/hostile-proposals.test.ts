import { describe, expect, it } from 'vitest'
import { ACTION_RULES } from '../action-rules.ts'
import { createKernel } from '../kernel.ts'
import { deciding, handMade, TEST_SIGNER } from '../testing/hand-made.ts'
import type { HandMade } from '../testing/hand-made.ts'
import { signerOf } from '../testing/test-world.ts'
import { artifactPayload } from '../modules/artifact-identity.ts'
import type { PatchOp } from './records.ts'
import { ann, bob, GovernedWorld, NO_CHANGES, official } from './testing/governed-world.ts'

/** Two UTF-16 units each, so that a cut at an odd place would leave half of one. */
const WIDE = '\u{1F600}'

/** Every way texts of an author get into messages, one unit longer each time, so that the cut falls everywhere. */
function* longTexts(): Generator<readonly PatchOp[]> {
  for (const lead of ['', 'x']) {
    yield [{ op: 'set', path: ['governance', 'shadow_policy'], value: { mode: 'always_pass', [lead + WIDE.repeat(400)]: 1 } }]
    yield [{ op: 'set', path: ['trusted_signers', lead + WIDE.repeat(30), lead + WIDE.repeat(31), lead + WIDE.repeat(31)], value: 1 }, { op: 'set', path: ['trusted_signers', lead + WIDE.repeat(30), lead + WIDE.repeat(31), lead + WIDE.repeat(31), WIDE.repeat(31)], value: 1 }]
  }
}

describe('texts of an author', () => {
  it('are never cut in the middle of a character, which would stop the block', async () => {
    const world = new GovernedWorld()
    for (const patch of longTexts()) {
      const { receipt } = await world.act(ann, world.proposalAction({ patch }))
      expect(receipt.status).toBe('rejected')
    }
  })
})

describe('a refusal', () => {
  it('is the same on a node that executed everything and on one that loaded the state', async () => {
    const world = new GovernedWorld({}, { trustedSigners: [...new GovernedWorld().genesis.trusted_signers, { node_id: 'zz', public_key: signerOf('zz').publicKey }, { node_id: 'zzz.long', public_key: signerOf('zzz').publicKey }] })
    world.advanceTo(2)
    const restored = createKernel(world.genesis)
    const { manifest, chunks } = world.kernel.snapshot()
    restored.restore(manifest, chunks())
    const patch: PatchOp[] = world.genesis.trusted_signers.map(({ node_id }) => ({ op: 'set', path: ['trusted_signers', node_id], value: 7 }))
    const action = await world.sign(ann, world.proposalAction({ patch }))
    const [a, b] = [world.kernel, restored].map((kernel) => kernel.executeBlock(world.context(), [action]))
    expect(b!.receipts).toEqual(a!.receipts)
    expect(b!.state_root).toEqual(a!.state_root)
  })
})

describe('an author', () => {
  it('does not count towards its own proposal in a certificate put together elsewhere either', async () => {
    const world = new GovernedWorld()
    const id = await world.proposeAndShadow({ patch: [{ op: 'set', path: ['governance', 'shadow_blocks'], value: 3 }] }, official('s1'))
    const { receipt } = await world.applyWith(id, world.certificate(world.statement(id), ['s1', 's2']))
    expect(receipt.code).toBe('OWN_PROPOSAL')
    expect((await world.applyWith(id, world.certificate(world.statement(id), ['s2', 's3']))).receipt.code).toBe(null)
  })
})

describe('the key of a group of signers', () => {
  const group_key = signerOf('group').publicKey
  const governing = async (world: GovernedWorld, patch: readonly (readonly [field: string, value: unknown])[]): Promise<string | null> => (
    (await world.act(ann, world.proposalAction({ patch: patch.map(([field, value]): PatchOp => ({ op: 'set', path: ['governance', field], value: value as never })) }))).receipt.code
  )

  it('is never that of one of them, who would sign for all', async () => {
    for (const name of ['s1', 'g1']) expect(await governing(new GovernedWorld(), [['group_key', signerOf(name).publicKey]])).toBe('MANIFEST_INVALID')
  })

  it('goes when signers change, since those who left hold shares of it', async () => {
    const signers = ['s1', 's2'].map((signer_id) => ({ signer_id, public_key: signerOf(signer_id).publicKey }))
    expect(await governing(new GovernedWorld({ group_key }), [['signers', signers]])).toBe('MANIFEST_INVALID')
    expect(await governing(new GovernedWorld({ group_key }), [['threshold', 3]])).toBe('MANIFEST_INVALID')
    expect(await governing(new GovernedWorld({ group_key }), [['signers', signers], ['group_key', null]])).toBe(null)
    expect(await governing(new GovernedWorld({ group_key }), [['signers', signers], ['group_key', signerOf('new group').publicKey]])).toBe(null)
    expect(await governing(new GovernedWorld({ group_key }), [['shadow_blocks', 3]])).toBe(null)
  })
})

describe('modules', () => {
  const first = deciding('t.extra', 'allow')
  const third = deciding('t.extra', 'allow', { notes: ['three'] }, { version: '3.0.0' })

  it('that are activated are checked even if another version is registered beside', async () => {
    const world = new GovernedWorld()
    await world.deploy(first.wasm)
    await world.passes(await world.proposeAndShadow({ changes: { register: [first.manifest] } }))
    expect((await world.act(bob, { kind: 'destroy_module_artifact', wasm_hash: first.manifest.wasm_hash })).receipt.code).toBe(null)
    await world.deploy(third.wasm)
    const id = await world.proposeAndShadow({ changes: { register: [third.manifest], activate: [{ module_id: 't.extra', version: '1.0.0' }] }, salt: '2' })
    expect(world.report(id).errors).toMatchObject([{ code: 'ARTIFACT_MISSING', module_id: 't.extra' }])
  })

  it('that stay active must stay vouched for, even if a newer version of theirs is registered', async () => {
    const other = signerOf('other module signer')
    const by = ({ manifest, wasm }: HandMade): HandMade => {
      const { artifact_identity: identity, ...fields } = manifest
      const hashes = { source_hash: identity.source_hash, build_manifest_hash: identity.build_manifest_hash }
      return { wasm, manifest: { ...fields, artifact_identity: { ...hashes, signer_node_id: 'other', signature_scheme: 'ed25519', artifact_signature: other.signSync(artifactPayload(fields, hashes)) } } }
    }
    const base = new GovernedWorld().genesis
    const world = new GovernedWorld({}, { modules: [...base.modules, deciding('t.rule', 'allow')], trustedSigners: [...base.trusted_signers, { node_id: 'other', public_key: other.publicKey }].sort((a, b) => (a.node_id < b.node_id ? -1 : 1)) })
    const next = by(deciding('t.rule', 'allow', { notes: ['next'] }, { version: '2.0.0' }))
    await world.deploy(next.wasm)
    const id = await world.proposeAndShadow({ changes: { register: [next.manifest] }, patch: [{ op: 'remove', path: ['trusted_signers', TEST_SIGNER.node_id] }] })
    expect(world.report(id).errors).toMatchObject([{ code: 'SIGNER_UNKNOWN', module_id: 't.rule' }])
  })
})

describe('the price of a proposal', () => {
  it('grows with the keys in it, however they are packed', () => {
    const fuelOf = ACTION_RULES.get('propose')!.fuel as (action: object) => number
    const none = { patch: null, manifest: null, module_changes: NO_CHANGES }
    const keys = Array.from({ length: 5 }, (_, index) => new Uint8Array(32).fill(index))
    const patch = [{ op: 'set', path: ['governance', 'signers'], value: { a: [keys[0], { b: keys[1] }], c: keys.slice(2) } }]
    expect(fuelOf({ ...none, patch }) - fuelOf(none)).toBe(10_000_000)
  })
})

describe('reasons', () => {
  it('hold nothing that turns text around or hides in it', async () => {
    const world = new GovernedWorld()
    const id = await world.proposeAndShadow({ patch: [{ op: 'set', path: ['governance', 'shadow_blocks'], value: 3 }] })
    for (const reason of ['\u202Eno', 'no\u0007', 'no\n', 'no\u{E0041}', '\u200Bno', 'x'.repeat(401)]) {
      expect((await world.act(official('s2'), { kind: 'reject_proposal', proposal_id: id, reason })).receipt.code).toBe('BAD_ACTION')
    }
    expect((await world.act(official('s2'), { kind: 'reject_proposal', proposal_id: id, reason: `no, 不 ${WIDE}` })).receipt.code).toBe(null)
  })
})

describe('modules that burn all the fuel of a block', () => {
  it('are voted out nevertheless', async () => {
    const burning = (id: string, max_gas: number): HandMade => handMade(id, '(loop (br 0)) (i64.const 0)', undefined, { subscriptions: { action_kinds: [], event_kinds: [], stage: 'tick' }, limits: { max_gas } })
    const burners = [...Array.from({ length: 12 }, (_, index) => burning(`t.burner${index}`, 45_000_000)), ...Array.from({ length: 12 }, (_, index) => burning(`t.last${index}`, 3_000_000))]
    const world = new GovernedWorld({}, { modules: burners })
    expect((await world.act(ann, world.proposalAction({ patch: [{ op: 'set', path: ['governance', 'shadow_blocks'], value: 3 }] }))).receipt.code).toBe('BLOCK_FUEL_EXHAUSTED')
    const id = await world.proposeAndShadow({ changes: { deactivate: burners.slice(0, 8).map(({ manifest: { module_id } }) => ({ module_id, reason: 'It burns all the fuel.' })) } })
    await world.passes(id)
    expect((await world.act(ann, { kind: 'register_agent', public_key: signerOf('eve').publicKey, name: 'eve' })).receipt.code).not.toBe('BLOCK_FUEL_EXHAUSTED')
  })
})
