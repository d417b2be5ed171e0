import { toHex } from '../../codec/index.ts'
import { checkIntent, decodeRequest, digestCode, digestWords, groupedHex, signingDigest, summarize } from '../../vault/index.ts'
import type { IntentCheck, SigningRequest } from '../../vault/index.ts'
import { element, part, row } from './elements.ts'
import type { Messages } from './messages.ts'
import { qrCode } from './qr-code.ts'

/** What a request asks to sign, from its bytes alone. `worldId` is the world it must be for; null takes any. Throws `VaultError` for what is no request. */
export async function review(t: Messages, bytes: Uint8Array, worldId: string | null): Promise<HTMLElement> {
  const request = decodeRequest(bytes)
  const checks = await checkIntent(request.intent, request.public_key)
  const otherWorld = worldId !== null && worldId !== request.intent.world_id
  return view(t, request, checks, otherWorld)
}

function view(t: Messages, { intent, public_key, request_id }: SigningRequest, checks: readonly IntentCheck[], otherWorld: boolean): HTMLElement {
  const r = t.request
  const { sentence, dangers, changes, shadow, facts, hashes, note, strict } = summarize(intent)
  const failed = checks.filter(({ passed }) => !passed)
  const isBad = failed.length > 0 || otherWorld
  const digest = isBad ? null : signingDigest(intent, public_key)
  return element('section', { class: 'result', 'data-verdict': isBad ? 'bad' : strict ? 'unrooted' : 'read' },
    element('h2', {}, isBad ? `✖ ${otherWorld ? r.otherWorld : r.failed}` : r.say(sentence)),
    ...(isBad ? [element('p', {}, r.say(sentence))] : []),
    ...(strict ? [element('p', { class: 'strict' }, `⚠ ${r.strict}`)] : []),
    element('h3', {}, r.dangers),
    ...(dangers.length === 0 ? [element('p', {}, r.noDangers)] : [element('ul', {}, ...dangers.map((line) => element('li', { 'data-mark': '⚠' }, r.say(line))))]),
    ...part(r.changes, changes.map(r.say), '•'),
    ...part(r.shadow, shadow.map(r.say), '•'),
    ...(digest === null ? [] : digestView(t, digest)),
    element('h3', {}, r.hashes),
    element('dl', {},
      ...hashes.flatMap(({ name, hex, recomputed }) => hashRow(name, hex, recomputed ? '' : ` (${r.stated})`)),
      ...hashRow('request_id', request_id), ...hashRow('key', toHex(public_key)),
    ),
    element('h3', {}, r.checks),
    element('ul', {}, ...checks.map(({ check, passed, stated, computed }) => (
      element('li', { 'data-mark': passed ? '✔' : '✖' }, passed ? r.names[check] : `${r.names[check]}: ${r.found(stated, computed)}`)
    ))),
    ...part(r.facts, facts.map(r.say), '?'),
    ...(note === null ? [] : [element('h3', {}, r.note), element('blockquote', { dir: 'auto' }, element('b', {}, note.title), `\n${note.description}`)]),
  )
}

/** What two devices compare, by eye, by voice or by camera (R6, R7). */
function digestView(t: Messages, digest: string): readonly HTMLElement[] {
  const { request: r } = t
  return [
    element('h3', {}, r.digest),
    element('p', {}, r.digestHint),
    element('div', { class: 'digest' }, qrCode(digestCode(digest), r.digestCode), element('code', {}, groupedHex(digest)), element('strong', {}, digestWords(digest))),
  ]
}

function hashRow(name: string, hex: string, mark = ''): readonly HTMLElement[] {
  return row(name, element('code', {}, groupedHex(hex)), mark)
}
