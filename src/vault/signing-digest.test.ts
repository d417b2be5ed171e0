import { describe, expect, it } from 'vitest'
import { digestCode, parseDigestCode } from './digest-code.ts'
import { signingDigest } from './sign-intent.ts'
import { ada, approval, bob, moving, proposing, veto } from './testing/intents.ts'

describe('the digest that devices compare', () => {
  it('is the same for every signer of a proposal, whoever acts with whatever number', () => {
    const mine = signingDigest(approval(), ada.publicKey)
    expect(signingDigest({ ...approval(), actor: 'signer/bob', nonce: 9 }, bob.publicKey)).toBe(mine)
    expect(mine).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is another one for everything else that is signed', () => {
    const intents = [approval(), { ...approval(), certificate: { ...approval().certificate, expires_height: 777 } }, veto(), proposing(), moving(), { ...moving(), nonce: 77 }]
    expect(new Set(intents.map((intent) => signingDigest(intent, null))).size).toBe(intents.length)
  })

  it('waits for the key where the action holds it', () => {
    const intent = { ...moving(), action: { kind: 'register_agent' } }
    expect(signingDigest(intent, null)).toBeNull()
    expect(signingDigest(intent, ada.publicKey)).not.toBe(signingDigest(intent, bob.publicKey))
  })

  it('travels as a code of its own kind', () => {
    const digest = signingDigest(approval(), null)!
    expect(parseDigestCode(digestCode(digest))).toBe(digest)
    for (const code of ['', digest, `AWD1/${digest}`, digestCode(digest).slice(0, -1), `${digestCode(digest)}0`, `AWQ1/${digest}`]) expect(parseDigestCode(code), code).toBeNull()
  })
})
