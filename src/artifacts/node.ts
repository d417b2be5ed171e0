import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ArtifactError } from './errors.ts'
import { formatHashIndex, parseHashIndex } from './hash-index.ts'
import type { BlobStore, HashIndex } from './materializer.ts'

const INDEX_FILE = 'module_hash_index.txt'

/** A store and an index of modules in a directory: `blobs/<hash>` and `module_hash_index.txt`. */
export interface DirectoryArtifacts {
  readonly store: BlobStore
  readonly index: HashIndex
}

/**
 * Opens, or makes, the directory. `onDamage` hears of index lines that cannot be read; they are dropped with the next write. Every file is
 * replaced whole or not at all. Methods throw `IO_ERROR`.
 */
export function openDirectoryArtifacts(directory: string, onDamage: (message: string) => void): DirectoryArtifacts {
  const blobPath = (hash: string): string => join(directory, 'blobs', hash)
  const indexPath = join(directory, INDEX_FILE)
  let reported = ''
  const readIndex = async (): Promise<Map<string, string>> => {
    const text = (await readIfThere(indexPath))?.toString('utf8') ?? ''
    const { hashes, damaged } = parseHashIndex(text)
    if (damaged.length > 0 && reported !== text) onDamage(`${indexPath}: line ${damaged.join(', ')} is damaged and left out; the module is looked up or built again.`)
    reported = text
    return hashes
  }
  let writing: Promise<unknown> = Promise.resolve()
  return {
    store: {
      get: async (hash) => {
        const bytes = await readIfThere(blobPath(hash))
        return bytes === null ? null : Uint8Array.from(bytes)
      },
      put: (hash, bytes) => replaceFile(blobPath(hash), bytes),
      remove: (hash) => attempt(blobPath(hash), () => rm(blobPath(hash), { force: true })),
    },
    index: {
      get: async (moduleId) => (await readIndex()).get(moduleId) ?? null,
      set: (moduleId, hash) => {
        const write = writing.then(async () => {
          const hashes = await readIndex()
          if (hashes.get(moduleId) === hash) return
          await replaceFile(indexPath, formatHashIndex(hashes.set(moduleId, hash)))
        })
        writing = write.catch(() => undefined) // whoever asked for it hears of the failure; the next write is another try
        return write
      },
    },
  }
}

async function readIfThere(path: string): Promise<Buffer | null> {
  return attempt(path, async () => {
    try {
      return await readFile(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  })
}

async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  await attempt(path, async () => {
    const draft = `${path}.${randomUUID()}.new`
    await mkdir(dirname(path), { recursive: true })
    await writeFile(draft, content)
    await rename(draft, path)
  })
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new ArtifactError('IO_ERROR', `${path} cannot be used (${(cause as Error).message}). Check who may write there and whether the disk is full.`, { path }, { cause })
  }
}
