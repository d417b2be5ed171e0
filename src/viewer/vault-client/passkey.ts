/**
 * Passkeys that open keys: WebAuthn with its PRF extension (WebAuthn level 3 §10.1.4). The passkey evaluates a secret function on `prf_input`; what comes out opens
 * the key in the vault and is kept nowhere.
 */
import type { Lock } from '../../vault/index.ts'
import { PageError } from '../node-client/errors.ts'

/** Time a person has to touch the device. */
const TIMEOUT_MS = 120_000
const PRF_BYTES = 32
/** EdDSA, ES256, RS256 (COSE): the passkey's own signatures are not used, so any will do. */
const ALGORITHMS = [-8, -7, -257]

export type PasskeyLock = Extract<Lock, { readonly kind: 'passkey' }>

/** What the browser gives for it; replaced in tests. */
export interface PasskeyPlatform {
  readonly credentials: Pick<CredentialsContainer, 'create' | 'get'> | undefined
  readonly hostname: string
}

const browserPlatform = (): PasskeyPlatform => ({
  credentials: typeof PublicKeyCredential === 'undefined' ? undefined : navigator.credentials,
  hostname: location.hostname,
})

/** Why passkeys cannot be used on this page at all; null when they can be tried. */
export function passkeyObstacle({ credentials, hostname }: PasskeyPlatform = browserPlatform()): 'PASSKEY_UNSUPPORTED' | 'PASSKEY_NEEDS_NAME' | null {
  if (credentials === undefined) return 'PASSKEY_UNSUPPORTED'
  return /^\[|^\d+(\.\d+){3}$/.test(hostname) ? 'PASSKEY_NEEDS_NAME' : null
}

/** A new passkey named `label`. Throws `PASSKEY_UNSUPPORTED`, `PASSKEY_NEEDS_NAME`, `PASSKEY_CANCELLED`, `PASSKEY_NO_PRF`, `PASSKEY_FAILED`. */
export async function createPasskey(label: string, platform: PasskeyPlatform = browserPlatform()): Promise<PasskeyLock> {
  const credentials = usable(platform)
  const prfInput = randomBytes(PRF_BYTES)
  // The evaluation is asked for at once: Windows Hello aborts on an empty `prf: {}`.
  const created = await create(credentials, platform, label, { prf: { eval: { first: prfInput } } }).catch(async (error: unknown) => {
    if (isRefusal(error)) throw passkeyError(error)
    // Tells an authenticator that stumbles over the extension from one that does not work.
    await create(credentials, platform, label, {}).catch((second: unknown) => { throw passkeyError(second) })
    throw new PageError('PASSKEY_NO_PRF', MESSAGES.PASSKEY_NO_PRF, {}, { cause: error })
  })
  const credentialId = toBase64url(new Uint8Array(created.rawId))
  const { prf } = created.getClientExtensionResults()
  if (prf?.enabled !== true && prf?.results === undefined) throw new PageError('PASSKEY_NO_PRF', MESSAGES.PASSKEY_NO_PRF)
  const prfOutput = prf.results === undefined ? await askPasskey({ credential_id: credentialId, prf_input: prfInput }, platform) : bytesOf(prf.results.first)
  return { kind: 'passkey', credential_id: credentialId, prf_input: prfInput, prf_output: prfOutput }
}

/** What the passkey makes of its input, with its holder present. Throws as `createPasskey` does. */
export async function askPasskey(
  { credential_id, prf_input }: { readonly credential_id: string; readonly prf_input: Uint8Array }, platform: PasskeyPlatform = browserPlatform(),
): Promise<Uint8Array> {
  const credentials = usable(platform)
  const asserted = (await credentials.get({
    publicKey: {
      challenge: randomBytes(32), rpId: platform.hostname, timeout: TIMEOUT_MS, userVerification: 'required',
      allowCredentials: [{ type: 'public-key', id: fromBase64url(credential_id) }],
      extensions: { prf: { eval: { first: prf_input as Uint8Array<ArrayBuffer> } } },
    },
  }).catch((error: unknown) => { throw passkeyError(error) })) as PublicKeyCredential | null
  const first = asserted?.getClientExtensionResults().prf?.results?.first
  if (first === undefined) throw new PageError('PASSKEY_NO_PRF', MESSAGES.PASSKEY_NO_PRF)
  return bytesOf(first)
}

async function create(
  credentials: NonNullable<PasskeyPlatform['credentials']>, { hostname }: PasskeyPlatform, label: string, extensions: AuthenticationExtensionsClientInputs,
): Promise<PublicKeyCredential> {
  const created = await credentials.create({
    publicKey: {
      rp: { name: 'Agent World', id: hostname }, user: { id: randomBytes(16), name: label, displayName: label }, challenge: randomBytes(32), timeout: TIMEOUT_MS,
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' }, attestation: 'none', extensions,
    },
  })
  if (created === null) throw new PageError('PASSKEY_FAILED', MESSAGES.PASSKEY_FAILED)
  return created as PublicKeyCredential
}

function usable(platform: PasskeyPlatform): NonNullable<PasskeyPlatform['credentials']> {
  const obstacle = passkeyObstacle(platform)
  if (obstacle !== null) throw new PageError(obstacle, MESSAGES[obstacle])
  return platform.credentials!
}

const MESSAGES = {
  PASSKEY_UNSUPPORTED: 'This browser has no passkeys. Choose a passphrase.',
  PASSKEY_NEEDS_NAME: 'Passkeys need an address with a name. Open this page as localhost or under its host name, or choose a passphrase.',
  PASSKEY_CANCELLED: 'The passkey was not given: the prompt was closed, or took too long. Try again.',
  PASSKEY_NO_PRF: 'This passkey cannot open keys: its device lacks the PRF extension. Choose a passphrase, or another device.',
  PASSKEY_FAILED: 'The passkey did not answer as it should. Try again, or open the key from its backup file.',
} as const

/** Closed by the person or by the page's rules: another try with other options would only ask again. */
const isRefusal = (error: unknown): boolean => ['NotAllowedError', 'AbortError', 'SecurityError', 'InvalidStateError'].includes((error as { name?: string }).name ?? '')

function passkeyError(cause: unknown): PageError {
  if (cause instanceof PageError) return cause
  const name = (cause as { name?: string }).name ?? ''
  const code = name === 'NotAllowedError' || name === 'AbortError' ? 'PASSKEY_CANCELLED' : name === 'SecurityError' ? 'PASSKEY_NEEDS_NAME' : 'PASSKEY_FAILED'
  return new PageError(code, MESSAGES[code], {}, { cause })
}

const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length))

const bytesOf = (source: BufferSource): Uint8Array => (source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength)).slice()

export const toBase64url = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')

export const fromBase64url = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
