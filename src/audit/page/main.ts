/** verify.html: the check of an audit file in a page of its own, without network, framework or storage. */
import { AuditError } from '../errors.ts'
import { readLines } from '../read-lines.ts'
import { parseCheckpoint, verifyAudit } from '../verify-audit.ts'
import type { VerifyOptions } from '../verify-audit.ts'
import { button, element, field, fileInput } from './elements.ts'
import { messagesFor } from './messages.ts'
import { failure, result } from './result.ts'

/** Between two notes of progress; also lets the page breathe. */
const PROGRESS_MS = 200

const t = messagesFor(navigator.language)
document.documentElement.lang = navigator.language
document.title = `Agent World: ${t.title}`

const file = fileInput('.jsonl,application/jsonl')
const trusted = element('input', { type: 'text', autocomplete: 'off', spellcheck: 'false' })
const again = button(t.again, () => void check())
again.disabled = true
const outcome = element('div', { role: 'status', 'aria-live': 'polite' })
const drop = element('div', { class: 'drop' }, element('p', {}, t.drop), field(t.choose, null, file))

let chosen: File | null = null
/** Rises with every check, so that one that was overtaken says nothing. */
let run = 0

file.addEventListener('change', () => choose(file.files?.[0]))
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
  choose(event.dataTransfer?.files[0])
})

document.querySelector('#page')!.replaceChildren(
  element('h1', {}, t.title), element('p', {}, t.intro), drop,
  field(t.trusted, t.trustedHint, trusted),
  element('div', {}, again), outcome, element('footer', {}, t.offline),
)

function choose(picked: File | undefined): void {
  if (picked === undefined) return
  chosen = picked
  again.disabled = false
  void check()
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
    const report = await verifyAudit(readLines(chunksOf(subject, () => mine === run)), optionsOf(show))
    show(result(t, subject.name, report))
  } catch (error) {
    show(error instanceof AuditError ? failure(t, subject.name, error) : element('p', {}, t.unreadable))
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
