import { describe, expect, it } from 'vitest'
import * as door from './index.ts'
import { claimed, derive, fromOwnVerifier, isVerified, seal, toMessage, Verified } from './verified.ts'
import type { Provenance } from './verified.ts'

const provenance: Provenance = { world_id: 'w', height: 3, block_hash: new Uint8Array(32), state_root: new Uint8Array(32), steps: [{ kind: 'checkpoint', height: 1 }] }

describe('Verified', () => {
  it('cannot be made by anyone who lacks the token', () => {
    expect(() => new Verified(Symbol('constructed by the verifier'), 1, provenance)).toThrow(TypeError)
    expect(() => Reflect.construct(Verified, [undefined, 1, provenance])).toThrow(TypeError)
    const real = seal(1, provenance)
    expect(() => Reflect.construct(real.constructor, [undefined, 2, provenance])).toThrow(TypeError)
  })

  it('is not exported as a value, and neither is the function that makes one', () => {
    expect(Object.keys(door)).not.toContain('Verified')
    expect(Object.keys(door)).not.toContain('seal')
  })

  it('is told from anything that looks like it', () => {
    const real = seal('x', provenance)
    expect(isVerified(real)).toBe(true)
    const fakes: unknown[] = [{ ...real }, structuredClone({ ...real }), Object.create(Verified.prototype), Object.create(real), claimed('x', 'a peer'), null, 'x']
    for (const fake of fakes) expect(isVerified(fake as typeof real)).toBe(false)
  })

  it('does not change', () => {
    const real = seal('x', provenance)
    expect(() => Object.assign(real, { value: 'y' })).toThrow(TypeError)
    expect(real.value).toBe('x')
  })

  it('hands its trail on to what is derived from it', () => {
    const length = derive(seal('four', provenance), 'length of the name', (value) => value.length)
    expect(length.value).toBe(4)
    expect(length.provenance.steps).toEqual([{ kind: 'checkpoint', height: 1 }, { kind: 'derived', rule: 'length of the name' }])
    expect(isVerified(length)).toBe(true)
  })

  it('crosses a message port as data and is sealed again on the other side', () => {
    const arrived = fromOwnVerifier(structuredClone(toMessage(seal({ energy: 7 }, provenance))))
    expect(isVerified(arrived)).toBe(true)
    expect(arrived.value).toEqual({ energy: 7 })
    expect(arrived.provenance).toEqual(provenance)
  })
})
