import { concatBytes } from '../codec/index.ts'
import type { ConsensusWal } from './runner-types.ts'
import { decodeWal, encodeWal, restore } from './wal.ts'
import type { RestoredHeight, WalRecord } from './wal-record.ts'

/** The log is cut back to what still matters when old heights have left this many bytes in it. */
const PRUNE_AFTER_BYTES = 1 << 20

/** The votes-WAL of one running node: restored once, appended before every signature, pruned as heights pass. */
export class WalWriter {
  readonly #store: ConsensusWal
  #restored: ReadonlyMap<number, RestoredHeight> = new Map()
  /** Records of heights not yet committed when the log was opened; a prune must keep them. */
  #kept: readonly WalRecord[] = []
  #bytes = 0

  constructor(store: ConsensusWal) {
    this.#store = store
  }

  /** Reads the log and drops a torn tail and heights below `height`. Throws `WAL_CORRUPT`, `WAL_WRONG_WORLD`, `WAL_CONFLICT`. */
  async open(world_id: string, height: number): Promise<void> {
    const log = await this.#store.load()
    const { records, tornBytes } = decodeWal(log)
    this.#restored = restore(records, world_id)
    this.#kept = records.filter((record) => record.height >= height)
    // A torn tail must go before anything is appended behind it.
    if (tornBytes > 0 || this.#kept.length < records.length) await this.#rewrite()
    else this.#bytes = log.length
  }

  /** What was voted at a height before this start. */
  restored(height: number): RestoredHeight | null {
    return this.#restored.get(height) ?? null
  }

  async append(records: readonly WalRecord[]): Promise<void> {
    const frames = encodeWal(records)
    await this.#store.append(frames)
    this.#bytes += frames.length
  }

  /** Forgets heights below `height`. To be called when nothing was written for `height` yet in this run. */
  async prune(height: number): Promise<void> {
    this.#kept = this.#kept.filter((record) => record.height >= height)
    if (this.#bytes > PRUNE_AFTER_BYTES) await this.#rewrite()
  }

  async #rewrite(): Promise<void> {
    const frames = concatBytes(...this.#kept.map((record) => encodeWal([record])))
    await this.#store.replace(frames)
    this.#bytes = frames.length
  }
}
