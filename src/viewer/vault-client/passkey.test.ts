import { describe, expect, it } from 'vitest'
import { askPasskey, createPasskey, fromBase64url, passkeyObstacle, toBase64url } from './passkey.ts'
import type { PasskeyPlatform } from './passkey.ts'

const OUTPUT = new Uint8Array(32).fill(7)
const ID = Uint8Array.of(250, 251, 252, 253, 254, 255)
const refusal = (code: string): unknown => expect.objectContaining({ code })

interface Asked {
  readonly kind: 'create' | 'get'
  readonly extensions: AuthenticationExtensionsClientInputs | undefined
}

/** An authenticator that answers from two lists, in order; strings are names of errors. */
function platform(creations: readonly (object | string)[], assertions: readonly (object | string)[] = [], hostname = 'localhost') {
  const asked: Asked[] = []
  const answer = (kind: Asked['kind'], answers: (object | string)[], options: { publicKey?: { extensions?: AuthenticationExtensionsClientInputs } } | undefined): Promise<Credential> => {
    asked.push({ kind, extensions: options?.publicKey?.extensions })
    const next = answers.shift()
    if (typeof next === 'string') return Promise.reject(new DOMException('no', next))
    return Promise.resolve({ rawId: ID.buffer, getClientExtensionResults: () => next } as unknown as Credential)
  }
  const [made, given] = [[...creations], [...assertions]]
  const credentials = { create: (options?: CredentialCreationOptions) => answer('create', made, options), get: (options?: CredentialRequestOptions) => answer('get', given, options) }
  return { asked, platform: { credentials, hostname } satisfies PasskeyPlatform as PasskeyPlatform }
}

describe('a passkey', () => {
  it('is asked for its secret when it is made, and gives it there or with a second touch', async () => {
    const atOnce = platform([{ prf: { enabled: true, results: { first: OUTPUT.buffer } } }])
    const lock = await createPasskey('Ada', atOnce.platform)
    expect(lock).toMatchObject({ kind: 'passkey', credential_id: '-vv8_f7_', prf_output: OUTPUT })
    expect(atOnce.asked).toEqual([{ kind: 'create', extensions: { prf: { eval: { first: lock.prf_input } } } }])

    const later = platform([{ prf: { enabled: true } }], [{ prf: { results: { first: OUTPUT } } }])
    const second = await createPasskey('Ada', later.platform)
    expect(second.prf_output).toEqual(OUTPUT)
    expect(later.asked.map(({ kind }) => kind)).toEqual(['create', 'get'])
    expect(later.asked[1]!.extensions).toEqual({ prf: { eval: { first: second.prf_input } } })
  })

  it('says that it cannot open keys when its device lacks the extension, or stumbles over it', async () => {
    await expect(createPasskey('Ada', platform([{}]).platform)).rejects.toThrowError(refusal('PASSKEY_NO_PRF'))
    const stumbling = platform(['UnknownError', {}])
    await expect(createPasskey('Ada', stumbling.platform)).rejects.toThrowError(refusal('PASSKEY_NO_PRF'))
    expect(stumbling.asked[1]).toEqual({ kind: 'create', extensions: {} })
    await expect(createPasskey('Ada', platform(['UnknownError', 'UnknownError']).platform)).rejects.toThrowError(refusal('PASSKEY_FAILED'))
    await expect(askPasskey({ credential_id: 'abcd', prf_input: OUTPUT }, platform([], [{}]).platform)).rejects.toThrowError(refusal('PASSKEY_NO_PRF'))
  })

  it('is not asked again after its holder closed the prompt', async () => {
    const closed = platform(['NotAllowedError', {}], ['NotAllowedError'])
    await expect(createPasskey('Ada', closed.platform)).rejects.toThrowError(refusal('PASSKEY_CANCELLED'))
    expect(closed.asked).toHaveLength(1)
    await expect(askPasskey({ credential_id: 'abcd', prf_input: OUTPUT }, closed.platform)).rejects.toThrowError(refusal('PASSKEY_CANCELLED'))
  })

  it('needs a browser that has them and an address with a name', async () => {
    expect(passkeyObstacle({ credentials: undefined, hostname: 'localhost' })).toBe('PASSKEY_UNSUPPORTED')
    for (const host of ['127.0.0.1', '[::1]', '192.168.1.5']) {
      const numbered = platform([{}], [], host)
      await expect(createPasskey('Ada', numbered.platform), host).rejects.toThrowError(refusal('PASSKEY_NEEDS_NAME'))
      expect(numbered.asked).toEqual([])
    }
    expect(passkeyObstacle(platform([]).platform)).toBeNull()
  })

  it('is named by its id as WebAuthn writes it', () => {
    for (const length of [1, 2, 3, 16, 64]) {
      const id = Uint8Array.from({ length }, (_, index) => (index * 37 + 250) % 256)
      expect(toBase64url(id)).toMatch(/^[A-Za-z0-9_-]+$/)
      expect(fromBase64url(toBase64url(id))).toEqual(id)
    }
  })
})
