import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../codec/index.ts'

export interface DirectoryLock {
  release(): void
}

/**
 * Keeps other processes out of a data directory. SQLite's file lock is the one lock Node offers that ends with its process,
 * however that ends. Throws `DATA_IN_USE`.
 */
export function lockDirectory(directory: string): DirectoryLock {
  mkdirSync(directory, { recursive: true })
  const database = new DatabaseSync(join(directory, 'lock.db'))
  try {
    database.exec('PRAGMA journal_mode = MEMORY') // nothing is ever written: no second file beside the lock
    database.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    throw new AppError('DATA_IN_USE', `${directory} is in use by another testnet. Stop that one, or choose another directory with --data.`, { directory }, { cause })
  }
  return { release: () => database.close() }
}
