/**
 * verify.html: a page of its own, without network, framework or storage. It checks audit files, and shows what a signing request would have signed: the second
 * device of a signer.
 */
import { ChunkCollector, MAX_REQUEST_BYTES, VaultError } from '../../vault/index.ts'
import { AuditError } from '../errors.ts'
import { readLines } from '../read-lines.ts'
import { parseCheckpoint, verifyAudit } from '../verify-audit.ts'
import type { VerifyOptions } from '../verify-audit.ts'
import { canScan, scan } from './camera.ts'
import { button, element, field, fileInput } from './elements.ts'
import { messagesFor } from './messages.ts'
import { failure, result } from './result.ts'
import { review } from './review.ts'

/** Between two notes of progress; also lets the page breathe. */
const PROGRESS_MS = 200
/** First byte of a request: a list of two in CBOR. No line of JSON begins with it. */
const REQUEST_HEAD = 0x82
/** What codes of a request begin with. */
const CODE_HEAD = 'AWQ1/'

const t = messagesFor(navigator.language)
document.documentElement.lang = navigator.language
document.title = `Agent World: ${t.title}`

const file = fileInput('.jsonl,.awsign,.txt,application/jsonl')
const codes = element('textarea', { rows: '2', autocomplete: 'off', spellcheck: 'false' })
const trusted = element('input', { type: 'text', autocomplete: 'off', spellcheck: 'false' })
const again = button(t.again, () => void check())
again.disabled = true
const outcome = element('div', { role: 'status', 'aria-live': 'polite' })
const drop = element('div', { class: 'drop' }, element('p', {}, t.drop), field(t.choose, null, file))

/** What is to be checked: a file, or the bytes of a request that came as codes. */
let chosen: File | Uint8Array | null = null
/** Rises with every check, so that one that was overtaken says nothing. */
let run = 0

file.addEventListener('change', () => void open(file.files?.[0]))
codes.addEventListener('input', () => takeCodes(codes.value))
trusted.addEventListener('change', () => void check())
document.addEventListener('dragover', (event) => {
  event.preventDefault()
  drop.toggleAttribute('data-over', true)
})
document.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) drop.toggleAttribute('data-over', false)
})
document.addEventListener('drop', (event) => {
  event.preventDefault()
  drop.toggleAttribute('data-over', false)
  void open(event.dataTransfer?.files[0])
})

document.querySelector('#page')!.replaceChildren(
  element('h1', {}, t.title), element('p', {}, t.intro), drop,
  field(t.request.paste, t.request.pasteHint, codes), ...(canScan ? [cameraView()] : []),
  field(t.trusted, t.trustedHint, trusted),
  element('div', {}, again), outcome, element('footer', {}, t.offline),
)

async function open(picked: File | undefined): Promise<void> {
  if (picked === undefined) return
  const head = new Uint8Array(await picked.slice(0, CODE_HEAD.length).arrayBuffer())
  if (new TextDecoder().decode(head) === CODE_HEAD && picked.size <= 4 * MAX_REQUEST_BYTES) return takeCodes(await picked.text())
  choose(head[0] === REQUEST_HEAD && picked.size <= MAX_REQUEST_BYTES ? new Uint8Array(await picked.arrayBuffer()) : picked)
}

function choose(subject: File | Uint8Array): void {
  chosen = subject
  again.disabled = false
  void check()
}

/** Codes of a request, one a line, in any order. */
function takeCodes(text: string): void {
  const collector = new ChunkCollector()
  let said = ''
  for (const line of text.split(/\s+/).filter((part) => part !== '')) {
    try {
      const { received, total, missing, file: whole } = collector.add(line)
      if (whole !== null) return choose(whole)
      said = t.request.codes(received, total, missing)
    } catch {
      said = t.request.badCode
    }
  }
  run++
  outcome.replaceChildren(said)
}

/** Collects codes from the camera until they are a request. */
function cameraView(): HTMLElement {
  const video = element('video', { autoplay: '', muted: '', playsinline: '', hidden: '' })
  const progress = element('p', { role: 'status' })
  let stop: (() => void) | null = null
  const toggle = button(t.request.camera, () => void (stop === null ? start() : end()))
  const end = (): void => {
    stop?.()
    stop = null
    video.hidden = true
    progress.textContent = ''
    toggle.textContent = t.request.camera
  }
  const start = async (): Promise<void> => {
    const collector = new ChunkCollector()
    toggle.textContent = t.request.stop
    video.hidden = false
    try {
      stop = await scan(video, (text) => {
        try {
          const { received, total, missing, file: whole } = collector.add(text)
          progress.textContent = t.request.codes(received, total, missing)
          if (whole === null) return
          end()
          choose(whole)
        } catch {
          progress.textContent = t.request.badCode
        }
      })
    } catch {
      end()
      progress.textContent = t.request.noCamera
    }
  }
  return element('div', { class: 'camera' }, toggle, video, progress)
}

async function check(): Promise<void> {
  if (chosen === null) return
  const mine = ++run
  const subject = chosen
  const show = (view: Node | string): void => {
    if (mine === run) outcome.replaceChildren(view)
  }
  show(t.working(0, 0))
  try {
    if (subject instanceof Uint8Array) return show(await review(t, subject, trusted.value.trim().split(':')[0]! || null))
    const report = await verifyAudit(readLines(chunksOf(subject, () => mine === run)), optionsOf(show))
    show(result(t, subject.name, report))
  } catch (error) {
    if (error instanceof VaultError) show(element('section', { class: 'result', 'data-verdict': 'bad' }, element('h2', {}, `✖ ${t.request.invalid}`), element('p', {}, `${error.code} ${error.message}`)))
    else show(error instanceof AuditError ? failure(t, subject instanceof File ? subject.name : '', error) : element('p', {}, t.unreadable))
  }
}

function optionsOf(show: (text: string) => void): VerifyOptions {
  let due = performance.now() + PROGRESS_MS
  const onProgress = (lines: number, records: number): void => {
    if (performance.now() < due) return
    due = performance.now() + PROGRESS_MS
    show(t.working(lines, records))
  }
  const text = trusted.value.trim()
  if (text === '') return { onProgress }
  return text.includes(':') ? { onProgress, checkpoint: parseCheckpoint(text) } : { onProgress, worldId: text }
}

/** Bytes of the file in pieces, with a breath for the page between them; ends early when nobody waits for the result any more. */
async function* chunksOf(subject: File, wanted: () => boolean): AsyncGenerator<Uint8Array> {
  const reader = subject.stream().getReader()
  try {
    for (let due = performance.now(); wanted(); ) {
      const { value, done } = await reader.read()
      if (done) return
      yield value
      if (performance.now() - due < PROGRESS_MS) continue
      await new Promise((resolve) => setTimeout(resolve))
      due = performance.now()
    }
  } finally {
    await reader.cancel()
  }
}
