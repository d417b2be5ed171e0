/** Keystore files on disk: each for its owner's eyes, none ever overwritten. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../codec/index.ts'
import { parseKeystore } from '../../vault/index.ts'
import type { Keystore } from '../../vault/index.ts'
import type { Terminal } from './terminal.ts'

/** Not below the working directory: what a testnet keeps there is thrown away with it. */
export const defaultKeyDirectory = (): string => join(homedir(), '.agent-world', 'keys')

export interface KeyFile {
  readonly path: string
  readonly text: string
  readonly keystore: Keystore
}

/** The bytes of a file. Throws `FILE_UNREADABLE`, `FILE_TOO_LARGE`. */
export function readBounded(path: string, maxBytes: number): Uint8Array {
  let size: number
  try {
    size = statSync(path).size
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', `${path} cannot be read. Check the name.`, { path }, { cause })
  }
  if (size > maxBytes) throw new AppError('FILE_TOO_LARGE', `${path} has ${size} bytes; what is expected here has at most ${maxBytes}. Choose another file.`, { path, size })
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', `${path} cannot be read. Check that it is a file and yours to read.`, { path }, { cause })
  }
}

/** Throws `KEYSTORE_INVALID`. */
export function readKeyFile(path: string): KeyFile {
  const text = new TextDecoder().decode(readBounded(path, 1 << 16))
  return { path, text, keystore: parseKeystore(text) }
}

/** The keystores of a directory in order of their names; other files are passed over. */
export function keyFilesIn(directory: string): KeyFile[] {
  let names: string[]
  try {
    names = readdirSync(directory)
  } catch {
    return [] // no directory: no keys yet
  }
  return names.filter((name) => name.endsWith('.awkey.json')).sort().flatMap((name) => {
    try {
      return [readKeyFile(join(directory, name))]
    } catch {
      return []
    }
  })
}

/** Where a key lies unless told otherwise: named after its label and fingerprint. */
export function keyFileName({ label, fingerprint }: Pick<Keystore, 'label' | 'fingerprint'>): string {
  const plain = label.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
  return `${plain === '' ? 'key' : plain}-${fingerprint.slice(0, 8)}.awkey.json`
}

/** Throws `FILE_EXISTS`: nothing is overwritten. */
export function writeNew(path: string, content: string | Uint8Array, mode: number): void {
  try {
    mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
    writeFileSync(path, content, { flag: 'wx', mode, flush: true })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw new AppError('FILE_UNWRITABLE', `${path} cannot be written. Choose another place.`, { path }, { cause })
    throw new AppError('FILE_EXISTS', `${path} exists and is not overwritten. Choose another name, or move it away.`, { path }, { cause })
  }
}

/** The passphrase from the first line of a file, or from the person. A new one is asked for twice. */
export async function passphraseFor(terminal: Terminal, file: string | null, question: string, isNew = false): Promise<string> {
  if (file !== null) return new TextDecoder().decode(readBounded(file, 8192)).split(/\r?\n/, 1)[0]!
  const passphrase = await terminal.secret(`${question}: `)
  if (isNew && passphrase !== (await terminal.secret('Once more: '))) {
    throw new AppError('PASSPHRASE_DIFFERS', 'The two passphrases differ. Start again.')
  }
  return passphrase
}
