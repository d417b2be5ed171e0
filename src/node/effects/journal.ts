import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { AppError, decodeWith, effectReceiptSchema, encodeCanonical, fromHex, INTENT_ID, schema, toHex } from '../../codec/index.ts'
import type { EffectReceipt, Value } from '../../codec/index.ts'
import { replaceFile } from '../../storage/node.ts'

/** Longer means that nothing was ever forgotten: not a journal of ours. */
const MAX_FILE_BYTES = 256 << 20

/** What this host did about effects, so that a restart neither does it twice nor says something else about it. */
export interface EffectJournal {
  /** Requests made for an intent, answered or not. */
  readonly tries: (intentId: string) => number
  /** Called before a request leaves; it is on record when this returns. */
  readonly begin: (intentId: string) => void
  /** What came of an intent, once and for all. */
  readonly receiptOf: (intentId: string) => EffectReceipt | null
  /** Called before a receipt is signed or told to anybody; it is on record when this returns. */
  readonly keep: (receipt: EffectReceipt) => void
  /** Intents there is something on record about. */
  readonly intents: () => readonly string[]
  /** The world waits for it no more. */
  readonly forget: (intentId: string) => void
  readonly close: () => void
}

const { int, object, union, literal, text } = schema
const lineSchema = union('what', {
  tries: object({ what: literal('tries'), intent: INTENT_ID, count: int(1) }),
  receipt: object({ what: literal('receipt'), receipt: text(1 << 20, /^[0-9a-f]*$/) }),
  done: object({ what: literal('done'), intent: INTENT_ID }),
})

interface Entry {
  tries: number
  receipt: EffectReceipt | null
}

/**
 * A journal in a file, a line for every step; what is over is left out when it is opened. Throws `EFFECTS_JOURNAL` for a file that is none:
 * only its last line may be cut off, by a crash before anything followed from it.
 */
export function openEffectJournal(path: string): EffectJournal {
  const entries = existsSync(path) ? readEntries(path) : new Map<string, Entry>()
  rewrite(path, entries)
  const file = openSync(path, 'a', 0o600)
  const append = (line: object): void => {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
    const end = fstatSync(file).size
    if (writeSync(file, bytes) !== bytes.length) {
      ftruncateSync(file, end) // half a line would spoil the next
      throw new AppError('EFFECTS_JOURNAL', `${path} cannot grow. Free some space on its disk.`, { path })
    }
    fsyncSync(file)
  }
  const at = (id: string): Entry => {
    const entry = entries.get(id) ?? { tries: 0, receipt: null }
    entries.set(id, entry)
    return entry
  }
  return {
    tries: (id) => entries.get(id)?.tries ?? 0,
    begin: (id) => append(triesLine(id, ++at(id).tries)),
    receiptOf: (id) => entries.get(id)?.receipt ?? null,
    keep: (receipt) => {
      append(receiptLine(receipt))
      at(receipt.intent_id).receipt = receipt
    },
    intents: () => [...entries.keys()],
    forget: (id) => {
      if (entries.delete(id)) append({ what: 'done', intent: id })
    },
    close: () => closeSync(file),
  }
}

const triesLine = (intent: string, count: number): object => ({ what: 'tries', intent, count })
const receiptLine = (receipt: EffectReceipt): object => ({ what: 'receipt', receipt: toHex(encodeCanonical(receipt as unknown as Value)) })

function readEntries(path: string): Map<string, Entry> {
  const bytes = readFileSync(path)
  if (bytes.length > MAX_FILE_BYTES) damaged(path, 'it is too long')
  const entries = new Map<string, Entry>()
  const lines = bytes.toString('utf8').split('\n')
  for (const line of lines.slice(0, -1)) { // the last is empty, or was never finished
    try {
      const step = lineSchema.parse(JSON.parse(line) as Value, 'line')
      if (step.what === 'done') {
        entries.delete(step.intent)
        continue
      }
      const receipt = step.what === 'receipt' ? decodeWith(effectReceiptSchema, fromHex(step.receipt)) : null
      const id = step.what === 'receipt' ? receipt!.intent_id : step.intent
      const before = entries.get(id) ?? { tries: 0, receipt: null }
      entries.set(id, step.what === 'receipt' ? { ...before, receipt } : { ...before, tries: step.count })
    } catch (cause) {
      damaged(path, cause instanceof Error ? cause.message : String(cause))
    }
  }
  return entries
}

function rewrite(path: string, entries: ReadonlyMap<string, Entry>): void {
  const lines: string[] = []
  for (const [id, { tries, receipt }] of entries) {
    if (tries > 0) lines.push(`${JSON.stringify(triesLine(id, tries))}\n`)
    if (receipt !== null) lines.push(`${JSON.stringify(receiptLine(receipt))}\n`)
  }
  replaceFile(path, lines.join(''), 0o600)
}

function damaged(path: string, why: string): never {
  throw new AppError('EFFECTS_JOURNAL', `${path} is no journal of effects, or was changed: ${why}. Move it away to go on; what waits is then fetched again.`, { path })
}
