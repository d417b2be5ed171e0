import { describe, expect, it } from 'vitest'
import { actionPayload, decodeCanonical, encodeCanonical, governanceCertificatePayload, governanceVetoPayload } from '../codec/index.ts'
import type { ActionEnvelope } from '../codec/index.ts'
import { verifyEd25519 } from '../crypto/index.ts'
import { manifestHashOf, proposalIdOf, reportHashOf } from './chain-forms.ts'
import { checkIntent } from './check-intent.ts'
import { parseIntent } from './intent.ts'
import type { Intent } from './intent.ts'
import { assertWorld, signIntent } from './sign-intent.ts'
import { ada, applying, approval, bob, cleo, counted, guardian, moving, OTHER_WORLD, proposalOf, proposing, rejection, reportOf, stranger, veto, WORLD } from './testing/intents.ts'

const decodeActionEnvelope = (envelope: Uint8Array): ActionEnvelope => decodeCanonical(envelope) as unknown as ActionEnvelope
const mismatch = (check: string): unknown => expect.objectContaining({ code: 'INTENT_MISMATCH', detail: expect.objectContaining({ check }) })

async function refusal(intent: Intent, signer = ada): Promise<unknown> {
  const asked = counted(signer)
  const error: unknown = await signIntent(parseIntent(intent), asked).then(() => null, (thrown: unknown) => thrown)
  expect(asked.calls(), 'signatures made').toBe(0)
  return error
}

describe('signing an intent', () => {
  it('approves: the share is over the certificate payload, the envelope carries it', async () => {
    const intent = approval()
    const signed = await signIntent(parseIntent(intent), ada)
    expect(await verifyEd25519(ada.publicKey, governanceCertificatePayload(intent.certificate), signed.share_signature!)).toBe(true)
    const { signature, ...unsigned } = decodeActionEnvelope(signed.envelope)
    expect(unsigned).toEqual({
      world_id: WORLD, actor: 'signer/ada', nonce: 4, valid_until_height: 60,
      action: { kind: 'approve_proposal', proposal_id: intent.proposal_id, signature: signed.share_signature },
    })
    expect(await verifyEd25519(ada.publicKey, actionPayload(unsigned), signature)).toBe(true)
  })

  it('signs the reason for going on without all evidence as part of the action, not of the certificate', async () => {
    const intent = { ...approval(), reason: 'Blocks from before are gone; Bob ran it again.' }
    const signed = await signIntent(parseIntent(intent), ada)
    const { signature, ...unsigned } = decodeActionEnvelope(signed.envelope)
    expect(unsigned.action).toEqual({ kind: 'approve_proposal', proposal_id: intent.proposal_id, signature: signed.share_signature, reason: intent.reason })
    expect(await verifyEd25519(ada.publicKey, actionPayload(unsigned), signature)).toBe(true)
    expect(signed.share_signature).toEqual((await signIntent(parseIntent(approval()), ada)).share_signature)
    expect(signed.summary.facts.map(({ text }) => text)).toContain(`Signed although not every check was conclusive; the reason given: ${intent.reason}`)
  })

  it('gives two signers the same certificate payload', async () => {
    const mine = approval()
    const theirs = { ...approval(), actor: 'signer/bob', nonce: 9 }
    expect(governanceCertificatePayload(theirs.certificate)).toEqual(governanceCertificatePayload(mine.certificate))
    await expect(signIntent(parseIntent(theirs), bob)).resolves.toBeDefined()
  })

  it('stops a proposal with a guardian\'s key', async () => {
    const intent = veto()
    const signed = await signIntent(parseIntent(intent), guardian)
    expect(await verifyEd25519(guardian.publicKey, governanceVetoPayload(WORLD, intent.proposal_id), signed.share_signature!)).toBe(true)
  })

  it('proposes, rejects, applies and acts with an envelope alone', async () => {
    for (const intent of [proposing(), rejection(), applying(), moving()]) {
      const signed = await signIntent(parseIntent(intent), ada)
      expect(signed.share_signature).toBeNull()
      expect(decodeActionEnvelope(signed.envelope).action.kind).toBe(intent.kind === 'world_action' ? 'move_agent' : intent.kind)
    }
    const { action } = decodeActionEnvelope((await signIntent(parseIntent(proposing()), ada)).envelope)
    expect(action).not.toHaveProperty('author')
  })

  it('registers an agent with the key that signs, whatever the page named', async () => {
    const intent = { ...moving(), action: { kind: 'register_agent', public_key: stranger.publicKey } }
    const { action } = decodeActionEnvelope((await signIntent(parseIntent(intent), ada)).envelope)
    expect(action).toEqual({ kind: 'register_agent', public_key: ada.publicKey })
  })
})

describe('a page that shows one thing and wants another signed', () => {
  it.each<[string, (intent: ReturnType<typeof approval>) => Intent]>([
    ['proposal_id', (intent) => ({ ...intent, proposal: { ...intent.proposal, title: 'Moving becomes cheaper' } })],
    ['proposal_id', (intent) => ({ ...intent, proposal_id: '0'.repeat(64) })],
    ['base_manifest', (intent) => ({ ...intent, base_manifest: { ...intent.base_manifest, version: 4 } })],
    ['manifest_hash', (intent) => ({ ...intent, next_manifest: { ...intent.next_manifest, version: 5 } })],
    ['report_hash', (intent) => ({ ...intent, report: { ...intent.report, replay: { ...intent.report.replay, rejections: {} } } as never })],
    ['certificate_world', (intent) => ({ ...intent, certificate: { ...intent.certificate, world_id: OTHER_WORLD } })],
    ['certificate_proposal', (intent) => ({ ...intent, certificate: { ...intent.certificate, proposal_id: '0'.repeat(64) } })],
    ['signer_set', (intent) => ({ ...intent, certificate: { ...intent.certificate, signer_set_hash: '0'.repeat(64) } })],
    ['epoch', (intent) => ({ ...intent, certificate: { ...intent.certificate, epoch_id: 2 } })],
    ['threshold', (intent) => ({ ...intent, certificate: { ...intent.certificate, required_signers: 3 } })],
    ['checked_height', (intent) => ({ ...intent, certificate: { ...intent.certificate, consensus_height: 19 } })],
    ['not_expired', (intent) => ({ ...intent, certificate: { ...intent.certificate, expires_height: 18 } })],
  ])('gets no signature: %s', async (check, change) => {
    expect(await refusal(change(approval()))).toEqual(mismatch(check))
  })

  it('gets none for a manifest that holds more than the proposal asks for', async () => {
    const intent = approval()
    const next = { ...intent.next_manifest, governance: { ...intent.next_manifest.governance, threshold: 3 } }
    const certificate = { ...intent.certificate, manifest_hash: manifestHashOf(next) }
    expect(await refusal({ ...intent, next_manifest: next, certificate })).toEqual(
      expect.objectContaining({ code: 'INTENT_MISMATCH', detail: { check: 'changes_explained', stated: 'governance.threshold', computed: '' } }),
    )
  })

  it('gets none for a manifest that lacks what the patch sets', async () => {
    const intent = approval()
    const proposal = proposalOf(intent.base_manifest, { patch: [{ op: 'set', path: ['governance', 'threshold'], value: 3 }] })
    const report = reportOf(proposal)
    const certificate = { ...intent.certificate, proposal_id: report.proposal_id, report_hash: reportHashOf(report) }
    expect(await refusal({ ...intent, proposal, proposal_id: proposalIdOf(proposal), report: report as never, certificate })).toEqual(mismatch('changes_complete'))
  })

  it('gets none for a proposal whose patch fits nowhere, or that changes in two ways at once', async () => {
    const misfit = [{ op: 'remove', path: ['governance', 'none'] }] as const
    const twice = { rollback: { height: 5, state_root: '5'.repeat(64) } }
    for (const [change, check] of [[{ patch: misfit }, 'patch_applies'], [twice, 'one_change'], [{ ...twice, patch: [] }, 'one_change']] as const) {
      const proposal = proposalOf(proposing().base_manifest, { author: 'signer/ada', ...change })
      expect(await refusal({ ...proposing(), proposal, proposal_id: proposalIdOf(proposal) })).toEqual(mismatch(check))
    }
  })

  it('gets none for the approval of what one proposed oneself, where that is not allowed', async () => {
    const intent = approval()
    const proposal = { ...intent.proposal, author: 'signer/ada' }
    const report = reportOf(proposal)
    const own = { ...intent, proposal, proposal_id: proposalIdOf(proposal), report: report as never, certificate: { ...intent.certificate, proposal_id: report.proposal_id, report_hash: reportHashOf(report) } }
    expect(await refusal(own)).toEqual(mismatch('not_own_proposal'))
    await expect(signIntent(parseIntent({ ...own, actor: 'signer/bob' }), bob)).resolves.toBeDefined()
  })

  it('gets none for an upgrade, an activation or a deactivation that comes out otherwise', async () => {
    const intent = approval()
    const none = { register: [], upgrade: [], activate: [], deactivate: [] }
    const modules = intent.base_manifest.modules
    const added = { version: '1.0.0', wasm_hash: '7'.repeat(64) }
    for (const [module_changes, after, check] of [
      [intent.proposal.module_changes, { 'm1.rule.move': { version: '1.2.0', wasm_hash: '2'.repeat(64) } }, 'changes_complete'],
      [intent.proposal.module_changes, { 'm1.rule.move': { version: '1.1.0', wasm_hash: '3'.repeat(64) } }, 'changes_complete'],
      [{ ...none, deactivate: [{ module_id: 'm1.rule.move', reason: '' }] }, modules, 'changes_complete'],
      [{ ...none, activate: [{ module_id: 'm2.new', version: '1.0.0' }] }, { ...modules, 'm2.new': { ...added, version: '2.0.0' } }, 'changes_complete'],
      [none, { ...modules, 'm2.new': added }, 'changes_explained'],
    ] as const) {
      const proposal = { ...intent.proposal, module_changes }
      const report = reportOf(proposal)
      const next = { ...intent.next_manifest, modules: after }
      const certificate = { ...intent.certificate, proposal_id: report.proposal_id, report_hash: reportHashOf(report), manifest_hash: manifestHashOf(next) }
      expect(await refusal({ ...intent, proposal, proposal_id: proposalIdOf(proposal), report: report as never, next_manifest: next, certificate })).toEqual(mismatch(check))
    }
  })

  it('gets none for a report of another proposal, nor for one that failed', async () => {
    const intent = approval()
    const other = reportOf(proposalOf(intent.base_manifest, { salt: '0'.repeat(64) }))
    expect(await refusal({ ...intent, report: other as never, certificate: { ...intent.certificate, report_hash: reportHashOf(other) } })).toEqual(mismatch('report_proposal'))
    const failed = reportOf(intent.proposal, { status: 'failed' })
    expect(await refusal({ ...intent, report: failed as never, certificate: { ...intent.certificate, report_hash: reportHashOf(failed) } })).toEqual(mismatch('report_status'))
  })

  it('gets none for an upgrade whose manifest is of other code', async () => {
    const intent = proposing()
    const [upgrade] = intent.proposal.module_changes.upgrade
    const proposal = { ...intent.proposal, module_changes: { ...intent.proposal.module_changes, upgrade: [{ ...upgrade!, wasm_hash: 'f'.repeat(64) }] } }
    expect(await refusal({ ...intent, proposal, proposal_id: proposalIdOf(proposal) })).toEqual(mismatch('module_manifests'))
  })

  it('gets none in the name of another author', async () => {
    expect(await refusal({ ...proposing(), actor: 'signer/bob' })).toEqual(mismatch('author'))
  })

  it.each([
    ['too few', applying([['ada', ada]])],
    ['one twice', applying([['ada', ada], ['ada', ada]])],
    ['a stranger', applying([['ada', ada], ['eve', stranger]])],
    ['a wrong key', applying([['ada', ada], ['bob', cleo]])],
  ])('gets none for a certificate with %s', async (_, intent) => {
    expect(await refusal(intent)).toEqual(mismatch('certificate_signatures'))
  })
})

describe('who may sign', () => {
  it.each([
    ['a key outside the set', approval(), stranger],
    ['the key of another signer', approval(), bob],
    ['a name outside the set', { ...approval(), actor: 'signer/eve' }, stranger],
    ['a signer who is no guardian', { ...veto(), actor: 'signer/ada' }, ada],
    ['an agent who approves', { ...approval(), actor: moving().actor }, ada],
    ['the key of another agent', moving(), bob],
    ['a rejection in the name of another', rejection(), bob],
  ] as const)('refuses %s', async (_, intent, signer) => {
    expect(await refusal(intent, signer)).toEqual(expect.objectContaining({ code: 'SIGNER_NOT_IN_SET' }))
  })

  it('reports every check, and the key as failed while none is chosen', async () => {
    const checks = await checkIntent(approval(), null)
    expect(checks.filter(({ passed }) => !passed).map(({ check }) => check)).toEqual(['registered_key'])
    expect((await checkIntent(approval(), ada.publicKey)).every(({ passed }) => passed)).toBe(true)
    expect(checks.length).toBeGreaterThan(12)
  })

  it('keeps a key to its world', () => {
    expect(() => assertWorld(approval(), OTHER_WORLD)).toThrowError(expect.objectContaining({ code: 'WRONG_WORLD' }))
    expect(() => assertWorld(approval(), WORLD)).not.toThrow()
    expect(() => assertWorld(approval(), null)).not.toThrow()
  })
})

describe('what is an intent', () => {
  it.each<[string, unknown]>([
    ['bytes', new Uint8Array(32)],
    ['nothing', null],
    ['a text', 'sign me'],
    ['an unknown kind', { ...moving(), kind: 'sign' }],
    ['an approval without its report', Object.fromEntries(Object.entries(approval()).filter(([name]) => name !== 'report'))],
    ['unknown fields', { ...approval(), payload: new Uint8Array(32) }],
    ['a function', { ...moving(), action: { kind: 'move_agent', target: () => 1 } }],
    ['fractions', { ...moving(), action: { kind: 'move_agent', target: 0.5 } }],
    ['a nonce of zero', { ...moving(), nonce: 0 }],
    ['an unsafe world', { ...moving(), world_id: 'belt' }],
    ['more bytes than any', { ...moving(), action: { kind: 'x', data: new Uint8Array(2 << 20) } }],
    ['an action without a kind', { ...moving(), action: { target: 1 } }],
  ])('%s is none', (_, content) => {
    expect(() => parseIntent(content)).toThrowError(expect.objectContaining({ code: 'INTENT_INVALID' }))
  })

  it.each(['propose', 'approve_proposal', 'reject_proposal', 'veto_proposal', 'apply_proposal'])('%s is no plain action', (kind) => {
    expect(() => parseIntent({ ...moving(), action: { kind, proposal_id: '0'.repeat(64) } })).toThrowError(expect.objectContaining({ code: 'INTENT_INVALID' }))
  })

  it('is a copy: what the caller changes afterwards is not signed', () => {
    const content = { ...moving(), action: { kind: 'move_agent', target: Uint8Array.of(1) } }
    const intent = parseIntent(content)
    content.action.target[0] = 2
    expect(encodeCanonical(intent as never)).toEqual(encodeCanonical({ ...moving(), action: { kind: 'move_agent', target: Uint8Array.of(1) } } as never))
  })
})
