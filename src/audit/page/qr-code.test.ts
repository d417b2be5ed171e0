import fc from 'fast-check'
import { decodeQR } from 'qr/decode.js'
import { describe, expect, it } from 'vitest'
import { digestCode } from '../../vault/index.ts'
import { qrModules } from './qr-code.ts'

const SCALE = 4
const QUIET = 4

/** The code as a camera would see it. */
function picture(modules: readonly (readonly boolean[])[]): { width: number; height: number; data: Uint8Array } {
  const side = (modules.length + 2 * QUIET) * SCALE
  const data = new Uint8Array(4 * side * side).fill(255)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (modules[Math.floor(y / SCALE) - QUIET]?.[Math.floor(x / SCALE) - QUIET] === true) data.fill(0, 4 * (y * side + x), 4 * (y * side + x) + 3)
    }
  }
  return { width: side, height: side, data }
}

describe('the QR code of verify.html', () => {
  it('is read by an independent decoder, for any digest', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const code = digestCode([...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
      expect(decodeQR(picture(qrModules(code)))).toBe(code)
    }), { numRuns: 50 })
  })

  it('is read at every length, and when a part of it is damaged', () => {
    for (const length of [1, 2, 63, 88, 89, 90]) expect(decodeQR(picture(qrModules('$'.repeat(length))))).toBe('$'.repeat(length))
    const damaged = qrModules('AWD1/TEST').map((row, y) => row.map((dark, x) => (y > 10 && y < 14 && x > 12 && x < 22 ? !dark : dark)))
    expect(decodeQR(picture(damaged))).toBe('AWD1/TEST')
  })

  it('refuses what does not fit', () => {
    for (const text of ['lower', 'A'.repeat(91), 'Ä']) expect(() => qrModules(text)).toThrow(RangeError)
  })
})
