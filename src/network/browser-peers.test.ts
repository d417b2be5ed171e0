import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { chooseCandidates, samplePeers, signalledAddress } from './browser-peers.ts'
import { fetchPeers } from './protocols.ts'
import { testNetwork } from './testing/network.ts'

const network = testNetwork()
afterEach(() => network.stopAll())

describe('finding other browsers', () => {
  it('has exactly one of two tabs dial, and leaves out who is connected, refused or failed lately', () => {
    const rules = { isConnected: (peer: string) => peer === 'e', isRefused: (peer: string) => peer === 'f' }
    const failed = new Map([['g', 100], ['h', 50]])
    expect(chooseCandidates(['a', 'c', 'd', 'd', 'e', 'f', 'g', 'h'], { self: 'c', ...rules }, failed, 50)).toEqual(['d', 'h'])
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        fc.pre(a !== b)
        const dials = (self: string, other: string): number => chooseCandidates([other], { self, isConnected: () => false, isRefused: () => false }, new Map(), 0).length
        expect(dials(a, b) + dials(b, a)).toBe(1)
      }),
    )
  })

  it('dials through the relay at the address we reached it at', () => {
    const address = '/ip4/10.0.0.1/tcp/1/ws'
    expect(signalledAddress({ peer: 'R', address }, 'B')).toBe(`${address}/p2p/R/p2p-circuit/webrtc/p2p/B`)
    expect(signalledAddress({ peer: 'R', address: `${address}/p2p/R` }, 'B')).toBe(`${address}/p2p/R/p2p-circuit/webrtc/p2p/B`)
  })

  it('is offered a fair sample: no duplicates, never oneself, no more than asked', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 40 }), fc.nat(20), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (peers, limit, random) => {
        const asker = peers[0] ?? ''
        const sample = samplePeers(peers, asker, limit, () => random)
        expect(new Set(sample).size).toBe(sample.length)
        expect(sample).not.toContain(asker)
        expect(sample.every((peer) => peers.includes(peer))).toBe(true)
        expect(sample.length).toBe(Math.min(limit, peers.filter((peer) => peer !== asker).length))
      }),
    )
  })

  it('asks the relay, which names those who hold a reservation', async () => {
    const relay = await network.host(1, { relay: true })
    const tab = (number: number) => network.host(number, { listen: ['/p2p-circuit'], bootstrap: [relay.addresses()[0]!] })
    const [first, second] = await Promise.all([tab(2), tab(3)])
    await vi.waitFor(() => expect(relay.relayReservations()).toBe(2), { timeout: 20_000, interval: 20 })
    expect(await first!.rpc.request(relay.peerId, fetchPeers, { limit: 8 })).toEqual({ peers: [second!.peerId] })
  })
})
