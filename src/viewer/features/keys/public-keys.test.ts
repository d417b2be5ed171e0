import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../../../codec/index.ts'
import { createPortableSigner } from '../../../crypto/index.ts'
import { parsePublicKey, publicKeyCode, publicKeyFile, unwatchKey, watchKey, watchedStore } from './public-keys.ts'

const { publicKey } = createPortableSigner(new Uint8Array(32).fill(9))
const refusal = (code: string): unknown => expect.objectContaining({ code })

describe('a public key from another device', () => {
  it('is read from its code, its file and plain digits', () => {
    for (const given of [toHex(publicKey), ` ${toHex(publicKey).toUpperCase()}\n`, publicKeyCode(publicKey)]) expect(parsePublicKey(given)).toEqual({ publicKey, label: null })
    expect(parsePublicKey(publicKeyFile(publicKey, 'Ada'))).toEqual({ publicKey, label: 'Ada' })
  })

  it('is refused when it is none, was changed, or would let anybody sign', () => {
    const file = JSON.parse(publicKeyFile(publicKey, 'Ada')) as object
    const smallOrder = `01${'00'.repeat(31)}`
    const bad = [
      '', 'hello', toHex(publicKey).slice(1), JSON.stringify({ ...file, label: 'a\u202eb' }), JSON.stringify({ ...file, fingerprint: '0'.repeat(64) }), JSON.stringify({ ...file, more: 1 }),
      JSON.stringify({ ...file, public_key: '0'.repeat(64) }), smallOrder, 'null', '[]', `AWQ1/${toHex(publicKey)}`,
    ]
    for (const given of bad) expect(() => parsePublicKey(given), given).toThrow(refusal('PUBLIC_KEY_INVALID'))
    expect(() => fromHex(smallOrder)).not.toThrow()
  })

  it('is kept once, under a name that hides nothing', () => {
    watchKey(publicKey, ' Ada ', null, 5)
    expect(watchedStore.getState().value).toEqual([{ public_key: toHex(publicKey), label: 'Ada', world_id: null, added_at: 5 }])
    expect(() => watchKey(publicKey, 'Again', null, 6)).toThrow(refusal('KEY_EXISTS'))
    unwatchKey(toHex(publicKey))
    expect(watchedStore.getState().value).toEqual([])
    expect(() => watchKey(publicKey, 'a\u202eb', null, 6)).toThrow(refusal('LABEL_INVALID'))
  })
})
