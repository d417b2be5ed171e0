/** `aw keys`: signing keys in keystore files, encrypted under passphrases. */
import { join } from 'node:path'
import { AppError, toHex } from '../../codec/index.ts'
import { assertNewPassphrase, DEFAULT_ARGON2, generateKey, groupedHex, openKeystore, parseKeystore, platformCrypto, sealKeystore } from '../../vault/index.ts'
import type { Argon2Params, FreshKey, Keystore } from '../../vault/index.ts'
import { FlagError, flagHelp, parseFlags } from '../flags.ts'
import type { FlagSpec } from '../flags.ts'
import { defaultKeyDirectory, keyFileName, keyFilesIn, passphraseFor, readKeyFile, writeNew } from './key-files.ts'
import { terminal } from './terminal.ts'
import type { Terminal } from './terminal.ts'

const KEYS_FLAG = { type: 'text', default: null, value: 'DIR', help: 'directory of the keys (default ~/.agent-world/keys)' } as const
const PASSPHRASE_FLAG = { type: 'text', default: null, value: 'FILE', help: 'first line is the passphrase (default: asked for)' } as const
const OUT_FLAG = { type: 'text', default: null, value: 'FILE', help: 'where to write' } as const

const NEW_FLAGS = {
  label: { type: 'text', default: null, value: 'NAME', help: 'what you call the key' },
  world: { type: 'text', default: null, value: 'WORLD_ID', help: 'the only world it signs for (default: any)' },
  'passphrase-file': PASSPHRASE_FLAG, out: OUT_FLAG, keys: KEYS_FLAG,
} as const satisfies Record<string, FlagSpec>
const LIST_FLAGS = { keys: KEYS_FLAG } as const satisfies Record<string, FlagSpec>
const EXPORT_FLAGS = {
  'passphrase-file': PASSPHRASE_FLAG,
  'new-passphrase-file': { type: 'text', default: null, value: 'FILE', help: 'first line is the passphrase of the exported file (default: asked for)' },
  out: OUT_FLAG, keys: KEYS_FLAG,
} as const satisfies Record<string, FlagSpec>
const IMPORT_FLAGS = { 'passphrase-file': PASSPHRASE_FLAG, keys: KEYS_FLAG } as const satisfies Record<string, FlagSpec>

const HELP = `Signing keys, each in a file encrypted under a passphrase (Argon2id, AES-256-GCM). The page reads and writes the same files.

  npm run aw -- keys new --label NAME [options]
  npm run aw -- keys list [options]
  npm run aw -- keys export KEY --out FILE [options]    KEY is a file, or the beginning of a fingerprint
  npm run aw -- keys import FILE [options]

new:
${flagHelp(NEW_FLAGS)}

list:
${flagHelp(LIST_FLAGS)}

export:
${flagHelp(EXPORT_FLAGS)}

import:
${flagHelp(IMPORT_FLAGS)}

Every file is read back and opened before a command says it is done. Exit status: 0 done, 1 an error (named), 2 arguments that are not understood.
`

export interface KeysComponents {
  readonly terminal: Terminal
  /** Default `DEFAULT_ARGON2`. */
  readonly argon2: Argon2Params
}

export async function run([command, ...args]: readonly string[], components: KeysComponents = { terminal, argon2: DEFAULT_ARGON2 }): Promise<number> {
  if (command === undefined || command === '--help' || args.includes('--help')) {
    components.terminal.print(HELP)
    return command === undefined ? 2 : 0
  }
  if (command === 'new') await newKey(args, components)
  else if (command === 'list') listKeys(args, components)
  else if (command === 'export') await exportKey(args, components)
  else if (command === 'import') await importKey(args, components)
  else throw new FlagError('COMMAND_UNKNOWN', `"keys ${command}" is not understood. Known: new, list, export, import.`)
  return 0
}

async function newKey(args: readonly string[], { terminal, argon2 }: KeysComponents): Promise<void> {
  const flags = parseFlags(args, NEW_FLAGS)
  if (flags.label === null) throw new FlagError('FLAG_VALUE', '--label needs a value: what you call the key.')
  const passphrase = await passphraseFor(terminal, flags['passphrase-file'], `Passphrase for the new key "${flags.label}"`, true)
  assertNewPassphrase(passphrase)
  const crypto = platformCrypto()
  const text = await sealed(await generateKey(crypto.subtle), { label: flags.label, world_id: flags.world }, passphrase, argon2)
  const keystore = parseKeystore(text)
  const path = flags.out ?? join(flags.keys ?? defaultKeyDirectory(), keyFileName(keystore))
  writeNew(path, text, 0o600)
  await provenFile(path, passphrase)
  terminal.print(`Written and opened again: ${path}\n${describe(keystore)}\n\nKeep a copy of the file elsewhere. Without file and passphrase the key is lost.`)
}

function listKeys(args: readonly string[], { terminal }: KeysComponents): void {
  const directory = parseFlags(args, LIST_FLAGS).keys ?? defaultKeyDirectory()
  const files = keyFilesIn(directory)
  if (files.length === 0) terminal.print(`No keys in ${directory}. Make one with "keys new --label NAME".`)
  for (const { path, keystore } of files) terminal.print(`${path}\n${describe(keystore)}\n`)
}

async function exportKey([which, ...args]: readonly string[], { terminal, argon2 }: KeysComponents): Promise<void> {
  if (which === undefined || which.startsWith('--')) throw new FlagError('FLAG_VALUE', 'keys export needs a key: a file, or the beginning of a fingerprint.')
  const flags = parseFlags(args, EXPORT_FLAGS)
  if (flags.out === null) throw new FlagError('FLAG_VALUE', '--out needs a value: where to write the file.')
  const { keystore } = findKey(which, flags.keys ?? defaultKeyDirectory())
  const passphrase = await passphraseFor(terminal, flags['passphrase-file'], `Passphrase of "${keystore.label}"`)
  const key = await openKeystore(platformCrypto().subtle, keystore, passphrase, true)
  const chosen = await passphraseFor(terminal, flags['new-passphrase-file'], 'Passphrase for the exported file', true)
  writeNew(flags.out, await sealed(key, keystore, chosen, argon2), 0o600)
  await provenFile(flags.out, chosen)
  terminal.print(`Written and opened again: ${flags.out}\n${describe(keystore)}`)
}

async function importKey([file, ...args]: readonly string[], { terminal }: KeysComponents): Promise<void> {
  if (file === undefined || file.startsWith('--')) throw new FlagError('FLAG_VALUE', 'keys import needs a keystore file.')
  const flags = parseFlags(args, IMPORT_FLAGS)
  const { keystore, text } = readKeyFile(file)
  const directory = flags.keys ?? defaultKeyDirectory()
  const existing = keyFilesIn(directory).find((other) => other.keystore.fingerprint === keystore.fingerprint)
  if (existing !== undefined) throw new AppError('KEY_EXISTS', `This key is here already, in ${existing.path}.`, { path: existing.path })
  const passphrase = await passphraseFor(terminal, flags['passphrase-file'], `Passphrase of "${keystore.label}"`)
  await openKeystore(platformCrypto().subtle, keystore, passphrase)
  const path = join(directory, keyFileName(keystore))
  writeNew(path, text, 0o600)
  terminal.print(`Opened and copied to ${path}\n${describe(keystore)}`)
}

/** A key by file name or by the beginning of its fingerprint. Throws `KEY_NOT_FOUND`, `KEY_AMBIGUOUS`, `KEYSTORE_INVALID`. */
function findKey(which: string, directory: string): { readonly keystore: Keystore } {
  if (!/^[0-9a-f]{4,64}$/.test(which)) return readKeyFile(which)
  const found = keyFilesIn(directory).filter(({ keystore }) => keystore.fingerprint.startsWith(which))
  if (found.length === 1) return found[0]!
  const code = found.length === 0 ? 'KEY_NOT_FOUND' : 'KEY_AMBIGUOUS'
  throw new AppError(code, `${found.length === 0 ? 'No key' : 'More than one key'} in ${directory} begins with ${which}. "keys list" shows them.`, { which })
}

function sealed(key: FreshKey, { label, world_id }: Pick<Keystore, 'label' | 'world_id'>, passphrase: string, params: Argon2Params): Promise<string> {
  return sealKeystore(platformCrypto(), key, { label, world_id, passphrase, params })
}

/** Reads the file back and opens it: a backup counts once it was seen to open. */
async function provenFile(path: string, passphrase: string): Promise<void> {
  await openKeystore(platformCrypto().subtle, readKeyFile(path).keystore, passphrase)
}

function describe({ label, world_id, public_key, fingerprint }: Keystore): string {
  return [`  label        ${label}`, `  world        ${world_id ?? 'any'}`, `  public key   ${toHex(public_key)}`, `  fingerprint  ${groupedHex(fingerprint)}`].join('\n')
}
