import { decodeWith, encodeCanonical, fromHex, schema, toHex } from '../codec/index.ts'
import type { BlobTable } from './blob-table.ts'
import type { Change } from './engine.ts'
import { StorageError } from './errors.ts'
import { numberKey, numberOfKey } from './keys.ts'
import { MAX_MANIFEST_BYTES, MAX_SNAPSHOT_CHUNKS } from './limits.ts'
import { assertBytes, assertHeight, putSealed } from './store-context.ts'
import type { StoreContext } from './store-context.ts'
import type { SnapshotRecord } from './types.ts'

/** More snapshots than anyone keeps. */
const MAX_SNAPSHOTS = 10_000

const recordSchema = schema.object({
  manifest: schema.bytes(MAX_MANIFEST_BYTES),
  chunks: schema.array(schema.fixedBytes(32), MAX_SNAPSHOT_CHUNKS),
})
const RECORD_LIMITS = { maxBytes: MAX_MANIFEST_BYTES + 64 * MAX_SNAPSHOT_CHUNKS + 1024, maxDepth: 3, maxItems: MAX_SNAPSHOT_CHUNKS + 16 }

/** Snapshots by height; their chunks are blobs pinned by them. */
export class SnapshotTable {
  private readonly context: StoreContext
  private readonly blobs: BlobTable

  constructor(context: StoreContext, blobs: BlobTable) {
    this.context = context
    this.blobs = blobs
  }

  async put({ height, manifest, chunk_hashes }: SnapshotRecord): Promise<void> {
    assertHeight(height)
    assertBytes(manifest, MAX_MANIFEST_BYTES, 'A snapshot manifest')
    if (!Array.isArray(chunk_hashes) || chunk_hashes.length > MAX_SNAPSHOT_CHUNKS) {
      throw new StorageError('STORAGE_BAD_INPUT', `A snapshot has at most ${MAX_SNAPSHOT_CHUNKS} chunks.`)
    }
    const changes: Change[] = []
    for (const chunk of new Set(chunk_hashes)) changes.push(...(await this.blobs.pinChanges(chunk, pinOf(height))))
    const record = encodeCanonical({ manifest, chunks: chunk_hashes.map(fromHex) })
    await this.context.engine.write([...changes, putSealed('snapshots', numberKey(height), record)])
  }

  async read(height: number): Promise<SnapshotRecord | null> {
    assertHeight(height)
    const row = await this.context.read('snapshot', 'snapshots', numberKey(height), String(height), height)
    if (row.state !== 'ok') return null
    const { manifest, chunks } = decodeWith(recordSchema, row.value, RECORD_LIMITS)
    return { height, manifest, chunk_hashes: chunks.map(toHex) }
  }

  /** The newest one that can be read. */
  async latest(): Promise<SnapshotRecord | null> {
    for (const height of (await this.heights()).toReversed()) {
      const snapshot = await this.read(height)
      if (snapshot !== null) return snapshot
    }
    return null
  }

  async heights(): Promise<number[]> {
    this.context.assertOpen()
    return (await this.context.engine.keys('snapshots', {}, MAX_SNAPSHOTS)).map((key) => numberOfKey(key))
  }

  async retain(count: number, keep: readonly number[]): Promise<readonly number[]> {
    assertHeight(count, 'The number of snapshots to keep')
    const removed = (await this.heights()).slice(0, -count).filter((height) => !keep.includes(height))
    for (const height of removed) {
      const changes: Change[] = [{ kind: 'delete', table: 'snapshots', key: numberKey(height) }]
      const snapshot = await this.read(height)
      for (const chunk of new Set(snapshot?.chunk_hashes)) changes.push(...(await this.blobs.unpinChanges(chunk, pinOf(height), true)))
      await this.context.engine.write(changes)
    }
    return removed
  }
}

function pinOf(height: number): string {
  return `snapshot/${height}`
}
