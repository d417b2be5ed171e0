import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actionPayload, encodeActionEnvelope, toConsensusAction } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { readAction, signedPayload } from './received-action.ts'

const text = (pattern: RegExp): fc.Arbitrary<string> => fc.stringMatching(pattern)
const integers = fc.oneof(fc.integer({ min: 1, max: 70_000 }), fc.constantFrom(1, 23, 24, 255, 256, 65_535, 65_536, 0xffff_ffff, 0x1_0000_0000, Number.MAX_SAFE_INTEGER), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }))
const fields = fc.dictionary(text(/^[a-z][a-z_]{0,29}$/), fc.oneof(fc.maxSafeInteger(), text(/^[a-z ]{0,300}$/), fc.uint8Array({ maxLength: 300 }), fc.array(fc.boolean(), { maxLength: 40 })), { maxKeys: 30 })
const envelopes = fc.record({
  world_id: fc.tuple(text(/^[a-z0-9][a-z0-9-]{0,31}$/), text(/^[0-9a-f]{64}$/)).map(([name, hash]) => `${name}.${hash}`),
  actor: fc.oneof(text(/^agent\/[0-9a-f]{32}$/), text(/^validator\/[a-z0-9][a-z0-9-]{0,63}$/)),
  nonce: integers,
  valid_until_height: integers,
  action: fields.map((map) => ({ ...map, kind: 'some_kind' }) as { kind: string } & Record<string, Value>),
  signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
})

describe('the signed payload', () => {
  it('put together from the bytes of the envelope is the one that is signed', () => {
    fc.assert(fc.property(envelopes, (envelope) => {
      expect(signedPayload(envelope, encodeActionEnvelope(envelope))).toEqual(actionPayload(envelope))
    }), { numRuns: 500 })
  })
})

describe('reading an action', () => {
  it('happens once, and says why when there is none', () => {
    const action = toConsensusAction(Uint8Array.of(0xff))
    expect(readAction(action).error?.code).toBe('CBOR_FORBIDDEN_TYPE')
    expect(readAction(action)).toBe(readAction(action))
    expect(readAction({ ...action, action_id: '0'.repeat(64) })).toEqual({ error: null })
    expect(readAction({} as never)).toEqual({ error: null })
  })
})
