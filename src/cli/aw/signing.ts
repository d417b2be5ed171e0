/** From an intent to its receipt: shown, checked, agreed to, signed with a key of this machine and submitted; or written as a request for another. */
import { AppError, toHex } from '../../codec/index.ts'
import type { ErrorDetail } from '../../codec/index.ts'
import type { ReceiptAt } from '../../node/index.ts'
import { acceptResponse, answerRequest, assertWorld, checkIntent, decodeRequest, encodeRequest, openKeystore, platformCrypto, signingDigest, signNative, summarize } from '../../vault/index.ts'
import type { Intent, IntentSummary, Keystore } from '../../vault/index.ts'
import { FlagError } from '../flags.ts'
import type { Flags, FlagSpec } from '../flags.ts'
import { actorOf, frameOf, keyOfSigner } from './actor.ts'
import type { ActionFrame } from './actor.ts'
import type { Chain, RecordsAt } from './chain.ts'
import { passphraseFor, readKeyFile, writeNew } from './key-files.ts'
import { assertChecks, assertConsent, CONSENT_FLAGS, renderReview } from './review.ts'
import type { Terminal } from './terminal.ts'

export const SIGNING_FLAGS = {
  key: { type: 'text', default: null, value: 'FILE', help: 'keystore to sign with, here and now' },
  'passphrase-file': { type: 'text', default: null, value: 'FILE', help: 'first line is the passphrase (default: asked for)' },
  request: { type: 'text', default: null, value: 'OUT', help: 'write a request (.awsign) for "aw sign" on another machine instead; --key or --as says for whom' },
  as: { type: 'text', default: null, value: 'ACTOR', help: 'act as signer/NAME, agent/ID or validator/ID (default: whoever the key is in this world)' },
  'valid-blocks': { type: 'integer', default: null, min: 1, max: 1_000_000, value: 'N', help: 'blocks it stays valid (default 120, of a request 900)' },
  ...CONSENT_FLAGS,
} as const satisfies Record<string, FlagSpec>

const VALID_BLOCKS = { signed: 120, request: 900 } as const

export interface SigningComponents {
  readonly terminal: Terminal
  /** Where the review goes: standard output, or standard error where that is kept for JSON. */
  readonly review: (text: string) => void
}

export type Outcome =
  | { readonly type: 'requested'; readonly file: string; readonly request_id: string; readonly actor: string; readonly valid_until_height: number }
  | { readonly type: 'submitted'; readonly actor: string; readonly action_id: string; readonly at: ReceiptAt }

type SigningFlags = Flags<typeof SIGNING_FLAGS>

/**
 * `make` builds the intent from records proven together. Throws `INTENT_MISMATCH`, `SIGNER_NOT_IN_SET`, `NOT_COMPARED`, `DECLINED` and what the
 * keystore, the mempool and `make` throw; nothing was signed then.
 */
export async function signOrRequest(chain: Chain, { terminal, review }: SigningComponents, flags: SigningFlags, make: (state: RecordsAt, frame: ActionFrame) => Intent): Promise<Outcome> {
  const keystore = flags.key === null ? null : readKeyFile(flags.key).keystore
  assertSomeoneSigns(flags)
  const { intent, publicKey } = await chain.derive((state) => {
    const key = keystore?.public_key ?? keyFor(state, flags.as)
    const frame = frameOf(state, chain.worldId, flags.as ?? actorOf(state, key), flags['valid-blocks'] ?? VALID_BLOCKS[flags.request === null ? 'signed' : 'request'])
    return { intent: make(state, frame), publicKey: key }
  })
  const summary = summarize(intent)
  const checks = await checkIntent(intent, publicKey)
  review(renderReview(summary, checks, publicKey, null, signingDigest(intent, publicKey)))
  assertChecks(checks)
  const request = encodeRequest(intent, publicKey, platformCrypto().randomBytes)
  const { actor, valid_until_height } = intent
  if (flags.request !== null) {
    writeNew(flags.request, request, 0o644)
    return { type: 'requested', file: flags.request, request_id: decodeRequest(request).request_id, actor, valid_until_height }
  }
  // Of what was put together here this minute, no other device knows anything yet.
  const response = await answerHere(request, keystore!, intent.kind === 'propose' ? { ...summary, strict: false } : summary, terminal, flags)
  return submitResponse(chain, request, response)
}

/** Asked before a node is started, too. Throws `FLAG_VALUE`. */
export function assertSomeoneSigns({ key, request }: Pick<SigningFlags, 'key' | 'request'>): void {
  if (key === null && request === null) throw new FlagError('FLAG_VALUE', 'Give --key FILE to sign here, or --request OUT to have it signed on another machine.')
}

/** Submits what a response makes of its request, and waits for the receipt. Throws `RESPONSE_…` and what the mempool says. */
export async function submitResponse(chain: Chain, request: Uint8Array, response: Uint8Array): Promise<Outcome> {
  const { intent } = decodeRequest(request)
  assertWorld(intent, chain.worldId)
  const { envelope, action_id } = await acceptResponse(request, response, chain.height())
  const at = await chain.submit(envelope, intent.valid_until_height).catch(tellWhy)
  return { type: 'submitted', actor: intent.actor, action_id, at }
}

/** A refusal names its grounds in `detail`; a person at a terminal reads the message alone. */
function tellWhy(error: unknown): never {
  if (!(error instanceof AppError) || Object.values(error.detail).every((ground) => error.message.includes(String(ground)))) throw error
  throw new AppError(error.code, `${error.message} ${JSON.stringify(error.detail)}`, error.detail, { cause: error })
}

function keyFor(state: RecordsAt, actor: string | null): Uint8Array {
  if (actor !== null && actor.startsWith('signer/')) return keyOfSigner(state, actor)
  throw new FlagError('FLAG_VALUE', 'A request names the key that is to sign: give its keystore with --key FILE (it is not opened), or a signer with --as signer/NAME.')
}

async function answerHere(request: Uint8Array, keystore: Keystore, summary: IntentSummary, terminal: Terminal, flags: SigningFlags): Promise<Uint8Array> {
  const decoded = decodeRequest(request)
  assertWorld(decoded.intent, keystore.world_id)
  await assertConsent(terminal, summary, flags, signingDigest(decoded.intent, decoded.public_key))
  const passphrase = await passphraseFor(terminal, flags['passphrase-file'], `Passphrase of "${keystore.label}"`)
  const { subtle } = platformCrypto()
  const { publicKey, secret } = await openKeystore(subtle, keystore, passphrase)
  return answerRequest(decoded, { publicKey, sign: (payload) => signNative(subtle, secret, payload) })
}

/** Throws the code and hint of an action that was refused. */
export function assertApplied(outcome: Outcome): void {
  const why = whyRefused(outcome)
  if (why !== null) throw new AppError(why.code, why.message, why.detail)
}

/** Null for what was applied, or only requested. */
export function whyRefused(outcome: Outcome): { readonly code: string; readonly message: string; readonly detail: ErrorDetail } | null {
  if (outcome.type === 'requested' || outcome.at.receipt.status === 'applied') return null
  const { code, hint, detail } = outcome.at.receipt
  const numbers = Object.keys(detail).length === 0 ? '' : `: ${JSON.stringify(detail)}`
  return { code: code!, message: `${hint ?? ''} (refused in block ${outcome.at.height}${numbers})`, detail }
}

/** The outcome as plain data for `--json`. */
export function outcomeJson(outcome: Outcome): Readonly<Record<string, unknown>> {
  if (outcome.type === 'requested') return { ok: true, ...outcome }
  const { actor, action_id, at: { height, receipt, events } } = outcome
  const { status, code, hint, detail, fees, fuel } = receipt
  return { ok: status === 'applied', type: outcome.type, actor, action_id, height, status, code, hint, detail, fees, fuel, events: events.map(({ id, kind, payload }) => ({ id, kind, payload })) }
}

export function outcomeText(outcome: Outcome): string {
  if (outcome.type === 'requested') {
    const response = outcome.file.replace(/\.awsign$/, '')
    return [
      `request for ${outcome.actor}: ${outcome.file} (id ${outcome.request_id}), valid until height ${outcome.valid_until_height}`,
      `next: "npm run aw -- sign ${outcome.file}" where the key is, then "npm run aw -- proposal submit ${response}.awsig"`,
    ].join('\n')
  }
  const { actor, action_id, at: { height, receipt, events } } = outcome
  return [
    `${receipt.status} in block ${height}: action ${action_id} of ${actor}, fees ${receipt.fees.electricity} electricity ${receipt.fees.data} data`,
    ...events.map(({ id, kind, payload }) => `  ${id} ${kind} ${briefly(payload)}`),
  ].join('\n')
}

const MAX_SHOWN = 160

function briefly(payload: unknown): string {
  const text = JSON.stringify(payload, (_, value: unknown) => (value instanceof Uint8Array ? toHex(value.subarray(0, 16)) + (value.length > 16 ? '…' : '') : value))
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`
}
