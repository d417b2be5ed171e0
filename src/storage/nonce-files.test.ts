import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openNonceFiles } from './nonce-files.ts'
import { refusal } from './testing/harness.ts'
import { describeNonceStore } from './testing/nonce-suite.ts'

const SIGNER = fileURLToPath(new URL('./testing/nonce-signer.ts', import.meta.url))

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nonces-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

describeNonceStore('files', async () => ({ open: async () => openNonceFiles(join(directory, 'own')), remove: async () => {} }))

interface Run {
  readonly killed: boolean
  readonly commitment: string | null
  readonly share: string | null
  readonly refused: string | null
  readonly steps: readonly string[]
}

/** A signer's whole life: what left the process before it ended. */
function sign(payload: string, { commitment, crashAt = 0, trace = false }: { readonly commitment?: string; readonly crashAt?: number; readonly trace?: boolean } = {}): Run {
  const { stdout, stderr, signal, status } = spawnSync(process.execPath, [SIGNER, join(directory, 'own'), payload, ...(commitment === undefined ? [] : [commitment])], {
    env: { ...process.env, CRASH_AT: String(crashAt), TRACE: trace ? '1' : '' }, encoding: 'utf8',
  })
  if (signal !== 'SIGKILL' && status !== 0) throw new Error(`the signer failed: ${stderr}`)
  const lines = stdout.split('\n').slice(0, -1)
  const told = (kind: string): string | null => lines.find((line) => line.startsWith(`${kind} `))?.slice(kind.length + 1) ?? null
  return { killed: signal === 'SIGKILL', commitment: told('commitment'), share: told('share'), refused: told('refused'), steps: lines.filter((line) => line.startsWith('step ')).map((line) => line.slice(5)) }
}

describe('a signer that is killed', () => {
  it('at any step of committing or signing never signs two messages with the same nonces', () => {
    const outcomes: string[] = []
    for (let crashAt = 1; ; crashAt++) {
      const first = sign('pay ann', { crashAt })
      if (!first.killed) {
        expect(first.share).not.toBeNull()
        break
      }
      if (first.commitment === null) {
        outcomes.push('nothing left')
        continue
      }
      const second = sign('pay bob', { commitment: first.commitment })
      expect([first.share, second.share].filter((share) => share !== null).length, `killed before step ${crashAt}`).toBeLessThanOrEqual(1)
      expect(second.share === null, `killed before step ${crashAt}`).toBe(second.refused === 'NONCE_USED')
      outcomes.push(second.share === null ? 'never signed' : 'signed once')
      if (second.share !== null) expect(sign('pay cid', { commitment: first.commitment }).refused).toBe('NONCE_USED')
    }
    expect([...new Set(outcomes)]).toEqual(['nothing left', 'signed once', 'never signed'])
    expect(outcomes).toEqual(outcomes.toSorted((a, b) => ['nothing left', 'signed once', 'never signed'].indexOf(a) - ['nothing left', 'signed once', 'never signed'].indexOf(b)))
  }, 300_000)

  it('in the middle of using nonces again leaves them used', () => {
    const { commitment, killed } = sign('pay ann', { crashAt: sign('warm up', { trace: true }).steps.indexOf('say commitment') + 2 })
    expect(killed).toBe(true)
    const results = [2, 4, 5, 6, 8].map((crashAt) => sign(`pay ${crashAt}`, { commitment: commitment!, crashAt }))
    results.push(sign('pay dan', { commitment: commitment! }))
    expect(results.filter(({ share }) => share !== null).length).toBeLessThanOrEqual(1)
    expect(results.at(-1)!.refused).toBe('NONCE_USED')
  }, 300_000)
})

describe('what a signer does before anything leaves it', () => {
  it('syncs the nonces and the directory before the commitment, and the renaming before the share', () => {
    const { steps } = sign('pay ann', { trace: true })
    const before = (line: string): readonly string[] => steps.slice(0, steps.indexOf(line))
    const made = before('say commitment')
    expect(made.slice(made.lastIndexOf('writeSync'))).toEqual(['writeSync', 'fsyncSync', 'openSync', 'fsyncSync'])
    const taken = before('say share').slice(made.length + 1)
    expect(taken.slice(taken.indexOf('renameSync'))).toEqual(['renameSync', 'openSync', 'fsyncSync', 'openSync', 'writeSync', 'fsyncSync', 'unlinkSync'])
  })
})

describe('a directory of nonces', () => {
  const id = (n: number): string => n.toString(16).padStart(64, '0')

  it('is its owner\'s alone, and holds nothing of what was taken', async () => {
    const store = openNonceFiles(join(directory, 'own'))
    await store.put(id(1), Uint8Array.of(7))
    expect(statSync(join(directory, 'own')).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(directory, 'own')).map((name) => statSync(join(directory, 'own', name)).mode & 0o777)).toEqual([0o600])
    await store.take(id(1))
    expect(readdirSync(join(directory, 'own'))).toEqual([])
  })

  it('is cleared of what a crash left half taken', async () => {
    openNonceFiles(directory)
    writeFileSync(join(directory, `${id(1)}.taken`), 'secret')
    writeFileSync(join(directory, 'notes.txt'), 'mine')
    expect(await openNonceFiles(directory).take(id(1))).toBeNull()
    expect(readdirSync(directory)).toEqual(['notes.txt'])
    expect(readFileSync(join(directory, 'notes.txt'), 'utf8')).toBe('mine')
  })

  it('keeps the newest 1,024', async () => {
    const store = openNonceFiles(directory)
    for (let n = 0; n < 1_024; n++) {
      await store.put(id(n), Uint8Array.of(1))
      utimesSync(join(directory, `${id(n)}.nonce`), 1_000 + ((n + 512) % 1_024), 1_000 + ((n + 512) % 1_024))
    }
    await store.put(id(5_000), Uint8Array.of(1))
    expect(readdirSync(directory)).toHaveLength(1_024)
    expect(await store.take(id(512))).toBeNull()
    expect(await store.take(id(513))).not.toBeNull()
  })

  it('takes no other ids and no more than nonces', async () => {
    const store = openNonceFiles(directory)
    expect(await refusal(() => store.put('../1', Uint8Array.of(1)))).toBe('STORAGE_BAD_INPUT')
    expect(await refusal(() => store.take('../1'))).toBe('STORAGE_BAD_INPUT')
    expect(await refusal(() => store.put(id(1), new Uint8Array(1_025)))).toBe('STORAGE_BAD_INPUT')
  })

  it('that cannot be written says so', async () => {
    writeFileSync(join(directory, 'file'), '')
    expect(await refusal(() => openNonceFiles(join(directory, 'file', 'own')))).toBe('STORAGE_IO')
  })
})
