import { decodeCanonical, encodeCanonical, utf8Bytes } from '../../../codec/index.ts'
import type { ValueMap } from '../../../codec/index.ts'
import { handMade } from '../../../world/testing/hand-made.ts'
import type { HandMade } from '../../../world/testing/hand-made.ts'

export const FETCHES = 't.fetches'
const NEEDLE = utf8Bytes('effect.receipt')
/** `{emits: [], effects: [], new_state: h'…'}` up to the two bytes of the length. */
const STORES = Uint8Array.of(0xa3, 0x65, ...utf8Bytes('emits'), 0x80, 0x67, ...utf8Bytes('effects'), 0x80, 0x69, ...utf8Bytes('new_state'), 0x59)
const DATA_AT = 16
const OUTPUT_AT = 65_536

/** A module that asks for a document whenever somebody sets out, and keeps what it was told of the receipt as its state. */
export function fetchingModule(url: string): HandMade {
  const asks = encodeCanonical({ emits: [], effects: [{ kind: 'http.fetch', params: { method: 'GET', url }, cap_ref: 'net' }] })
  const needleAt = DATA_AT + asks.length
  const storesAt = needleAt + NEEDLE.length
  const stateAt = OUTPUT_AT + STORES.length
  const body = `
    (local $at i32) (local $same i32)
    (block $absent
      (br_if $absent (i32.lt_u (local.get $len) (i32.const ${NEEDLE.length})))
      (loop $search
        (local.set $same (i32.const 0))
        (block $differs
          (loop $compare
            (br_if $differs (i32.ne
              (i32.load8_u (i32.add (local.get $ptr) (i32.add (local.get $at) (local.get $same))))
              (i32.load8_u (i32.add (i32.const ${needleAt}) (local.get $same)))))
            (local.set $same (i32.add (local.get $same) (i32.const 1)))
            (br_if $compare (i32.lt_u (local.get $same) (i32.const ${NEEDLE.length}))))
          (memory.copy (i32.const ${OUTPUT_AT}) (i32.const ${storesAt}) (i32.const ${STORES.length}))
          (i32.store8 (i32.const ${stateAt}) (i32.shr_u (local.get $len) (i32.const 8)))
          (i32.store8 (i32.const ${stateAt + 1}) (local.get $len))
          (memory.copy (i32.const ${stateAt + 2}) (local.get $ptr) (local.get $len))
          (return (i64.or
            (i64.shl (i64.extend_i32_u (i32.add (local.get $len) (i32.const ${STORES.length + 2}))) (i64.const 32))
            (i64.const ${OUTPUT_AT}))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $search (i32.le_u (local.get $at) (i32.sub (local.get $len) (i32.const ${NEEDLE.length}))))))
    (i64.const ${(BigInt(asks.length) << 32n) | BigInt(DATA_AT)})`
  return handMade(FETCHES, body, Uint8Array.of(...asks, ...NEEDLE, ...STORES), {
    kind: 'reducer', required_caps: ['net'], limits: { max_gas: 5_000_000, max_output_bytes: 32_768 },
    subscriptions: { action_kinds: [], event_kinds: ['agent.departed', 'effect.receipt'], stage: 'post_event' },
  })
}

/** What the module was told: the payload of the event. */
export function toldTo(state: Uint8Array): ValueMap {
  const { event } = decodeCanonical(state) as unknown as { readonly event: Uint8Array }
  return (decodeCanonical(event) as unknown as { readonly payload: ValueMap }).payload
}
