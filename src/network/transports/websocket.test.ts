import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { NetworkHost } from '../host.ts'
import { WEBSOCKET_LIMITS } from '../limits.ts'
import { testNetwork } from '../testing/network.ts'

const network = testNetwork()
afterEach(() => network.stopAll())

/** RFC 6455 §7.4.1: message too big. */
const TOO_BIG = 1009

function portOf(host: NetworkHost): number {
  return Number(/\/tcp\/(\d+)\//.exec(host.addresses()[0]!)![1])
}

describe('a WebSocket listener', () => {
  it('outlives frames that are no WebSocket frames', async () => {
    const host = await network.host(1)
    const socket = connect(portOf(host), '127.0.0.1')
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n')
    socket.once('data', () => socket.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff))) // reserved bits and opcode
    await closed
    const peer = await network.host(2)
    await peer.dial(host.addresses()[0]!)
    expect(peer.peers().map((known) => known.peer)).toEqual([host.peerId])
  })

  it('closes on a message over the limit, before anybody has said who they are', async () => {
    const host = await network.host(1)
    const socket = new WebSocket(`ws://127.0.0.1:${portOf(host)}`)
    const code = await new Promise<number>((resolve) => {
      socket.onopen = () => socket.send(new Uint8Array(WEBSOCKET_LIMITS.maxMessageBytes + 1))
      socket.onclose = (event) => resolve(event.code)
    })
    expect(code).toBe(TOO_BIG)
    expect(host.peers()).toEqual([])
  })
})
