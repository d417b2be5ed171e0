import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { peerIdFromString } from '@libp2p/peer-id'
import { addressPlace, createGater } from './gater.ts'
import { createMetrics } from './metrics.ts'
import { createPeerPolicy } from './peers.ts'

const PEER = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
const RELAY = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'

function setup(configured: readonly string[]) {
  const policy = createPeerPolicy({ now: () => 0, metrics: createMetrics() })
  return { policy, gater: createGater(policy, new Set(configured.map(addressPlace))) }
}

describe('whom we connect to', () => {
  it('is who was configured, with or without the peer id, and nobody else', () => {
    const { gater } = setup([`/ip4/10.0.0.1/tcp/7000/ws/p2p/${PEER}`])
    const denied = (address: string): unknown => gater.denyDialMultiaddr!(multiaddr(address))
    expect(denied('/ip4/10.0.0.1/tcp/7000/ws')).toBe(false)
    expect(denied(`/ip4/10.0.0.1/tcp/7000/ws/p2p/${PEER}`)).toBe(false)
    expect(denied('/ip4/10.0.0.1/tcp/7001/ws')).toBe(true)
    expect(denied(`/ip4/192.168.0.1/tcp/80/ws/p2p/${PEER}`)).toBe(true)
  })

  it('are peers behind the relays we are configured to use, never those behind a relay that a peer names', () => {
    const { gater } = setup([`/ip4/10.0.0.1/tcp/7000/ws/p2p/${RELAY}`])
    const denied = (address: string): unknown => gater.denyDialMultiaddr!(multiaddr(address))
    expect(denied(`/ip4/10.0.0.1/tcp/7000/ws/p2p/${RELAY}/p2p-circuit/p2p/${PEER}`)).toBe(false)
    expect(denied(`/ip4/10.0.0.1/tcp/7000/ws/p2p/${RELAY}/p2p-circuit/webrtc/p2p/${PEER}`)).toBe(false)
    expect(denied(`/ip4/192.168.0.1/tcp/80/ws/p2p/${RELAY}/p2p-circuit/webrtc/p2p/${PEER}`)).toBe(true)
  })

  it('is no refused peer, in either direction', () => {
    const { policy, gater } = setup([])
    const peer = peerIdFromString(PEER)
    const connection = {} as Parameters<NonNullable<typeof gater.denyInboundEncryptedConnection>>[1]
    const answers = () => [gater.denyDialPeer!(peer), gater.denyInboundEncryptedConnection!(peer, connection), gater.denyOutboundEncryptedConnection!(peer, connection)]
    expect(answers()).toEqual([false, false, false])
    policy.report(PEER, 'BAD_BLOCK')
    expect(answers()).toEqual([true, true, true])
  })
})
