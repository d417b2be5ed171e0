import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { governanceCertificatePayload, toConsensusAction } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { assembleCertificate, checkpointKey, CHECKPOINTS_KEY, governanceSignerKey, isBadManifest, manifestAfter, manifestContent, proposalContentSchema as kernelSchema, proposalIdOf, statementOf } from '../world/index.ts'
import type { ProposalContent, ProposalRecord } from '../world/index.ts'
import { doubledMove, MOVE, oldMove } from '../world/governance/testing/doubled-move.ts'
import { ann, bob, GovernedWorld } from '../world/governance/testing/governed-world.ts'
import type { ProposalInit } from '../world/governance/testing/governed-world.ts'
import { signerOf } from '../world/testing/test-world.ts'
import { proposalContentSchema } from './chain-forms.ts'
import { checkIntent } from './check-intent.ts'
import { parseIntent } from './intent.ts'
import type { Intent, IntentKind, IntentOf } from './intent.ts'
import { signIntent } from './sign-intent.ts'
import { summarize } from './summary.ts'
import { SUMMARY_CODES } from './summary-line.ts'

/** What the vault cannot know and the world can. Each of these, changed, is refused by the world, or was shown to the signer. */
const ONLY_THE_WORLD_KNOWS: Readonly<Record<string, 'refused' | 'shown'>> = {
  world_id: 'refused', nonce: 'refused', 'certificate.block_hash': 'refused', 'certificate.expires_height': 'refused', valid_until_height: 'shown', reason: 'shown',
}

function contentOf({ author, title, description, base_manifest_hash, patch, manifest, rollback, module_changes, salt }: ProposalRecord): ProposalContent {
  return { author, title, description, base_manifest_hash, patch, manifest, rollback, module_changes, salt }
}

/** The intent of that kind, built from the state as a page does. */
function intentFrom(world: GovernedWorld, kind: IntentKind, id: string, name: string): Intent {
  const state = { get: (key: string) => world.read(key) as Value | null }
  const record = world.proposal(id)
  const proposal = contentOf(record)
  const next = manifestAfter(state, proposal)
  if (isBadManifest(next)) throw new Error(next.message)
  const { nonce = 0 } = (world.read(governanceSignerKey(name)) ?? {}) as { nonce?: number }
  const frame = { world_id: world.kernel.worldId, actor: `signer/${name}`, nonce: nonce + 1, valid_until_height: world.kernel.height() + 50 }
  const subject = { kind, ...frame, proposal_id: id, proposal, base_manifest: world.manifest() }
  const statement = statementOf(state, world.kernel.worldId, id, record)!
  const outcome = { ...subject, report: world.report(id), next_manifest: next, certificate: statement }
  if (kind === 'approve_proposal') return parseIntent({ ...outcome, reason: 'blocks from before are gone' })
  if (kind === 'apply_proposal') {
    const signatures = ['s2', 's3'].map((signer_id) => ({ signer_id, signature: signerOf(signer_id).signSync(governanceCertificatePayload(statement)) }))
    return parseIntent({ ...outcome, certificate: assembleCertificate(statement, signatures) })
  }
  return parseIntent(kind === 'reject_proposal' ? { ...subject, reason: 'not now' } : subject)
}

async function codeOf(world: GovernedWorld, intent: Intent, name: string): Promise<string | null> {
  const { envelope } = await signIntent(intent, signerOf(name))
  const { receipts } = world.kernel.executeBlock(world.context(), [toConsensusAction(envelope)])
  world.kernel.rollback()
  return receipts[0]!.code
}

const failedOf = async (intent: Intent, name: string) => (await checkIntent(intent, signerOf(name).publicKey)).filter(({ passed }) => !passed).map(({ check }) => check)

async function accepts(world: GovernedWorld, kind: IntentKind, id: string, name: string): Promise<void> {
  const intent = intentFrom(world, kind, id, name)
  expect(await failedOf(intent, name), kind).toEqual([])
  expect(await codeOf(world, intent, name), kind).toBeNull()
  const { sentence, dangers, changes, shadow, facts } = summarize(intent)
  const codes = [sentence, ...(sentence.parts ?? []), ...dangers, ...changes, ...shadow, ...facts].map(({ code }) => code)
  expect(codes.filter((code) => !SUMMARY_CODES.includes(code))).toEqual([])
  expect(codes.filter((code) => code === 'misfit' || code === 'manifest_other')).toEqual([])
}

/** Paths to every text, number, bytes, truth value and null in a value. */
function leavesOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [path]
  return Array.isArray(value)
    ? value.flatMap((entry, index) => leavesOf(entry, [...path, index]))
    : Object.entries(value).flatMap(([name, entry]) => leavesOf(entry, [...path, name]))
}

function mutated(value: unknown, [head, ...rest]: readonly (string | number)[]): unknown {
  if (head === undefined) return other(value)
  if (Array.isArray(value)) return value.map((entry, index) => (index === head ? mutated(entry, rest) : entry))
  const map = value as Readonly<Record<string, unknown>>
  return { ...map, [head]: mutated(map[head as string], rest) }
}

/** Another value of the same kind and form. */
function other(value: unknown): unknown {
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  if (value instanceof Uint8Array) return value.map((byte, index) => (index === 0 ? byte ^ 1 : byte))
  if (typeof value !== 'string') return []
  return /[0-9a-f]$/.test(value) ? `${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}` : `${value}x`
}

const settings = fc.record({
  threshold: fc.constantFrom(2, 3), guardian_threshold: fc.constantFrom(1, 2), authors_may_approve: fc.boolean(), timelock_blocks: fc.integer({ min: 0, max: 3 }),
  shadow_blocks: fc.integer({ min: 0, max: 3 }), proposal_ttl_blocks: fc.integer({ min: 60, max: 90 }),
}, { requiredKeys: [] })

/** A change that shadow passes, whatever came before it. */
const change: fc.Arbitrary<(world: GovernedWorld) => ProposalInit> = fc.oneof(
  fc.tuple(settings, fc.boolean()).map(([values, newcomer]) => () => ({
    patch: [
      { op: 'set' as const, path: ['governance', 'timelock_blocks'], value: 1 },
      ...Object.entries(values).map(([name, value]) => ({ op: 'set' as const, path: ['governance', name], value: value as Value })),
      ...(newcomer ? [{ op: 'set' as const, path: ['trusted_signers', 'newcomer'], value: signerOf('newcomer').publicKey }] : []),
    ],
  })),
  settings.map((values) => (world: GovernedWorld) => {
    const content = manifestContent(world.manifest())
    return { manifest: { ...content, governance: { ...content.governance, ...values, limits_max: { ...content.governance.limits_max, max_emits: content.governance.limits_max.max_emits - 1 } } } }
  }),
  fc.constantFrom('http.fetch', 'http.other').map((name) => (): ProposalInit => ({
    patch: [
      { op: 'set', path: ['effects', 'grants', MOVE], value: { [name]: { effect_kinds: ['http.*'], expires_height: null } } },
      { op: 'set', path: ['effects', 'policies'], value: [{ when: { cap_name: name }, decision: 'allow' }] },
    ],
  })),
  fc.constant((world: GovernedWorld): ProposalInit => {
    const active = Object.keys(world.manifest().modules).filter((id) => id !== MOVE)
    return { changes: { deactivate: [{ module_id: active.at(-1)!, reason: 'no longer needed' }] } }
  }),
  fc.constant((world: GovernedWorld): ProposalInit => {
    // The newest: the oldest may be forgotten in the very block that would name it.
    const newest = world.kernel.checkpoints().at(-1)?.height
    const rollback = (world.read(CHECKPOINTS_KEY) as { height: number; state_root: string }[] | null)?.find(({ height }) => height === newest)
    return rollback === undefined ? { patch: [{ op: 'set', path: ['governance', 'shadow_blocks'], value: 1 }] } : { rollback }
  }),
)

describe('vault and kernel', () => {
  it('agree on every proposal of a world: what the state says passes all checks, and what the vault signs is accepted', async () => {
    await fc.assert(fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const world = new GovernedWorld({ checkpoint_blocks: 10 })
      world.advanceTo(11)
      for (const [index, make] of changes.entries()) {
        const salt = String(index)
        const init = { ...make(world), salt }
        const id = await world.proposeAndShadow(init)
        if (world.proposal(id).shadow?.block_hash == null) throw new Error(JSON.stringify(world.report(id)?.errors ?? world.proposal(id).state))
        if (world.manifest().governance.threshold > 2) {
          await accepts(world, 'approve_proposal', id, 's2')
          return
        }
        for (const [kind, name] of [['approve_proposal', 's2'], ['reject_proposal', 's3'], ['veto_proposal', 'g1'], ['apply_proposal', 's1']] as const) await accepts(world, kind, id, name)
        await world.passes(id)
      }
    }), { numRuns: 15 })
  })

  it('agree on an upgrade, and on its proposal before it is made', async () => {
    const move = await doubledMove()
    const world = new GovernedWorld()
    await world.deploy(move.wasm)
    const upgrade = { module_id: MOVE, from_version: oldMove.version, to_version: move.manifest.version, wasm_hash: move.manifest.wasm_hash, manifest: move.manifest }
    const { kind: _, ...fields } = world.proposalAction({ changes: { upgrade: [upgrade] }, title: 'Moving costs twice as much' })
    const content = { author: 'signer/s1', ...fields } as unknown as ProposalContent
    const proposing = parseIntent({
      kind: 'propose', world_id: world.kernel.worldId, actor: 'signer/s1', nonce: 1, valid_until_height: 50, proposal_id: proposalIdOf(content), proposal: content, base_manifest: world.manifest(),
    })
    expect(await failedOf(proposing, 's1')).toEqual([])
    expect(await codeOf(world, proposing, 's1')).toBeNull()
    await expectOnlyTrueFieldsToSign(world, proposing, 's1')
    const { action_id, envelope } = await signIntent(proposing, signerOf('s1'))
    const { events, receipts } = world.block([toConsensusAction(envelope)])
    expect(receipts[0]).toMatchObject({ action_id, code: null })
    const id = events.find(({ kind }) => kind === 'governance.proposed')!.payload['proposal_id'] as string
    expect(id).toBe((proposing as IntentOf<'propose'>).proposal_id)
    while (world.proposal(id).shadow?.block_hash == null) world.block()
    for (const [kind, name] of [['approve_proposal', 's2'], ['apply_proposal', 's1'], ['veto_proposal', 'g1'], ['reject_proposal', 's3']] as const) {
      await accepts(world, kind, id, name)
      await expectOnlyTrueFieldsToSign(world, intentFrom(world, kind, id, name), name)
    }
    const approved = await signIntent(intentFrom(world, 'approve_proposal', id, 's2'), signerOf('s2'))
    const approval = world.block([toConsensusAction(approved.envelope)]).events.find(({ kind }) => kind === 'governance.approved_by')
    expect(approval!.payload).toMatchObject({ signer_id: 's2', signature: approved.share_signature, reason: 'blocks from before are gone' })
  })

  it('agree on going back to a checkpoint', async () => {
    const world = new GovernedWorld({ checkpoint_blocks: 10 })
    world.advanceTo(12)
    const off = await world.proposeAndShadow({ changes: { deactivate: [{ module_id: MOVE, reason: 'free movement' }] } })
    await world.passes(off)
    const [checkpoint] = world.read(CHECKPOINTS_KEY) as { height: number; state_root: string }[]
    expect(world.read(checkpointKey(checkpoint!.height))).not.toBeNull()
    const id = await world.proposeAndShadow({ rollback: checkpoint! })
    await accepts(world, 'approve_proposal', id, 's2')
    const intent = intentFrom(world, 'approve_proposal', id, 's2')
    expect(summarize(intent)).toMatchObject({ strict: true, changes: [{ code: 'module_back', values: { module_id: MOVE, before: '(nothing)' } }] })
    await expectOnlyTrueFieldsToSign(world, intent, 's2')
  })

  it('agree on how long, how many and how deep', () => {
    const world = new GovernedWorld()
    const { kind: _, ...fields } = world.proposalAction({ patch: [] })
    const content = { author: 'signer/s1', ...fields }
    const ops = (count: number, depth: number) => Array.from({ length: count }, () => ({ op: 'remove', path: Array.from({ length: depth }, () => 'x'.repeat(64)) }))
    const offs = (count: number, reason: number) => ({ register: [], upgrade: [], activate: [], deactivate: Array.from({ length: count }, (_, i) => ({ module_id: `m.m${i}`, reason: 'x'.repeat(reason) })) })
    const rollback = (height: number) => ({ height, state_root: '5'.repeat(64) })
    const pairs: readonly (readonly [object, object])[] = [
      [{ title: 'x'.repeat(120) }, { title: 'x'.repeat(121) }], [{ description: 'x'.repeat(4096) }, { description: 'x'.repeat(4097) }],
      [{ patch: ops(32, 4) }, { patch: ops(33, 4) }], [{ patch: ops(1, 4) }, { patch: ops(1, 5) }], [{ module_changes: offs(8, 400) }, { module_changes: offs(9, 400) }],
      [{ module_changes: offs(1, 400) }, { module_changes: offs(1, 401) }], [{ rollback: rollback(10) }, { rollback: rollback(-1) }], [{}, { extra: null }], [{}, { manifest: {} }],
    ]
    for (const [fits, tooMuch] of pairs) {
      for (const schema of [kernelSchema, proposalContentSchema]) {
        expect(() => schema.parse({ ...content, ...fits } as never, 'proposal')).not.toThrow()
        expect(() => schema.parse({ ...content, ...tooMuch } as never, 'proposal'), JSON.stringify(Object.keys(tooMuch))).toThrow()
      }
    }
  })

  it('agree on an action of an agent', async () => {
    const world = new GovernedWorld()
    const { nonce } = world.agent(ann.id)
    const intent = parseIntent({
      kind: 'world_action', world_id: world.kernel.worldId, actor: ann.id, nonce: nonce + 1, valid_until_height: 50, action: { kind: 'query_observation' },
    })
    const { envelope } = await signIntent(intent, ann.signer)
    expect(world.block([toConsensusAction(envelope)]).receipts[0]).toMatchObject({ code: null })
    await expect(signIntent(intent, bob.signer)).rejects.toThrowError(expect.objectContaining({ code: 'SIGNER_NOT_IN_SET' }))
  })
})

/** Every field of an intent, changed alone, leaves it unsigned, unless only the world can tell; then the world refuses it or it was on the screen. */
async function expectOnlyTrueFieldsToSign(world: GovernedWorld, intent: Intent, name: string): Promise<void> {
  const before = JSON.stringify(summarize(intent))
  for (const leaf of leavesOf(intent)) {
    const path = leaf.join('.')
    let changed: Intent
    try {
      changed = parseIntent(mutated(intent, leaf))
    } catch {
      continue
    }
    const failed = await failedOf(changed, name)
    const knows = Object.hasOwn(ONLY_THE_WORLD_KNOWS, path) ? ONLY_THE_WORLD_KNOWS[path] : undefined
    if (failed.length > 0) continue
    expect(knows, `${intent.kind}: ${path} was changed and would be signed`).toBeDefined()
    expect(JSON.stringify(summarize(changed)), `${path} is on the screen`).not.toBe(before)
    if (knows === 'refused') expect(await codeOf(world, changed, name), `${intent.kind}: ${path}`).not.toBeNull()
  }
}
