import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEffectJournal } from './journal.ts'

let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'journal-'))
  path = join(directory, 'effects')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const receipt = { intent_id: 'intent/5-0', status: 'ok', payload: { body: Uint8Array.of(1, 2) }, cost_cents: null }

describe('a journal of effects', () => {
  it('remembers tries and receipts from one opening to the next', () => {
    const first = openEffectJournal(path)
    first.begin('intent/5-0')
    first.begin('intent/5-0')
    first.begin('intent/6-0')
    first.keep(receipt)
    first.close()
    const second = openEffectJournal(path)
    expect([second.tries('intent/5-0'), second.tries('intent/6-0'), second.tries('intent/7-0')]).toEqual([2, 1, 0])
    expect([second.receiptOf('intent/5-0'), second.receiptOf('intent/6-0')]).toEqual([receipt, null])
    expect(second.intents()).toEqual(['intent/5-0', 'intent/6-0'])
    second.close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('forgets what is over, and takes no room for it', () => {
    const first = openEffectJournal(path)
    first.begin('intent/5-0')
    first.keep(receipt)
    first.forget('intent/5-0')
    first.forget('intent/5-0')
    expect([first.tries('intent/5-0'), first.receiptOf('intent/5-0')]).toEqual([0, null])
    first.close()
    openEffectJournal(path).close()
    expect(readFileSync(path, 'utf8')).toBe('')
  })

  it('passes over a last line that a crash cut off', () => {
    const first = openEffectJournal(path)
    first.begin('intent/5-0')
    first.close()
    appendFileSync(path, '{"what":"receipt","rec')
    const second = openEffectJournal(path)
    expect([second.tries('intent/5-0'), second.receiptOf('intent/5-0')]).toEqual([1, null])
    second.begin('intent/5-0')
    second.close()
    expect(openEffectJournal(path).tries('intent/5-0')).toBe(2)
  })

  it.each(['nonsense\n', '{"what":"tries","intent":"intent/5-0","count":0}\n', '{"what":"receipt","receipt":"00"}\n', '{"what":"done","intent":"../x"}\n'])('is refused as damaged: %s', (line) => {
    writeFileSync(path, line)
    expect(() => openEffectJournal(path)).toThrow(expect.objectContaining({ code: 'EFFECTS_JOURNAL' }) as Error)
    expect(readFileSync(path, 'utf8')).toBe(line)
  })
})
