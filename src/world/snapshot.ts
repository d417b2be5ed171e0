import { CodecError, decodeCanonical, encodeCanonical, schema, sha256, toHex } from '../codec/index.ts'
import type { Infer, Value } from '../codec/index.ts'
import { SnapshotError } from './errors.ts'
import { compareStateKeys } from './state/keys.ts'
import type { CommittedState } from './state/state.ts'
import type { Snapshot, StateEntry } from './types.ts'

const { array, bytes, fixedBytes, int, literal, object, text } = schema

/** Fits every transport and every storage back end in one piece. */
export const MAX_CHUNK_BYTES = 256 << 10
/** 256 MiB of state: far more than a tab can hold. */
const MAX_CHUNKS = 1024
/** Around an entry: list head, key and value heads. */
const ENTRY_OVERHEAD = 16
const MAX_KEY_LENGTH = 128

/** Describes a snapshot of the state after the block of `height`; chunks are found by their content hash. */
export const snapshotManifestSchema = object({
  format: literal(1),
  world_id: text(97),
  height: int(0),
  /** To be checked against a certificate: it is what vouches for the rest. */
  state_root: fixedBytes(32),
  entry_count: int(0),
  /** Lowercase hex SHA-256 of each chunk, in order. */
  chunk_hashes: array(text(64, /^[0-9a-f]{64}$/), MAX_CHUNKS),
})
export type SnapshotManifest = Infer<typeof snapshotManifestSchema>

/** Each chunk is a canonical list of [key, value bytes], keys ascending across all chunks. */
const chunkSchema = array({ parse: (value: Value | undefined, path: string): StateEntry => parseEntry(value, path) }, 1 << 20)
const keySchema = text(MAX_KEY_LENGTH)
const valueSchema = bytes(MAX_CHUNK_BYTES)

function parseEntry(value: Value | undefined, path: string): StateEntry {
  if (!Array.isArray(value) || value.length !== 2) throw new CodecError('SCHEMA_MISMATCH', `${path} must be a key and a value.`, { path })
  return { key: keySchema.parse(value[0], path), value: valueSchema.parse(value[1], path) }
}

/** Packs entries, ascending by key, into as few chunks as fit. */
export function packChunks(entries: Iterable<StateEntry>): Uint8Array[] {
  const chunks: Uint8Array[] = []
  let open: [string, Uint8Array][] = []
  let size = ENTRY_OVERHEAD
  const close = (): void => {
    if (open.length > 0) chunks.push(encodeCanonical(open))
    open = []
    size = ENTRY_OVERHEAD
  }
  for (const { key, value } of entries) {
    const needed = key.length + value.length + ENTRY_OVERHEAD
    if (size + needed > MAX_CHUNK_BYTES) close()
    open.push([key, value])
    size += needed
  }
  close()
  return chunks
}

export function snapshotOf(world_id: string, state: CommittedState): Snapshot {
  const chunks = packChunks(state.keys().map((key) => ({ key, value: state.item(key)!.value })))
  const manifest: SnapshotManifest = { format: 1, world_id, height: state.height, state_root: state.rootHash, entry_count: state.size, chunk_hashes: chunks.map(chunkHash) }
  return { manifest, chunks: () => chunks }
}

export function chunkHash(chunk: Uint8Array): string {
  return toHex(sha256(chunk))
}

/**
 * The entries of a snapshot, checked against its manifest: every chunk there, in order, with its hash, keys ascending, nothing besides.
 * Throws `SnapshotError`. Whether they give `state_root` is for the tree to say.
 */
export function* snapshotEntries(manifest: SnapshotManifest, chunks: Iterable<Uint8Array>): Generator<StateEntry> {
  let index = 0
  let count = 0
  let previous: string | null = null
  for (const chunk of chunks) {
    const expected = manifest.chunk_hashes[index]
    if (expected === undefined) throw new SnapshotError('SNAPSHOT_CHUNK_MISMATCH', 'There are more chunks than the manifest names. Fetch the snapshot again.', { chunk: index })
    if (!(chunk instanceof Uint8Array) || chunk.length > MAX_CHUNK_BYTES || chunkHash(chunk) !== expected) {
      throw new SnapshotError('SNAPSHOT_CHUNK_MISMATCH', `Chunk ${index} is not the one the manifest names. Fetch it from another peer.`, { chunk: index, expected })
    }
    for (const entry of decodeChunk(chunk, index)) {
      if (previous !== null && compareStateKeys(previous, entry.key) >= 0) {
        throw new SnapshotError('SNAPSHOT_INVALID', 'The keys of the snapshot are not in ascending order. Use another snapshot.', { chunk: index })
      }
      previous = entry.key
      count++
      yield entry
    }
    index++
  }
  if (index < manifest.chunk_hashes.length) {
    throw new SnapshotError('SNAPSHOT_INCOMPLETE', `Only ${index} of ${manifest.chunk_hashes.length} chunks are there. Fetch the missing ones.`, { chunk: index })
  }
  if (count !== manifest.entry_count) {
    throw new SnapshotError('SNAPSHOT_INVALID', 'The snapshot has another number of entries than its manifest says. Use another snapshot.', { entries: count })
  }
}

function decodeChunk(chunk: Uint8Array, index: number): readonly StateEntry[] {
  try {
    return chunkSchema.parse(decodeCanonical(chunk), 'chunk')
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    throw new SnapshotError('SNAPSHOT_INVALID', `Chunk ${index} holds no state entries (${error.code}). Use another snapshot.`, { chunk: index }, { cause: error })
  }
}

/** Throws `SNAPSHOT_INVALID` or `SNAPSHOT_WRONG_WORLD`. */
export function parseManifest(manifest: unknown, worldId: string): SnapshotManifest {
  let parsed: SnapshotManifest
  try {
    parsed = snapshotManifestSchema.parse(manifest as Value, '')
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    throw new SnapshotError('SNAPSHOT_INVALID', `This is no snapshot manifest: ${error.message}`, error.detail, { cause: error })
  }
  if (parsed.world_id !== worldId) {
    throw new SnapshotError('SNAPSHOT_WRONG_WORLD', 'The snapshot is of another world. Use one of this world.', { world_id: parsed.world_id })
  }
  return parsed
}
