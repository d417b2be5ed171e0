import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CodecError, compareBytes, concatBytes, equalBytes, fromHex, sha256, toHex, utf8Bytes } from './index.ts'

describe('hex', () => {
  it('inverts both ways, and reads capitals', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes)
        expect(fromHex(toHex(bytes).toUpperCase())).toEqual(bytes)
      }),
    )
    expect(toHex(Uint8Array.of(0, 1, 0xab, 0xff))).toBe('0001abff')
  })

  it.each(['0', 'abc', 'zz', '0x00', ' 00', '00 ', '0\n', '00\n', '１２', '+1', '-1', '1e'.repeat(3) + 'g0'])('refuses %j', (text) => {
    expect(() => fromHex(text)).toThrow(CodecError)
    expect(() => fromHex(text)).toThrow(expect.objectContaining({ code: 'HEX_INVALID' }))
  })

  it('refuses what is no text', () => {
    for (const junk of [undefined, null, 12, [], {}]) expect(() => fromHex(junk as unknown as string)).toThrow(CodecError)
  })
})

describe('bytes', () => {
  it('compare as unsigned bytes, a prefix before what it begins', () => {
    expect(compareBytes(Uint8Array.of(0x7f), Uint8Array.of(0x80))).toBeLessThan(0)
    expect(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBeLessThan(0)
    expect(compareBytes(new Uint8Array(0), new Uint8Array(0))).toBe(0)
  })

  it('are ordered totally, and equal exactly when neither precedes the other', () => {
    const short = fc.uint8Array({ maxLength: 3, max: 2 })
    fc.assert(
      fc.property(short, short, short, (a, b, c) => {
        expect(Math.sign(compareBytes(a, b)) + Math.sign(compareBytes(b, a))).toBe(0)
        expect(compareBytes(a, b) === 0).toBe(equalBytes(a, b))
        if (compareBytes(a, b) <= 0 && compareBytes(b, c) <= 0) expect(compareBytes(a, c)).toBeLessThanOrEqual(0)
      }),
    )
  })

  it('join into a buffer of their own', () => {
    const part = Uint8Array.of(1, 2)
    const joined = concatBytes(part, new Uint8Array(0), Uint8Array.of(3))
    part.fill(0)
    expect(joined).toEqual(Uint8Array.of(1, 2, 3))
  })
})

describe('sha256', () => {
  it('is the one of FIPS 180-4', () => {
    expect(toHex(sha256(utf8Bytes('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(toHex(sha256(new Uint8Array(0)))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })
})
