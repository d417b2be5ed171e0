import { describe, expect, it } from 'vitest'
import { publicKeyOf, verifyEd25519 } from '../crypto/index.ts'
import { fingerprintOf } from './fingerprint.ts'
import { openKeystore, parseKeystore, platformCrypto, sealKeystore } from './keystore.ts'
import { generateKey, importSeed, signNative } from './native-key.ts'

const FAST = { memory_kib: 1024, iterations: 1, parallelism: 1 } as const
const PASSPHRASE = 'correct horse battery staple'
const WORLD = `belt.${'ab'.repeat(32)}`
const crypto = platformCrypto()
const message = new TextEncoder().encode('hello')

async function sealed(): Promise<{ readonly file: string; readonly publicKey: Uint8Array }> {
  const key = await generateKey(crypto.subtle)
  return { file: await sealKeystore(crypto, key, { label: 'Ada', world_id: WORLD, passphrase: PASSPHRASE, params: FAST }), publicKey: key.publicKey }
}

/** The file with one field replaced. */
function changed(file: string, change: (fields: Record<string, unknown>) => void): string {
  const fields = JSON.parse(file) as Record<string, unknown>
  change(fields)
  return JSON.stringify(fields)
}

const flip = (hex: unknown): string => `${(Number.parseInt(String(hex)[0]!, 16) ^ 1).toString(16)}${String(hex).slice(1)}`
const refusal = (code: string): unknown => expect.objectContaining({ code })

describe('keystore file', () => {
  it('opens with its passphrase to a key that signs and cannot be read', async () => {
    const { file, publicKey } = await sealed()
    const keystore = parseKeystore(file)
    expect([keystore.label, keystore.world_id, keystore.public_key]).toEqual(['Ada', WORLD, publicKey])
    const { secret } = await openKeystore(crypto.subtle, keystore, PASSPHRASE)
    expect(secret.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('pkcs8', secret)).rejects.toThrow()
    expect(await verifyEd25519(publicKey, message, await signNative(crypto.subtle, secret, message))).toBe(true)
  })

  it('holds a seed that existed before, without showing it', async () => {
    const seed = Uint8Array.from({ length: 32 }, (_, index) => index)
    const file = await sealKeystore(crypto, await importSeed(crypto.subtle, seed, publicKeyOf(seed)), {
      label: 'old', world_id: null, passphrase: PASSPHRASE, params: FAST,
    })
    expect(file).not.toContain('000102030405060708090a0b0c0d0e0f')
    const { secret } = await openKeystore(crypto.subtle, parseKeystore(file), PASSPHRASE)
    expect(await verifyEd25519(publicKeyOf(seed), message, await signNative(crypto.subtle, secret, message))).toBe(true)
  })

  it('takes letters composed either way', async () => {
    const key = await generateKey(crypto.subtle)
    const file = await sealKeystore(crypto, key, { label: 'x', world_id: null, passphrase: 'caf\u00e9 au lait, please', params: FAST })
    await expect(openKeystore(crypto.subtle, parseKeystore(file), 'cafe\u0301 au lait, please')).resolves.toBeDefined()
  })

  it('refuses a wrong passphrase', async () => {
    const { file } = await sealed()
    await expect(openKeystore(crypto.subtle, parseKeystore(file), `${PASSPHRASE}.`)).rejects.toThrowError(refusal('KEYSTORE_NOT_OPENED'))
  })

  it.each([
    ['label', (fields: Record<string, unknown>) => { fields['label'] = 'Bob' }],
    ['world', (fields: Record<string, unknown>) => { fields['world_id'] = null }],
    ['ciphertext', (fields: Record<string, unknown>) => { fields['ciphertext'] = flip(fields['ciphertext']) }],
    ['nonce', (fields: Record<string, unknown>) => { fields['nonce'] = flip(fields['nonce']) }],
    ['salt', (fields: Record<string, unknown>) => { fields['salt'] = flip(fields['salt']) }],
    ['cost', (fields: Record<string, unknown>) => { fields['params'] = { ...FAST, iterations: 2 } }],
  ])('does not open with another %s', async (_, change) => {
    const { file } = await sealed()
    await expect(openKeystore(crypto.subtle, parseKeystore(changed(file, change)), PASSPHRASE)).rejects.toThrowError(refusal('KEYSTORE_NOT_OPENED'))
  })

  it('does not pass off one key as another', async () => {
    const [mine, other] = [await sealed(), parseKeystore((await sealed()).file)]
    const swapped = changed(mine.file, (fields) => {
      fields['public_key'] = [...other.public_key].map((byte) => byte.toString(16).padStart(2, '0')).join('')
      fields['fingerprint'] = other.fingerprint
    })
    await expect(openKeystore(crypto.subtle, parseKeystore(swapped), PASSPHRASE)).rejects.toThrowError(refusal('KEYSTORE_NOT_OPENED'))
  })

  it('refuses every cut-off file', async () => {
    const { file } = await sealed()
    const whole = file.trimEnd()
    for (let length = 0; length < whole.length; length += 7) {
      expect(() => parseKeystore(whole.slice(0, length)), `${length} characters`).toThrowError(refusal('KEYSTORE_INVALID'))
    }
  })

  it.each([
    ['an unknown field', (fields: Record<string, unknown>) => { fields['note'] = 'x' }, 'KEYSTORE_INVALID'],
    ['a later version', (fields: Record<string, unknown>) => { fields['version'] = 2 }, 'KEYSTORE_INVALID'],
    ['another KDF', (fields: Record<string, unknown>) => { fields['kdf'] = 'pbkdf2' }, 'KEYSTORE_INVALID'],
    ['a fingerprint of another key', (fields: Record<string, unknown>) => { fields['fingerprint'] = flip(fields['fingerprint']) }, 'KEYSTORE_INVALID'],
    ['a small-order public key', (fields: Record<string, unknown>) => {
      fields['public_key'] = `01${'00'.repeat(31)}`
      fields['fingerprint'] = fingerprintOf(Uint8Array.of(1, ...new Uint8Array(31)))
    }, 'KEYSTORE_INVALID'],
    ['a label with control characters', (fields: Record<string, unknown>) => { fields['label'] = 'a\u202eb' }, 'KEYSTORE_INVALID'],
    ['memory to freeze a device', (fields: Record<string, unknown>) => { fields['params'] = { ...FAST, memory_kib: 2 ** 30 } }, 'KEYSTORE_TOO_COSTLY'],
    ['passes without end', (fields: Record<string, unknown>) => { fields['params'] = { ...FAST, iterations: 1_000_000 } }, 'KEYSTORE_TOO_COSTLY'],
  ])('refuses %s', async (_, change, code) => {
    const { file } = await sealed()
    expect(() => parseKeystore(changed(file, change))).toThrowError(refusal(code))
  })

  it('wants a passphrase worth the name', async () => {
    const key = await generateKey(crypto.subtle)
    const seal = (passphrase: string): Promise<string> => sealKeystore(crypto, key, { label: 'x', world_id: null, passphrase, params: FAST })
    await expect(seal('hunter2')).rejects.toThrowError(refusal('PASSPHRASE_TOO_SHORT'))
    await expect(seal('x'.repeat(2000))).rejects.toThrowError(refusal('PASSPHRASE_TOO_LONG'))
  })

  it('says so where the engine lacks Ed25519', async () => {
    const without = { ...crypto.subtle, generateKey: () => Promise.reject(new DOMException('no', 'NotSupportedError')) } as unknown as SubtleCrypto
    await expect(generateKey(without)).rejects.toThrowError(refusal('ED25519_UNSUPPORTED'))
  })
})
