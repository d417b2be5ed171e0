/** What a person sees before a key signs, and how they say yes. The same for a request that came by file and for an intent made here. */
import { AppError, toHex } from '../../codec/index.ts'
import { digestWords, groupedHex } from '../../vault/index.ts'
import type { IntentCheck, IntentSummary, SummaryLine } from '../../vault/index.ts'
import type { FlagSpec } from '../flags.ts'
import type { Terminal } from './terminal.ts'

export const CONSENT_FLAGS = {
  yes: { type: 'boolean', default: false, help: 'do not ask; the summary is printed all the same' },
  compared: { type: 'text', default: null, value: 'HEX', help: 'with --yes, for changes of the rules of signing: the first 8 digits of the proposal id or of the signing digest, as another device shows it' },
} as const satisfies Record<string, FlagSpec>

/** How many digits of the proposal id, or of the digest of what is signed, are compared by hand where the rules of signing change (R13). */
const COMPARED_DIGITS = 8

/** Throws `SIGNER_NOT_IN_SET`, `OWN_PROPOSAL`, or `INTENT_MISMATCH` when anything else does not hold. */
export function assertChecks(checks: readonly IntentCheck[]): void {
  const failed = checks.filter(({ passed }) => !passed)
  const isOnly = (name: IntentCheck['check']): boolean => failed.length > 0 && failed.every(({ check }) => check === name)
  if (isOnly('registered_key')) {
    if (failed[0]!.computed.startsWith('no ')) throw new AppError('SIGNER_NOT_IN_SET', `Nothing was signed: ${failed[0]!.computed.slice('no '.length)} may not do this. Use the key of someone who may; "proposal manifest" names signers and guardians.`)
    throw new AppError('SIGNER_NOT_IN_SET', `Nothing was signed: the key is ${failed[0]!.stated}, and this asks for ${failed[0]!.computed}. Use the key of a signer; "aw keys list" shows those of this machine.`)
  }
  if (isOnly('not_own_proposal')) throw new AppError('OWN_PROPOSAL', 'Nothing was signed: in this world authors do not approve their own proposals. Ask another signer.')
  if (failed.length > 0) {
    throw new AppError('INTENT_MISMATCH', `Nothing was signed: ${failed.map(({ check }) => check).join(', ')} did not hold. Do not sign this elsewhere; ask who made the request.`)
  }
}

/** `digest` is that of what would be signed. Throws `NOT_COMPARED`, `DECLINED`. */
export async function assertConsent(
  terminal: Terminal, { strict, hashes, sentence }: IntentSummary, { yes, compared }: { readonly yes: boolean; readonly compared: string | null }, digest: string | null = null,
): Promise<void> {
  if (strict) {
    const question = `\nThis changes who or what may sign. Open the request in verify.html on another device and type the first ${COMPARED_DIGITS} digits of the proposal id, or of what is signed, as shown there: `
    const given = (yes ? (compared ?? '') : await terminal.line(question)).replaceAll(/\s/g, '').toLowerCase()
    const known = [hashes[0]!.hex, digest ?? hashes[0]!.hex]
    if (given.length < COMPARED_DIGITS || !known.some((hex) => hex.startsWith(given))) {
      throw new AppError('NOT_COMPARED', `Nothing was signed: give at least the first ${COMPARED_DIGITS} digits of the proposal id or of what is signed, as another device shows them, and check that it shows the same request. With --yes, give them as --compared HEX.`)
    }
  }
  if (yes) return
  const answer = await terminal.line(`\n${sentence.text}\nType "sign" to sign, anything else to leave: `)
  if (answer.trim() !== 'sign') throw new AppError('DECLINED', 'Nothing was signed.')
}

/** What is compared by voice or eye with another device (R6). */
const SPOKEN: ReadonlySet<string> = new Set(['proposal_id', 'request_id', 'signing_digest'])

/** The whole review as text. `publicKey` null while no key is chosen, `requestId` null for what came by no file; `digest` is that of what would be signed. */
export function renderReview(
  summary: IntentSummary, checks: readonly IntentCheck[], publicKey: Uint8Array | null, requestId: string | null = null, digest: string | null = null,
): string {
  const { sentence, dangers, changes, shadow, facts, hashes, note } = summary
  const named = [
    ...(digest === null ? [] : [{ name: 'signing_digest', hex: digest, recomputed: true }]), ...hashes, ...(requestId === null ? [] : [{ name: 'request_id', hex: requestId, recomputed: true }]), ...(publicKey === null ? [] : [{ name: 'key', hex: toHex(publicKey), recomputed: true }]),
  ]
  const hashLines = named.flatMap(({ name, hex, recomputed }) => [
    `${name.padEnd(20)}${groupedHex(hex)}${recomputed ? '' : '  (stated)'}`,
    ...(SPOKEN.has(name) ? [`${''.padEnd(20)}${digestWords(hex)}`] : []),
  ])
  const sections = [
    [sentence.text],
    section('DANGERS', textsOf(dangers)),
    section('What changes', textsOf(changes)),
    section('Trial run', textsOf(shadow)),
    section('Stated by the request; only the world can confirm it', textsOf(facts)),
    section('Hashes, recomputed from the content unless marked', hashLines),
    section('Checks', checks.map(({ check, passed, stated, computed }) => `${passed ? 'pass' : 'FAIL'}  ${check}${passed ? '' : `: stated ${stated}, found ${computed}`}`)),
    note === null ? [] : section("The proposer's own words; nothing vouches for them", [note.title, ...(note.description === '' ? [] : note.description.split('\n'))].map((text) => `| ${text}`)),
  ]
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')
}

export const textsOf = (lines: readonly SummaryLine[]): string[] => lines.map(({ text }) => text)

export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)]
}
