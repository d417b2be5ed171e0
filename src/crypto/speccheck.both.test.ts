import { describe, expect, it } from 'vitest'
import { fromHex } from '../codec/index.ts'
import { verifyEd25519, verifyEd25519Portable } from './index.ts'
import { SPECCHECK_VECTORS } from './speccheck-vectors.ts'

describe('"Taming the many EdDSAs", cases 0 to 11', () => {
  it('has all twelve, of which Rule S accepts case 3 alone', () => {
    expect(SPECCHECK_VECTORS.map(({ accepted }) => (accepted ? 'V' : 'X')).join('')).toBe('XXXVXXXXXXXX')
  })

  it.each(SPECCHECK_VECTORS.map((vector, number) => ({ number, ...vector })))(
    'case $number ($what) is accepted: $accepted, on both paths',
    async ({ publicKey, message, signature, accepted }) => {
      const input = [fromHex(publicKey), fromHex(message), fromHex(signature)] as const
      expect({ fast: await verifyEd25519(...input), portable: verifyEd25519Portable(...input) }).toEqual({ fast: accepted, portable: accepted })
    },
  )
})
