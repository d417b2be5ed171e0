import { concatBytes } from '../codec/index.ts'
import type { ConsensusWal } from '../consensus/index.ts'
import type { NodeStorage } from '../storage/index.ts'

const PREFIX_BYTES = 4

/**
 * The votes-WAL as consensus wants it, a replaceable byte log, over storage that can only append and prune. Every record carries
 * the generation of the log it belongs to; `replace` durably appends the first record of the next generation before the old one
 * is pruned, so after a crash the highest generation present is a whole log, old or new.
 */
export function storageWal(storage: NodeStorage): ConsensusWal {
  let generation = 1

  const write = (frames: Uint8Array): Promise<void> => {
    const prefix = new Uint8Array(PREFIX_BYTES)
    new DataView(prefix.buffer).setUint32(0, generation)
    return storage.walAppend(generation, concatBytes(prefix, frames))
  }

  return {
    async load() {
      const records = await storage.walRead()
      const generations = records.map((record) => new DataView(record.buffer, record.byteOffset).getUint32(0))
      generation = generations.reduce((newest, candidate) => Math.max(newest, candidate), 1)
      return concatBytes(...records.filter((_, index) => generations[index] === generation).map((record) => record.subarray(PREFIX_BYTES)))
    },
    append: write,
    async replace(frames) {
      generation++
      await write(frames)
      await storage.walPrune(generation)
    },
  }
}
