import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAllowList } from './allow-list.ts'
import { Fetches } from './fetches.ts'
import type { FetchOutcome } from './http-fetch.ts'
import { openEffectJournal } from './journal.ts'
import type { EffectJournal } from './journal.ts'

let directory: string
let journal: EffectJournal
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fetches-'))
  journal = openEffectJournal(join(directory, 'journal'))
})
afterEach(() => {
  journal.close()
  rmSync(directory, { recursive: true, force: true })
})

const URL_TEXT = 'https://a/b'
const OK: FetchOutcome = { status: 'ok', payload: 'sunny', final: true }
const AWAY: FetchOutcome = { status: 'timed_out', payload: null, final: false }
const receiptOf = (intent_id: string, { status, payload }: FetchOutcome): unknown => ({ intent_id, status, payload, cost_cents: null })
const fetches = (fetch: (url: string) => Promise<FetchOutcome>): Fetches => new Fetches({ journal, allow: createAllowList(['https://a']), fetch })

describe('requests for effects', () => {
  it('are made once, whoever asks and however often', async () => {
    let asked = 0
    const { promise, resolve } = Promise.withResolvers<FetchOutcome>()
    const of = fetches(() => {
      asked++
      return promise
    })
    const both = [of.receiptOf('intent/1-0', URL_TEXT), of.receiptOf('intent/1-0', URL_TEXT)]
    resolve(OK)
    expect(await Promise.all([...both, of.receiptOf('intent/1-0', URL_TEXT)])).toEqual([1, 2, 3].map(() => receiptOf('intent/1-0', OK)))
    expect(asked).toBe(1)
    expect(journal.tries('intent/1-0')).toBe(1)
  })

  it('are four at a time, the rest another time', async () => {
    const waiting: (() => void)[] = []
    const of = fetches(() => new Promise((resolve) => waiting.push(() => resolve(OK))))
    const first = [0, 1, 2, 3].map((n) => of.receiptOf(`intent/1-${n}`, URL_TEXT))
    expect(await of.receiptOf('intent/1-4', URL_TEXT)).toBeNull()
    expect(journal.tries('intent/1-4')).toBe(0)
    for (const answer of waiting) answer()
    await Promise.all(first)
    const fifth = of.receiptOf('intent/1-4', URL_TEXT)
    waiting.at(-1)!()
    expect(await fifth).toEqual(receiptOf('intent/1-4', OK))
  })

  it('that nobody answers are made three times, and after that it is what came of them', async () => {
    let asked = 0
    const of = fetches(async () => {
      asked++
      return AWAY
    })
    expect(await of.receiptOf('intent/1-0', URL_TEXT)).toBeNull()
    expect(await of.receiptOf('intent/1-0', URL_TEXT)).toBeNull()
    expect(await of.receiptOf('intent/1-0', URL_TEXT)).toEqual(receiptOf('intent/1-0', AWAY))
    expect(await of.receiptOf('intent/1-0', URL_TEXT)).toEqual(receiptOf('intent/1-0', AWAY))
    expect(asked).toBe(3)
  })

  it('that a crash ended every time are made no fourth time', async () => {
    for (let n = 0; n < 3; n++) journal.begin('intent/1-0')
    expect(await fetches(() => Promise.reject(new Error('not to be asked'))).receiptOf('intent/1-0', URL_TEXT)).toMatchObject({ status: 'unreachable' })
  })

  it('to other origins are not made', async () => {
    const of = fetches(() => Promise.reject(new Error('not to be asked')))
    for (const url of ['https://b/', 'http://a/', 'nonsense']) {
      expect(of.allows(url)).toBe(false)
      expect(await of.receiptOf('intent/1-0', url)).toBeNull()
    }
    expect(journal.intents()).toEqual([])
  })

  it('that were under way when it stopped come to nothing but a try', async () => {
    const { promise, resolve } = Promise.withResolvers<FetchOutcome>()
    const of = fetches(() => promise)
    const asked = of.receiptOf('intent/1-0', URL_TEXT)
    of.stop()
    resolve(OK)
    expect(await asked).toBeNull()
    expect([journal.tries('intent/1-0'), journal.receiptOf('intent/1-0')]).toEqual([1, null])
    expect(await of.receiptOf('intent/1-1', URL_TEXT)).toBeNull()
  })
})
