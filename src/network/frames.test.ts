import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../codec/index.ts'
import { encodeFrame, FrameParser } from './frames.ts'

const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 })

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = []
  let offset = 0
  for (let i = 0; offset < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length]!)
    parts.push(bytes.subarray(offset, offset + size))
    offset += size
  }
  return parts
}

describe('frames', () => {
  it('come out as they went in, however the bytes are cut', () => {
    fc.assert(
      fc.property(payloads, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 10 }), (messages, sizes) => {
        const parser = new FrameParser(300)
        const out = cut(concatBytes(...messages.map(encodeFrame)), sizes).flatMap((part) => parser.push(part))
        expect(out).toEqual(messages)
        expect(parser.partial).toBe(false)
      }),
    )
  })

  it('refuse an announced length over the limit before any payload arrives', () => {
    const parser = new FrameParser(1000)
    expect(() => parser.push(encodeFrame(new Uint8Array(1001)).subarray(0, 2))).toThrowError(expect.objectContaining({ code: 'RPC_TOO_LARGE' }))
  })

  it('refuse an endless length prefix', () => {
    expect(() => new FrameParser(1000).push(new Uint8Array(5).fill(0x80))).toThrowError(expect.objectContaining({ code: 'RPC_TOO_LARGE' }))
  })

  it('refuse a length that is not in its shortest form', () => {
    expect(() => new FrameParser(1000).push(Uint8Array.of(0x81, 0x00, 7))).toThrowError(expect.objectContaining({ code: 'RPC_BAD_MESSAGE' }))
  })

  it('survive any bytes: whole frames within the limit, or a typed refusal', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (parts) => {
        const parser = new FrameParser(64)
        try {
          for (const part of parts) for (const frame of parser.push(part)) expect(frame.length).toBeLessThanOrEqual(64)
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^RPC_(TOO_LARGE|BAD_MESSAGE)$/) })
        }
      }),
    )
  })
})
