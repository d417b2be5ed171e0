import { concatBytes } from '../../codec/index.ts'
import type { Commit } from '../../codec/index.ts'
import type { ConsensusWal } from '../runner-types.ts'
import type { Prng } from './prng.ts'
import type { Lifetime } from './virtual-time.ts'

/** What of a node survives a crash: its votes log and its committed blocks. */
export class Disk {
  #log: Uint8Array = new Uint8Array(0)
  #inFlight: { readonly kind: 'append' | 'replace'; readonly bytes: Uint8Array } | null = null
  readonly commits: Commit[] = []
  /** Faults that happened here, for the run's summary. */
  tornWrites = 0
  readonly #prng: Prng
  readonly #writeMs: number

  /** Called when a write begins, with how long it will take. */
  onWrite: (ms: number) => void = () => {}

  /** `writeMs`: longest a write takes to be durable, in virtual milliseconds. */
  constructor(prng: Prng, writeMs: number) {
    this.#prng = prng
    this.#writeMs = writeMs
  }

  get log(): Uint8Array {
    return this.#log
  }

  /** The votes log as one run of the node sees it. With `forgetful` writes seem to succeed and are lost: a broken node for mutation checks. */
  wal(lifetime: Lifetime, forgetful: boolean): ConsensusWal {
    const write = async (kind: 'append' | 'replace', bytes: Uint8Array): Promise<void> => {
      this.#inFlight = { kind, bytes }
      const ms = this.#prng.between(0, this.#writeMs)
      this.onWrite(ms)
      await lifetime.sleep(ms)
      this.#inFlight = null
      if (!forgetful) this.#log = kind === 'append' ? concatBytes(this.#log, bytes) : bytes
    }
    return { load: () => Promise.resolve(this.#log), append: (bytes) => write('append', bytes), replace: (bytes) => write('replace', bytes) }
  }

  /** Power loss: of an append in flight any prefix may have reached the disk, possibly followed by zeros; a replace happened or did not. */
  crash(): void {
    const pending = this.#inFlight
    this.#inFlight = null
    if (pending === null) return
    this.tornWrites++
    if (pending.kind === 'replace') {
      if (this.#prng.chance(500)) this.#log = pending.bytes
      return
    }
    const kept = this.#prng.between(0, pending.bytes.length)
    const zeros = this.#prng.chance(300) ? pending.bytes.length - kept : 0
    this.#log = concatBytes(this.#log, pending.bytes.subarray(0, kept), new Uint8Array(zeros))
  }
}
