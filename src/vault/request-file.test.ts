import { describe, expect, it } from 'vitest'
import { decodeCanonical, encodeCanonical, governanceCertificatePayload } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { proposalIdOf } from './chain-forms.ts'
import type { ProposalContent } from './chain-forms.ts'
import { checkIntent } from './check-intent.ts'
import { parseIntent } from './intent.ts'
import type { Intent, IntentOf } from './intent.ts'
import { ChunkCollector, toChunks } from './qr-chunks.ts'
import { acceptResponse, answerRequest, decodeRequest, encodeRequest } from './request-file.ts'
import { signIntent } from './sign-intent.ts'
import { ada, applying, approval, baseManifest, bob, certificateOf, cleo, moving, nextManifest, proposalOf, proposing, rejection, reportOf, stranger, veto } from './testing/intents.ts'

let salts = 0
const random = (length: number): Uint8Array => new Uint8Array(length).fill(++salts)
const NONE = { register: [], upgrade: [], activate: [], deactivate: [] }

function wholeManifest(): ProposalContent['manifest'] {
  const { governance: { epoch_id: _, ...governance }, trusted_signers } = baseManifest()
  return { governance: { ...governance, timelock_blocks: 20 }, trusted_signers } as never
}

function proposingTo(change: Partial<ProposalContent>): Intent {
  const intent = proposing()
  const proposal = proposalOf(intent.base_manifest, { author: 'signer/ada', module_changes: NONE, ...change })
  return { ...intent, proposal, proposal_id: proposalIdOf(proposal) }
}

/** Cleo's key stands for that of the group. */
function applyingAsGroup(): IntentOf<'apply_proposal'> {
  const plain = baseManifest()
  const base = { ...plain, governance: { ...plain.governance, group_key: cleo.publicKey } }
  const proposal = proposalOf(base)
  const report = reportOf(proposal)
  const next = nextManifest(base)
  const statement = certificateOf(base, next, report)
  return {
    ...applying(), proposal, proposal_id: report.proposal_id, base_manifest: base as never, next_manifest: next as never, report: report as never,
    certificate: { ...statement, scheme: 'frost', aggregate: cleo.signSync(governanceCertificatePayload(statement)) },
  }
}

const refusal = (code: string): unknown => expect.objectContaining({ code })

describe('signing across an air gap', () => {
  it.each([approval(), proposing(), rejection(), applying(), moving()])('gives the same signatures as a key in the page: $kind', async (intent) => {
    const request = encodeRequest(intent, ada.publicKey, random)
    const response = await answerRequest(decodeRequest(request), ada)
    expect(await acceptResponse(request, response, 20)).toEqual(await signIntent(intent, ada))
  })

  it('passes through QR codes in both directions', async () => {
    const scanned = (file: Uint8Array): Uint8Array => {
      const collector = new ChunkCollector()
      return toChunks(file).map((chunk) => collector.add(chunk)).at(-1)!.file!
    }
    const request = encodeRequest(approval(), ada.publicKey, random)
    const response = scanned(await answerRequest(decodeRequest(scanned(request)), ada))
    await expect(acceptResponse(request, response, null)).resolves.toBeDefined()
  })

  it.each<[string, Intent]>([
    ['a reason for an inconclusive check', { ...approval(), reason: 'Bob ran it again.' }], ['a manifest given whole', proposingTo({ manifest: wholeManifest() })],
    ['a return to a checkpoint', proposingTo({ rollback: { height: 200, state_root: '5'.repeat(64) } })], ['a certificate of a group', applyingAsGroup()],
  ])('carries %s there and back as codes', async (_, intent) => {
    const scanned = (file: Uint8Array): Uint8Array => {
      const collector = new ChunkCollector()
      return toChunks(file).toReversed().map((chunk) => collector.add(chunk)).at(-1)!.file!
    }
    const request = encodeRequest(intent, ada.publicKey, random)
    const response = scanned(await answerRequest(decodeRequest(scanned(request)), ada))
    expect(await acceptResponse(request, response, 20)).toEqual(await signIntent(parseIntent(intent), ada))
  })

  it('accepts no certificate of a group under another key, or where there is no group', async () => {
    const intent = applyingAsGroup()
    const { governance } = intent.base_manifest
    for (const group_key of [bob.publicKey, null]) {
      const base = { ...intent.base_manifest, governance: { ...governance, group_key } }
      await expect(signIntent(parseIntent({ ...intent, base_manifest: base }), ada)).rejects.toThrowError(refusal('INTENT_MISMATCH'))
      const checks = await checkIntent(parseIntent({ ...intent, base_manifest: base }), ada.publicKey)
      expect(checks.find(({ check }) => check === 'certificate_signatures')).toMatchObject({ passed: false })
    }
  })

  it('accepts no response twice: an old one fits no later request about the same', async () => {
    const old = await answerRequest(decodeRequest(encodeRequest(approval(), ada.publicKey, random)), ada)
    await expect(acceptResponse(encodeRequest(approval(), ada.publicKey, random), old, 20)).rejects.toThrowError(refusal('RESPONSE_OTHER_REQUEST'))
  })

  it('accepts none after its height', async () => {
    const request = encodeRequest(approval(), ada.publicKey, random)
    const response = await answerRequest(decodeRequest(request), ada)
    await expect(acceptResponse(request, response, 59)).resolves.toBeDefined()
    await expect(acceptResponse(request, response, 60)).rejects.toThrowError(refusal('RESPONSE_EXPIRED'))
  })

  it('refuses to answer with another key, or for a signer outside the set', async () => {
    await expect(answerRequest(decodeRequest(encodeRequest(approval(), ada.publicKey, random)), bob)).rejects.toThrowError(refusal('SIGNER_NOT_IN_SET'))
    await expect(answerRequest(decodeRequest(encodeRequest(approval(), stranger.publicKey, random)), stranger)).rejects.toThrowError(refusal('SIGNER_NOT_IN_SET'))
  })

  it('refuses to answer a request whose content does not have its hashes', async () => {
    const intent = approval()
    const request = encodeRequest({ ...intent, proposal: { ...intent.proposal, description: 'Harmless.' } }, ada.publicKey, random)
    await expect(answerRequest(decodeRequest(request), ada)).rejects.toThrowError(refusal('INTENT_MISMATCH'))
  })

  it.each(['share_signature', 'envelope_signature'] as const)('accepts no forged %s', async (field) => {
    const request = encodeRequest(approval(), ada.publicKey, random)
    const [domain, fields] = decodeCanonical(await answerRequest(decodeRequest(request), ada)) as [string, Record<string, Value>]
    for (const signature of [null, new Uint8Array(64).fill(1), fields[field === 'share_signature' ? 'envelope_signature' : 'share_signature']!]) {
      const forged = encodeCanonical([domain, { ...fields, [field]: signature }])
      const code = field === 'envelope_signature' && signature === null ? 'RESPONSE_INVALID' : 'RESPONSE_SIGNATURE'
      await expect(acceptResponse(request, forged, null)).rejects.toThrowError(refusal(code))
    }
  })

  it('refuses every cut-off or lengthened file', async () => {
    const request = encodeRequest(veto(), ada.publicKey, random)
    const response = await answerRequest(decodeRequest(encodeRequest(moving(), ada.publicKey, random)), ada)
    for (let length = 0; length < request.length; length += 11) expect(() => decodeRequest(request.subarray(0, length))).toThrowError(refusal('REQUEST_INVALID'))
    expect(() => decodeRequest(Uint8Array.of(...request, 0))).toThrowError(refusal('REQUEST_INVALID'))
    for (let length = 0; length < response.length; length += 11) {
      await expect(acceptResponse(request, response.subarray(0, length), null)).rejects.toThrowError(refusal('RESPONSE_INVALID'))
    }
  })

  it('takes neither file for the other', async () => {
    const request = encodeRequest(moving(), ada.publicKey, random)
    const response = await answerRequest(decodeRequest(request), ada)
    expect(() => decodeRequest(response)).toThrowError(refusal('REQUEST_INVALID'))
    await expect(acceptResponse(request, request, null)).rejects.toThrowError(refusal('RESPONSE_INVALID'))
  })
})
