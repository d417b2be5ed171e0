import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseKeystore } from '../../vault/index.ts'
import { run } from './keys.ts'
import type { Terminal } from './terminal.ts'

const argon2 = { memory_kib: 1024, iterations: 1, parallelism: 1 } as const
const PASSPHRASE = 'correct horse battery staple'
const refusal = (code: string): unknown => expect.objectContaining({ code })

let directory = ''
let printed: string[] = []
let typed: string[] = []
const terminal: Terminal = {
  print: (text) => void printed.push(text),
  secret: async () => typed.shift() ?? '',
  line: async () => typed.shift() ?? '',
}
const keys = (...args: string[]): Promise<number> => run(args, { terminal, argon2 })
const at = (...names: string[]): string => join(directory, ...names)

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aw-keys-'))
  printed = []
  typed = []
  writeFileSync(at('pass'), `${PASSPHRASE}\n`)
})
afterEach(() => rmSync(directory, { recursive: true }))

async function newKey(label = 'Ada'): Promise<string> {
  await keys('new', '--label', label, '--keys', at('keys'), '--passphrase-file', at('pass'))
  return at('keys', readdirSync(at('keys')).find((name) => name.startsWith(label.toLowerCase()))!)
}

describe('aw keys', () => {
  it('makes a key only its owner may read, and lists it', async () => {
    const path = await newKey()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const { label, fingerprint } = parseKeystore(readFileSync(path, 'utf8'))
    expect(label).toBe('Ada')
    printed = []
    expect(await keys('list', '--keys', at('keys'))).toBe(0)
    expect(printed.join('\n')).toContain(fingerprint.slice(0, 8))
    expect(printed.join('\n')).not.toContain(PASSPHRASE)
  })

  it('asks for a new passphrase twice', async () => {
    typed = [PASSPHRASE, `${PASSPHRASE}!`]
    await expect(keys('new', '--label', 'Ada', '--keys', at('keys'))).rejects.toThrowError(refusal('PASSPHRASE_DIFFERS'))
    typed = [PASSPHRASE, PASSPHRASE]
    await expect(keys('new', '--label', 'Ada', '--keys', at('keys'))).resolves.toBe(0)
  })

  it('refuses a weak passphrase and overwrites nothing', async () => {
    writeFileSync(at('weak'), 'hunter2')
    await expect(keys('new', '--label', 'A', '--keys', at('keys'), '--passphrase-file', at('weak'))).rejects.toThrowError(refusal('PASSPHRASE_TOO_SHORT'))
    const path = await newKey()
    const before = readFileSync(path, 'utf8')
    await expect(keys('new', '--label', 'A', '--out', path, '--passphrase-file', at('pass'))).rejects.toThrowError(refusal('FILE_EXISTS'))
    expect(readFileSync(path, 'utf8')).toBe(before)
  })

  it('exports under another passphrase, and the file imports elsewhere', async () => {
    const path = await newKey()
    const { fingerprint } = parseKeystore(readFileSync(path, 'utf8'))
    writeFileSync(at('other'), 'quite another passphrase')
    await keys('export', fingerprint.slice(0, 12), '--keys', at('keys'), '--out', at('backup.json'), '--passphrase-file', at('pass'), '--new-passphrase-file', at('other'))
    await expect(keys('import', at('backup.json'), '--keys', at('there'), '--passphrase-file', at('pass'))).rejects.toThrowError(refusal('KEYSTORE_NOT_OPENED'))
    expect(await keys('import', at('backup.json'), '--keys', at('there'), '--passphrase-file', at('other'))).toBe(0)
    await expect(keys('import', at('backup.json'), '--keys', at('there'), '--passphrase-file', at('other'))).rejects.toThrowError(refusal('KEY_EXISTS'))
  })

  it('names what it cannot find or read', async () => {
    await newKey()
    await expect(keys('export', 'ffffffffffffffff', '--keys', at('keys'), '--out', at('x'))).rejects.toThrowError(refusal('KEY_NOT_FOUND'))
    await expect(keys('import', at('nowhere'), '--keys', at('keys'))).rejects.toThrowError(refusal('FILE_UNREADABLE'))
    writeFileSync(at('cut'), '{"format": "agent-world-key')
    await expect(keys('import', at('cut'), '--keys', at('keys'))).rejects.toThrowError(refusal('KEYSTORE_INVALID'))
    writeFileSync(at('huge'), 'x'.repeat(1 << 17))
    await expect(keys('import', at('huge'), '--keys', at('keys'))).rejects.toThrowError(refusal('FILE_TOO_LARGE'))
    await expect(keys('burn')).rejects.toThrowError(refusal('COMMAND_UNKNOWN'))
  })

  it('helps', async () => {
    expect(await keys()).toBe(2)
    expect(await keys('new', '--help')).toBe(0)
    expect(printed[0]).toContain('keys import FILE')
  })
})
