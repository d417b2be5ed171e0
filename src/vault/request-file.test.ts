import { describe, expect, it } from 'vitest'
import { decodeCanonical, encodeCanonical } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { ChunkCollector, toChunks } from './qr-chunks.ts'
import { acceptResponse, answerRequest, decodeRequest, encodeRequest } from './request-file.ts'
import { signIntent } from './sign-intent.ts'
import { ada, applying, approval, bob, moving, proposing, rejection, stranger, veto } from './testing/intents.ts'

let salts = 0
const random = (length: number): Uint8Array => new Uint8Array(length).fill(++salts)
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
