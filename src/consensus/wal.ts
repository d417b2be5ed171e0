import { concatBytes, equalBytes, sha256 } from '../codec/index.ts'
import { ConsensusError } from './errors.ts'
import { sameBlockHash } from './evidence.ts'
import { slotOf } from './state.ts'
import { decodeWalBatch, encodeWalBatch } from './wal-record.ts'
import type { RestoredHeight, WalRecord } from './wal-record.ts'

/*
 * The votes-WAL is a sequence of frames, one for each append:
 *   length of the batch (4 bytes, big endian) · first 8 bytes of SHA-256(batch) · first 4 bytes of SHA-256(the 12 bytes before) · batch
 * A batch is a canonical CBOR list of records, so records appended together are there together or not at all. The header has a check of
 * its own, so that a damaged length is not taken for a batch cut short. What a crash may leave at the end (a frame cut short, zeros
 * where bytes did not reach the disk) is a torn tail: its vote was never signed, because signing waits until the append is durable.
 * Anything else that does not check is damage, and voting on would risk a double vote.
 */
const LENGTH_BYTES = 4
const BATCH_CHECK_BYTES = 8
const HEADER_CHECK_BYTES = 4
const HEADER_BYTES = LENGTH_BYTES + BATCH_CHECK_BYTES + HEADER_CHECK_BYTES
/** What strict decoding accepts: a full block with its proof-of-lock. */
export const MAX_WAL_BATCH_BYTES = 4 << 20

/** The bytes to append for records that belong together. */
export function encodeWal(records: readonly WalRecord[]): Uint8Array {
  const batch = encodeWalBatch(records)
  if (batch.length > MAX_WAL_BATCH_BYTES) {
    throw new ConsensusError('WAL_RECORD_TOO_LARGE', `A WAL entry has ${batch.length} bytes, more than ${MAX_WAL_BATCH_BYTES}. Lower the block size.`)
  }
  const header = new Uint8Array(HEADER_BYTES)
  new DataView(header.buffer).setUint32(0, batch.length)
  header.set(sha256(batch).subarray(0, BATCH_CHECK_BYTES), LENGTH_BYTES)
  header.set(headerCheck(header), LENGTH_BYTES + BATCH_CHECK_BYTES)
  return concatBytes(header, batch)
}

function headerCheck(header: Uint8Array): Uint8Array {
  return sha256(header.subarray(0, LENGTH_BYTES + BATCH_CHECK_BYTES)).subarray(0, HEADER_CHECK_BYTES)
}

export interface DecodedWal {
  readonly records: readonly WalRecord[]
  /** Bytes at the end that belong to no whole frame; drop them before appending. */
  readonly tornBytes: number
}

/** Reads a log. A torn tail is left out and counted; damage before it throws `WAL_CORRUPT` with the offset. */
export function decodeWal(log: Uint8Array): DecodedWal {
  const records: WalRecord[] = []
  let offset = 0
  while (offset < log.length) {
    const batch = batchAt(log, offset)
    if (batch === 'torn') break
    try {
      records.push(...decodeWalBatch(batch))
    } catch (cause) {
      throw corrupt(offset, 'an entry has a valid checksum and an unknown shape (was it written by a later version?)', cause)
    }
    offset += HEADER_BYTES + batch.length
  }
  return { records, tornBytes: log.length - offset }
}

function batchAt(log: Uint8Array, offset: number): Uint8Array | 'torn' {
  if (log.length - offset < HEADER_BYTES) return 'torn'
  const header = log.subarray(offset, offset + HEADER_BYTES)
  if (!equalBytes(headerCheck(header), header.subarray(LENGTH_BYTES + BATCH_CHECK_BYTES))) {
    // A header cut short and zeros behind it. A batch never starts with zero, so no whole frame is among them.
    if (isZero(log.subarray(offset + HEADER_BYTES - 1))) return 'torn'
    throw corrupt(offset, 'an entry header does not match its checksum')
  }
  const length = new DataView(header.buffer, header.byteOffset).getUint32(0)
  const end = offset + HEADER_BYTES + length
  if (end > log.length) return 'torn'
  const batch = log.subarray(offset + HEADER_BYTES, end)
  if (equalBytes(sha256(batch).subarray(0, BATCH_CHECK_BYTES), header.subarray(LENGTH_BYTES, LENGTH_BYTES + BATCH_CHECK_BYTES))) return batch
  if (isZero(log.subarray(end))) return 'torn'
  throw corrupt(offset, 'an entry does not match its checksum')
}

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0)

function corrupt(offset: number, reason: string, cause?: unknown): ConsensusError {
  return new ConsensusError(
    'WAL_CORRUPT',
    `The votes log is damaged at byte ${offset}: ${reason}. Voting with it could sign twice. Restore the log from this machine's disk, ` +
      'or start this node without its key until the network has passed the height of its last vote.',
    { offset, reason },
    { cause },
  )
}

/**
 * Groups records by height. Throws `WAL_WRONG_WORLD` for a log of another world, and `WAL_CONFLICT` when it holds two different votes of
 * one validator for one step: then the rule it exists for was broken already.
 */
export function restore(records: readonly WalRecord[], world_id: string): ReadonlyMap<number, RestoredHeight> {
  const byHeight = new Map<number, Mutable>()
  for (const record of records) {
    let entry = byHeight.get(record.height)
    if (entry === undefined) byHeight.set(record.height, (entry = { height: record.height, votes: [], proposals: [], blocks: [], valid: [] }))
    if ((record.kind === 'vote' || record.kind === 'proposal') && record.world_id !== world_id) {
      throw new ConsensusError('WAL_WRONG_WORLD', 'The votes log belongs to another world. Use the data directory of this world.', {
        expected: world_id, found: record.world_id,
      })
    }
    add(entry, record)
  }
  return byHeight
}

type Mutable = { -readonly [K in keyof RestoredHeight]: RestoredHeight[K] extends readonly (infer T)[] ? T[] : RestoredHeight[K] }

function add(entry: Mutable, record: WalRecord): void {
  switch (record.kind) {
    case 'block':
      entry.blocks.push(record)
      return
    case 'valid':
      entry.valid.push(record)
      return
    case 'vote': {
      const slot = slotOf(record.type, record.round)
      const before = entry.votes.find((vote) => vote.validator_id === record.validator_id && slotOf(vote.type, vote.round) === slot)
      if (before !== undefined && !sameBlockHash(before.block_hash, record.block_hash)) throw conflict(record)
      entry.votes.push(record)
      return
    }
    case 'proposal': {
      const before = entry.proposals.find((other) => other.validator_id === record.validator_id && other.round === record.round)
      if (before !== undefined && (!sameBlockHash(before.block_hash, record.block_hash) || before.valid_round !== record.valid_round)) throw conflict(record)
      entry.proposals.push(record)
    }
  }
}

function conflict(record: { readonly height: number; readonly round: number; readonly validator_id: string }): ConsensusError {
  const { height, round, validator_id } = record
  return new ConsensusError('WAL_CONFLICT', 'The votes log holds two different messages for one step. Do not start this key again; report it.', {
    height, round, validator_id,
  })
}
