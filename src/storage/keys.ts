import { concatBytes, utf8Bytes } from '../codec/index.ts'
import type { KeyRange } from './engine.ts'

/** Eight bytes, big endian, so byte order is number order. */
export function numberKey(value: number): Uint8Array {
  const key = new Uint8Array(8)
  new DataView(key.buffer).setBigUint64(0, BigInt(value))
  return key
}

export function numberOfKey(key: Uint8Array, offset = 0): number {
  return Number(new DataView(key.buffer, key.byteOffset + offset, 8).getBigUint64(0))
}

/** Keys of heights from `from` up to, not including, `to`. */
export function heightRange(from: number, to: number): KeyRange {
  return { from: numberKey(from), to: numberKey(to) }
}

export const GENERATION_BYTES = 4

/** State entries live under a generation number, so that a snapshot can stream in beside the state in use. */
export function stateKey(generation: number, key: Uint8Array): Uint8Array {
  return concatBytes(generationKey(generation), key)
}

export function generationKey(generation: number): Uint8Array {
  const key = new Uint8Array(GENERATION_BYTES)
  new DataView(key.buffer).setUint32(0, generation)
  return key
}

export function generationRange(generation: number): KeyRange {
  return { from: generationKey(generation), to: generationKey(generation + 1) }
}

/** Votes sort by height, then by the order they were appended in. */
export function voteKey(height: number, sequence: number): Uint8Array {
  return concatBytes(numberKey(height), numberKey(sequence))
}

export function nameKey(name: string): Uint8Array {
  return utf8Bytes(name)
}

/** The next possible key in byte order: makes an inclusive bound exclusive. */
export function after(key: Uint8Array): Uint8Array {
  return concatBytes(key, Uint8Array.of(0))
}
