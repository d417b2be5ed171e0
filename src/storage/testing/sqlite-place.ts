import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteEngine, openSqliteStorage } from '../sqlite.ts'
import { DEFAULT_OPTIONS } from './harness.ts'
import type { Place } from './harness.ts'

export interface SqlitePlace extends Place {
  readonly path: string
}

export async function createSqlitePlace(): Promise<SqlitePlace> {
  const directory = mkdtempSync(join(tmpdir(), 'agent-world-storage-'))
  const path = join(directory, 'data', 'world.sqlite')
  return {
    path,
    open: (options) => openSqliteStorage({ ...DEFAULT_OPTIONS, ...options, path }),
    engine: async () => openSqliteEngine(path),
    remove: async () => rmSync(directory, { recursive: true, force: true }),
  }
}
