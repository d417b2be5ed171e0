/**
 * A file as a row of texts small enough for QR codes, across the air gap in either direction. Each text says which file it is of, how many there
 * are and which one it is, so codes may be scanned in any order and more than once:
 *
 *     AWQ1/<sha256 of the file, first 16 hex digits, uppercase>/<index from 1>/<total>/<part as uppercase hex>
 *
 * Only characters of the QR code's alphanumeric mode occur: they take 5.5 bits each.
 */
import { concatBytes, fromHex, sha256, toHex } from '../codec/index.ts'
import { VaultError } from './errors.ts'

const CHUNK = /^AWQ1\/([0-9A-F]{16})\/([1-9][0-9]{0,2})\/([1-9][0-9]{0,2})\/((?:[0-9A-F]{2}){1,600})$/
/** Bytes in one code: 800 hex digits and the head make a version 20 code, which a phone reads from a screen. */
export const CHUNK_BYTES = 400
/** More codes than anyone scans; larger files travel as files. */
export const MAX_CHUNKS = 250
const MAX_CHUNK_CHARS = 1400

/** Throws `MESSAGE_TOO_LARGE` for no bytes or for more than `CHUNK_BYTES * MAX_CHUNKS`. */
export function toChunks(file: Uint8Array): string[] {
  const total = Math.ceil(file.length / CHUNK_BYTES)
  if (total === 0 || total > MAX_CHUNKS) throw new VaultError('MESSAGE_TOO_LARGE', { bytes: file.length, max_bytes: CHUNK_BYTES * MAX_CHUNKS })
  const id = toHex(sha256(file)).slice(0, 16).toUpperCase()
  return Array.from({ length: total }, (_, index) => {
    const part = file.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)
    return `AWQ1/${id}/${index + 1}/${total}/${toHex(part).toUpperCase()}`
  })
}

interface Chunk {
  readonly id: string
  readonly index: number
  readonly total: number
  readonly part: Uint8Array
}

function parseChunk(text: string): Chunk {
  const match = text.length <= MAX_CHUNK_CHARS ? CHUNK.exec(text) : null
  if (match === null) throw new VaultError('CHUNK_INVALID')
  const [, id = '', index, total, part = ''] = match
  const chunk = { id, index: Number(index), total: Number(total), part: fromHex(part) }
  if (chunk.total > MAX_CHUNKS || chunk.index > chunk.total) throw new VaultError('CHUNK_INVALID', { index: chunk.index, total: chunk.total })
  return chunk
}

export interface ChunkProgress {
  readonly received: number
  readonly total: number
  /** Indexes from 1 that are still missing. */
  readonly missing: readonly number[]
  /** The whole file once all parts are there and its hash is right. */
  readonly file: Uint8Array | null
}

/** Collects the codes of one file. */
export class ChunkCollector {
  #id: string | null = null
  #total = 0
  readonly #parts = new Map<number, Uint8Array>()

  /**
   * Throws `CHUNK_INVALID`, `CHUNK_OTHER_MESSAGE` (nothing is lost: go on with the right codes), `CHUNKS_DAMAGED` (a code was altered: all are
   * dropped).
   */
  add(text: string): ChunkProgress {
    const { id, index, total, part } = parseChunk(text)
    if (this.#id === null) {
      this.#id = id
      this.#total = total
    } else if (this.#id !== id || this.#total !== total) throw new VaultError('CHUNK_OTHER_MESSAGE', { index, total })
    this.#parts.set(index, part)
    return this.#progress()
  }

  reset(): void {
    this.#id = null
    this.#total = 0
    this.#parts.clear()
  }

  #progress(): ChunkProgress {
    const indexes = Array.from({ length: this.#total }, (_, index) => index + 1)
    const missing = indexes.filter((index) => !this.#parts.has(index))
    return { received: this.#parts.size, total: this.#total, missing, file: missing.length === 0 ? this.#join(indexes) : null }
  }

  #join(indexes: readonly number[]): Uint8Array {
    const file = concatBytes(...indexes.map((index) => this.#parts.get(index)!))
    if (toHex(sha256(file)).slice(0, 16).toUpperCase() !== this.#id) {
      this.reset()
      throw new VaultError('CHUNKS_DAMAGED')
    }
    return file
  }
}
