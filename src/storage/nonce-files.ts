/** Nonces of group signatures in files. What calls them, and why each is used once, is in `crypto/frost`. */
import { closeSync, fsyncSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { frost } from '../crypto/index.ts'
import { eraseFile, syncDirectory } from './durable-files.ts'
import { StorageError } from './errors.ts'

/** Commitments that were made and never used: more of them than this say that something goes wrong. */
const MAX_KEPT = 1_024
const MAX_BYTES = 1_024
const KEPT = /^[0-9a-f]{64}\.nonce$/
const TAKEN = /^[0-9a-f]{64}\.taken$/

/**
 * A store in a directory of its own, a file for each pair of nonces, for one machine and no backup: a directory that was copied or
 * restored gives nonces a second time. What is taken is renamed, and the rename synced, before it is given out, so that neither a
 * crash nor another process comes between. Throws `STORAGE_IO`, and `STORAGE_BAD_INPUT` for an id that is not 64 hex digits.
 */
export function openNonceFiles(directory: string): frost.NonceStore {
  io(directory, () => {
    if (mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined) syncDirectory(dirname(directory))
    for (const name of readdirSync(directory)) if (TAKEN.test(name)) erase(join(directory, name))
  })
  return {
    put: async (id, nonces) => io(directory, () => {
      if (nonces.length > MAX_BYTES) throw new StorageError('STORAGE_BAD_INPUT', `Nonces take at most ${MAX_BYTES} bytes.`)
      makeRoom(directory)
      const file = openSync(join(directory, `${checkedId(id)}.nonce`), 'wx', 0o600)
      try {
        if (writeSync(file, nonces) !== nonces.length) throw new StorageError('STORAGE_FULL', 'The nonces could not be written whole. Free some space and commit again.')
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      syncDirectory(directory)
    }),
    take: async (id) => io(directory, () => take(directory, checkedId(id))),
  }
}

/** Of several that ask at a time one succeeds in renaming; what it gives was read before anybody could erase it. */
function take(directory: string, id: string): Uint8Array | null {
  const taken = join(directory, `${id}.taken`)
  let held: Uint8Array
  try {
    held = readWhole(join(directory, `${id}.nonce`))
    renameSync(join(directory, `${id}.nonce`), taken)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
  syncDirectory(directory)
  erase(taken)
  return held
}

function readWhole(path: string): Uint8Array {
  const file = openSync(path, 'r')
  try {
    const held = new Uint8Array(Math.min(fstatSync(file).size, MAX_BYTES))
    return held.subarray(0, readSync(file, held, 0, held.length, 0))
  } finally {
    closeSync(file)
  }
}

/** Overwrites and removes what nobody uses any more. Another process may be at it as well. */
function erase(path: string): void {
  try {
    eraseFile(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/** Forgets the oldest when there are too many: what was committed with them is signed anew. */
function makeRoom(directory: string): void {
  const kept = readdirSync(directory).filter((name) => KEPT.test(name))
  if (kept.length < MAX_KEPT) return
  const dated = kept.map((name) => ({ name, at: statSync(join(directory, name)).mtimeMs })).sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1))
  for (const { name } of dated.slice(0, kept.length - MAX_KEPT + 1)) take(directory, name.slice(0, 64))
}

function checkedId(id: string): string {
  if (!/^[0-9a-f]{64}$/.test(id)) throw new StorageError('STORAGE_BAD_INPUT', 'The id of nonces is 64 hex digits.')
  return id
}

function io<T>(directory: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof StorageError) throw error
    throw new StorageError('STORAGE_IO', `Nonces in ${directory} cannot be kept or used: ${error instanceof Error ? error.message : String(error)}`, {}, { cause: error })
  }
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code
}
