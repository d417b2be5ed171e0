/** Files that must survive a crash whole, or be gone for good. For Node.js. */
import { closeSync, fstatSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Puts `content` under `path` in one step: after a crash there is the file before or this one, whole. `mode` holds for a new file. Throws what the file system throws. */
export function replaceFile(path: string, content: string | Uint8Array, mode: number): void {
  const next = `${path}.next`
  const file = openSync(next, 'w', mode)
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(next, path)
  syncDirectory(dirname(path))
}

/** Overwrites a file that held a secret, and removes it. Throws what the file system throws. */
export function eraseFile(path: string): void {
  const file = openSync(path, 'r+')
  try {
    const zeros = new Uint8Array(fstatSync(file).size)
    writeSync(file, zeros, 0, zeros.length, 0)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  unlinkSync(path)
}

/** Makes names that were added, changed or removed in a directory last. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
