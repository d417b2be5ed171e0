import { Decoder } from 'cbor-x/decode-no-eval'
import { scanCanonical } from './scan.ts'
import { DEFAULT_DECODE_LIMITS } from './value.ts'
import type { DecodeLimits, Value } from './value.ts'

// cbor-x alone is neither strict nor safe (DESIGN §4); these options and `scanCanonical` before it are what makes it both. `no-eval` keeps
// it quiet under a strict page policy. `int64AsNumber` decodes wide negative integers wrongly, so they come as bigint and are narrowed after.
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true, copyBuffers: true } as object)

/** Decodes exactly one canonical item. Throws `CodecError`; byte strings in the result are copies. */
export function decodeCanonical(bytes: Uint8Array, limits: DecodeLimits = DEFAULT_DECODE_LIMITS): Value {
  const { wideIntegers } = scanCanonical(bytes, limits)
  // A view of its own: cbor-x hangs a property on what it reads, and would answer in Buffers when given one.
  const decoded = decoder.decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)) as Wide
  return wideIntegers ? narrow(decoded) : (decoded as Value)
}

/** What cbor-x decodes: integers beyond 32 bits are bigint. */
type Wide = Value | bigint

/** The value with its bigints as numbers, changed in place: the decoder has just made it and nobody else holds it. */
function narrow(value: Wide): Value {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = narrow(value[i] as Wide)
    return value
  }
  const map = value as Record<string, Value>
  for (const key of Object.keys(map)) map[key] = narrow(map[key] as Wide)
  return map
}
