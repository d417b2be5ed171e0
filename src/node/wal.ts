import { concatBytes } from '../codec/index.ts'
import { ConsensusError } from '../consensus/index.ts'
import type { ConsensusWal } from '../consensus/index.ts'
import type { NodeStorage } from '../storage/index.ts'

/** Generation (4 bytes) and height (8 bytes, as a double: exact for safe integers) in front of every record. */
const PREFIX_BYTES = 12

interface WalPrefix {
  readonly generation: number
  readonly height: number
}

/**
 * The votes-WAL as consensus wants it, a replaceable byte log, over storage that can only append and prune. Every record carries
 * the generation of the log it belongs to; `replace` durably appends the first record of the next generation before the old one
 * is pruned, so after a crash the highest generation present is a whole log, old or new.
 *
 * Records are filed under the height being decided (`height`), never under a lower one than before: should one be unreadable,
 * storage can say up to which height this validator may have voted.
 */
export function storageWal(storage: NodeStorage, height: () => number): ConsensusWal {
  let generation = 1
  let highest = 1

  const write = (frames: Uint8Array): Promise<void> => {
    highest = Math.max(highest, height())
    return storage.walAppend(highest, concatBytes(encodePrefix({ generation, height: highest }), frames))
  }

  return {
    async load() {
      const records = await storage.walRead()
      const prefixes = records.map((record) => decodePrefix(record) ?? corrupt())
      for (const prefix of prefixes) {
        generation = Math.max(generation, prefix.generation)
        highest = Math.max(highest, prefix.height)
      }
      return concatBytes(...records.filter((_, index) => prefixes[index]!.generation === generation).map((record) => record.subarray(PREFIX_BYTES)))
    },
    append: write,
    async replace(frames) {
      generation++
      await write(frames)
      await storage.walPrune(highest)
    },
  }
}

/** Highest height this validator may have voted at, as far as its log can be read; 0 when it is empty. */
export async function highestVoted(storage: NodeStorage): Promise<number> {
  return (await storage.walRead()).reduce((highest, record) => Math.max(highest, decodePrefix(record)?.height ?? 0), 0)
}

function encodePrefix({ generation, height }: WalPrefix): Uint8Array {
  const prefix = new DataView(new ArrayBuffer(PREFIX_BYTES))
  prefix.setUint32(0, generation)
  prefix.setFloat64(4, height)
  return new Uint8Array(prefix.buffer)
}

function decodePrefix(record: Uint8Array): WalPrefix | null {
  if (record.length < PREFIX_BYTES) return null
  const view = new DataView(record.buffer, record.byteOffset)
  const prefix = { generation: view.getUint32(0), height: view.getFloat64(4) }
  return Number.isSafeInteger(prefix.height) && prefix.height >= 1 ? prefix : null
}

function corrupt(): never {
  throw new ConsensusError('WAL_CORRUPT', 'The votes log holds a record of an unknown form (was it written by another version?).')
}
