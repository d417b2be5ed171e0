import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AppError } from '../codec/index.ts'
import { storedEvents, storedLightBlock } from '../node/stored-blocks.ts'
import { openSqliteArchive } from '../storage/node.ts'
import { AuditError } from './errors.ts'
import { decodeGenesisValue, genesisValidators } from './genesis-validators.ts'
import type { AuditSource } from './source.ts'

export interface DirectorySource extends AuditSource {
  close(): Promise<void>
}

/**
 * Reads from the data directory of a validator or gateway that is not running (`node.json` names its genesis, `chain.db` holds its blocks) and
 * changes nothing in it. Throws `DIRECTORY_INVALID`, `GENESIS_INVALID`, `STORAGE_LOCKED` while the node runs, and what the storage throws.
 */
export async function openDirectorySource(directory: string): Promise<DirectorySource> {
  const genesis = readGenesis(directory)
  const { world_id } = genesisValidators(decodeGenesisValue(genesis))
  const path = join(directory, 'chain.db')
  if (!existsSync(path)) throw new AuditError('DIRECTORY_INVALID', `${path} does not exist: this node has not stored a block yet. Start it once.`, { directory })
  const archive = await openSqliteArchive({ path, world_id }).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'STORAGE_LOCKED') throw error
    throw new AppError('STORAGE_LOCKED', `${directory} belongs to a node that is running, and a copy of its files is refused as well. Export from the page that it serves, or stop this node alone, such as the gateway: the validators go on without it.`, { directory }, { cause: error })
  })
  return {
    worldId: world_id,
    genesis,
    range: async () => {
      const [head, earliest] = [await archive.head(), await archive.earliestHeight()]
      return head === null || earliest === null ? null : { earliest, latest: head.height }
    },
    lightBlock: (height) => storedLightBlock(archive, height),
    events: (height) => storedEvents(archive, height),
    close: () => archive.close(),
  }
}

function readGenesis(directory: string): Uint8Array {
  try {
    const { genesis } = JSON.parse(readFileSync(join(directory, 'node.json'), 'utf8')) as { genesis?: unknown }
    if (typeof genesis !== 'string') throw new Error('node.json names no genesis')
    return readFileSync(resolve(directory, genesis))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new AuditError('DIRECTORY_INVALID', `${directory} is not the directory of a node, such as .agent-world/gateway (${why}). "npm start" makes them.`, { directory }, { cause: error })
  }
}
