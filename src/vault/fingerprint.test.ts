import { describe, expect, it } from 'vitest'
import { digestWords, fingerprintOf, groupedHex } from './fingerprint.ts'

describe('digests for people', () => {
  it('are shown whole in groups of four bytes', () => {
    expect(groupedHex('00112233445566778899aabb')).toBe('00112233 44556677 8899aabb')
  })

  it('are read aloud as proquints: the examples of arXiv:0901.4016', () => {
    // 127.0.0.1, 63.84.220.193, 63.118.7.35, 140.98.193.141
    expect(digestWords('7f0000013f54dcc13f7607238c62c18d')).toBe('lusab babad gutih tugad gutuk bisog mudof sakat')
  })

  it('name each key differently and always the same', () => {
    const [one, other] = [new Uint8Array(32), new Uint8Array(32).fill(1)]
    expect(fingerprintOf(one)).toBe(fingerprintOf(one.slice()))
    expect(fingerprintOf(one)).not.toBe(fingerprintOf(other))
    expect(fingerprintOf(one)).toMatch(/^[0-9a-f]{64}$/)
  })
})
