import { describe, expect, it } from 'vitest'
import { schema } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { platformCrypto } from './keystore.ts'
import { withHex } from './hex-fields.ts'
import { openSecret, SEALED_FIELDS, sealSecret } from './sealed-secret.ts'

const PASSPHRASE = 'correct horse battery'
const CHEAP = { memory_kib: 1024, iterations: 1, parallelism: 1 }
const { subtle } = platformCrypto()
const sealed = (secret: Uint8Array, about: Value = 'about'): ReturnType<typeof sealSecret> => sealSecret(platformCrypto(), secret, about, PASSPHRASE, CHEAP)

describe('a sealed secret', () => {
  it.each([1, 32, 5_000])('of %i bytes opens with its passphrase, also after it was a file', async (length) => {
    const secret = crypto.getRandomValues(new Uint8Array(length))
    const file = JSON.parse(JSON.stringify(withHex(await sealed(secret)))) as Value
    expect(await openSecret(subtle, schema.object(SEALED_FIELDS).parse(file, ''), 'about', PASSPHRASE)).toEqual(secret)
  })

  it('opens with nothing else', async () => {
    const box = await sealed(Uint8Array.of(1, 2, 3))
    expect(await openSecret(subtle, box, 'about', 'another passphrase')).toBeUndefined()
    expect(await openSecret(subtle, box, 'about something else', PASSPHRASE)).toBeUndefined()
    expect(await openSecret(subtle, { ...box, params: { ...CHEAP, iterations: 2 } }, 'about', PASSPHRASE)).toBeUndefined()
    expect(await openSecret(subtle, { ...box, ciphertext: box.ciphertext.map((byte, index) => (index === 0 ? byte ^ 1 : byte)) }, 'about', PASSPHRASE)).toBeUndefined()
  })

  it('never looks the same twice, and takes no weak passphrase', async () => {
    const [a, b] = [await sealed(Uint8Array.of(1)), await sealed(Uint8Array.of(1))]
    expect(a.ciphertext).not.toEqual(b.ciphertext)
    await expect(sealSecret(platformCrypto(), Uint8Array.of(1), null, 'short', CHEAP)).rejects.toMatchObject({ code: 'PASSPHRASE_TOO_SHORT' })
  })
})
