import { concatBytes, equalBytes, sha256, utf8Bytes } from '../codec/index.ts'
import type { Table } from './engine.ts'

/** Bytes of a row's checksum. It finds accidents: against forgery stand the hashes inside, which certificates cover. */
const CHECKSUM_BYTES = 8

/**
 * A row's value with a checksum in front that covers table and key too, so a row that turns up elsewhere is found as well.
 * Blobs need none: their key is the hash of their bytes.
 */
export function sealRow(table: Table, key: Uint8Array, value: Uint8Array): Uint8Array {
  return concatBytes(checksum(table, key, value), value)
}

/** The value, or null when it is not what `sealRow` made. */
export function openRow(table: Table, key: Uint8Array, stored: Uint8Array): Uint8Array | null {
  if (stored.length < CHECKSUM_BYTES) return null
  const value = stored.slice(CHECKSUM_BYTES)
  return equalBytes(checksum(table, key, value), stored.subarray(0, CHECKSUM_BYTES)) ? value : null
}

function checksum(table: Table, key: Uint8Array, value: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8Bytes(table), Uint8Array.of(0, key.length >> 8, key.length & 0xff), key, value)).subarray(0, CHECKSUM_BYTES)
}
