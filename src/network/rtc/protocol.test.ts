import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asToHost, asToWorker } from './protocol.ts'

const good = [
  { type: 'hello', transferable: true },
  { type: 'alive', lock: `aw-rtc:${crypto.randomUUID()}` },
  { type: 'connection-new', connection: 1, config: { iceServers: [], certificates: [] } },
  { type: 'connection-call', connection: 1, call: 2, method: 'createOffer', argument: null },
  { type: 'channel-new', connection: 1, channel: 3, label: '', init: {} },
  { type: 'channel-send', channel: 3, data: new ArrayBuffer(4), size: 4 },
]

describe('messages of the WebRTC broker', () => {
  it('are taken when they have their shape', () => {
    for (const message of good) expect(asToHost(message)).toBe(message)
  })

  it('are dropped when a field is missing or of another kind', () => {
    for (const message of good) {
      for (const field of Object.keys(message)) {
        if (field === 'argument') continue
        expect(asToHost({ ...message, [field]: undefined }), `${message.type}.${field}`).toBeUndefined()
        expect(asToHost({ ...message, [field]: Symbol('other') }), `${message.type}.${field}`).toBeUndefined()
      }
    }
  })

  it('cannot call other methods, take other locks or send more than a channel carries', () => {
    expect(asToHost({ type: 'connection-call', connection: 1, call: 2, method: 'close', argument: null })).toBeUndefined()
    expect(asToHost({ type: 'alive', lock: 'somebody-elses-lock' })).toBeUndefined()
    expect(asToHost({ type: 'channel-send', channel: 3, data: new ArrayBuffer(1 << 20), size: 1 << 20 })).toBeUndefined()
    expect(asToHost({ type: 'connection-new', connection: 1, config: { iceServers: Array(100).fill({}), certificates: [] } })).toBeUndefined()
  })

  it('are dropped, never thrown at, whatever they are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ type: fc.constantFrom('hello', 'result', 'channel-in', 'toString', '__proto__'), call: fc.anything() })), (data) => {
        for (const check of [asToHost, asToWorker]) {
          const taken = check(data)
          if (taken !== undefined) expect(taken).toBe(data)
        }
      }),
    )
  })
})
