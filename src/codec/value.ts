/** The data model of canonical CBOR here: no floats, no undefined, no tags, integers within ±(2^53−1), text keys. */
export type Value = null | boolean | number | string | Uint8Array | readonly Value[] | ValueMap

export interface ValueMap {
  readonly [key: string]: Value
}

export interface DecodeLimits {
  /** Most bytes accepted. */
  readonly maxBytes: number
  /** Deepest nesting of arrays and maps. */
  readonly maxDepth: number
  /** Most data items (keys count): bounds the heap, since 4 MiB of empty arrays would take 157 MB of it. */
  readonly maxItems: number
  /** Accept maps whose keys are not sorted (still unique): modules may return them, the host re-encodes before hashing. */
  readonly unsortedKeys?: boolean
}

/** Fits a full block: 4 MiB, and far below any engine's stack at 16 levels. */
export const DEFAULT_DECODE_LIMITS: DecodeLimits = { maxBytes: 4 << 20, maxDepth: 16, maxItems: 1 << 20 }

/**
 * U+FEFF, which no text may begin with (RFC 3629 §6): `TextDecoder` drops it from longer texts, so two encodings would decode to
 * the same value.
 */
export const BYTE_ORDER_MARK = 0xfeff
