import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeModuleInput } from '../../wasm/index.ts'
import { m1Modules } from '../testing/test-world.ts'
import { callInput, CallInputEncoder, traceIdOf } from './call-input.ts'

const subjects = fc.record({ action: fc.uint8Array({ maxLength: 300 }), event: fc.uint8Array({ maxLength: 300 }), state: fc.uint8Array({ maxLength: 300 }) }, { requiredKeys: [] })
const ids = fc.stringMatching(/^[0-9a-f-]{1,64}$/)

describe('the call input encoder', () => {
  it('writes the canonical bytes of the input', () => {
    fc.assert(fc.property(fc.nat(), fc.array(fc.tuple(ids, subjects, fc.nat(m1Modules.length - 1)), { minLength: 1, maxLength: 5 }), (height, calls) => {
      const encoder = new CallInputEncoder(height)
      for (const [id, subject, index] of calls) {
        const { manifest } = m1Modules[index]!
        const origin = { kind: 'action', id } as const
        expect(encoder.encode(manifest, 'pre_action', origin, traceIdOf(origin, `${manifest.module_id}#1`), subject)).toEqual(encodeModuleInput(callInput(manifest, 'pre_action', height, origin, traceIdOf(origin, `${manifest.module_id}#1`), subject)))
      }
    }))
  })

  it('writes subjects of any size', () => {
    for (const size of [0, 23, 24, 255, 256, 65_535, 65_536, 200_000]) {
      const { manifest } = m1Modules[0]!
      const origin = { kind: 'event', id: '1-2' } as const
      const subject = { event: new Uint8Array(size) }
      const encoded = new CallInputEncoder(9).encode(manifest, 'post_event', origin, traceIdOf(origin, `${manifest.module_id}#2`), subject)
      expect(encoded.length).toBe(encodeModuleInput(callInput(manifest, 'post_event', 9, origin, traceIdOf(origin, `${manifest.module_id}#2`), subject)).length)
    }
  })
})
