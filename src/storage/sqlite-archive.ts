import { equalBytes, fromHex } from '../codec/index.ts'
import { BlockLog } from './block-log.ts'
import { assertFormat, readHead } from './control.ts'
import { hashBytes } from './hash-bytes.ts'
import { openSqliteReader } from './sqlite.ts'
import { StoreContext } from './store-context.ts'
import type { NodeStorage, StorageOptions } from './types.ts'

/** The past of a world as a node stored it, for reading alone. */
export type BlockArchive = Pick<NodeStorage, 'head' | 'earliestHeight' | 'readCommit' | 'readEvents' | 'getBlob' | 'close'>

/**
 * Opens the store of a node that is not running; changes nothing in it. Throws `STORAGE_LOCKED` while the node runs, `STORAGE_IO` when there is no
 * such file, `STORAGE_WRONG_WORLD`.
 */
export async function openSqliteArchive(options: StorageOptions & { readonly path: string }): Promise<BlockArchive> {
  const engine = openSqliteReader(options.path)
  try {
    const context = new StoreContext(engine, options)
    await assertFormat(context)
    const log = new BlockLog(context)
    await log.load()
    return {
      head: async () => {
        const record = await readHead(context)
        return typeof record === 'object' ? record.head : null
      },
      earliestHeight: async () => log.first,
      readCommit: (height) => log.readCommit(height),
      readEvents: (height) => log.readRecords('events', height),
      getBlob: async (contentHash) => {
        const key = fromHex(contentHash)
        const bytes = await engine.get('blobs', key)
        return bytes !== null && equalBytes(await hashBytes(bytes), key) ? bytes : null
      },
      close: () => context.close(),
    }
  } catch (error) {
    await engine.close()
    throw error
  }
}
