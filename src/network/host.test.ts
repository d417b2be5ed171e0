import { afterEach, describe, expect, it, vi } from 'vitest'
import { createNetworkHost } from './host.ts'
import type { NetworkEvent } from './events.ts'
import type { NetworkHost } from './host.ts'
import { BOOTSTRAP_LIMITS } from './limits.ts'
import { LOOPBACK, seed, testNetwork } from './testing/network.ts'

const network = testNetwork()
afterEach(() => network.stopAll())
const soon = { timeout: 20_000, interval: 20 }

function portOf(host: NetworkHost): string {
  return /\/tcp\/(\d+)\//.exec(host.addresses()[0]!)![1]!
}

const onPort = (port: string): string => LOOPBACK.replace('/tcp/0/', `/tcp/${port}/`)

describe('a host', () => {
  it('has the same peer id for the same seed', async () => {
    const first = await network.host(1)
    const again = await network.host(1)
    expect(again.peerId).toBe(first.peerId)
    expect((await network.host(2)).peerId).not.toBe(first.peerId)
  })

  it('names what is wrong with its configuration', async () => {
    const start = (init: object) => createNetworkHost({ identitySeed: seed(1), listen: [], bootstrap: [], ...init })
    await expect(start({ identitySeed: new Uint8Array(31) })).rejects.toMatchObject({ code: 'NETWORK_CONFIG' })
    await expect(start({ bootstrap: ['127.0.0.1:7000'] })).rejects.toMatchObject({ code: 'NETWORK_CONFIG', detail: { address: '127.0.0.1:7000' } })
  })

  it('says why an address could not be reached', async () => {
    const host = await network.host(1)
    const gone = await network.host(2)
    const address = gone.addresses()[0]!
    await gone.stop()
    await expect(host.dial(address)).rejects.toMatchObject({ code: 'NETWORK_DIAL_FAILED', detail: { address } })
  })

  it('needs no WebRTC code in Node', async () => {
    await network.host(1)
    expect((process.report.getReport() as { sharedObjects: string[] }).sharedObjects.filter((file) => file.includes('datachannel'))).toEqual([])
  })
})

describe('bootstrap', () => {
  it('forms a full mesh from one shared list that names everybody, oneself included', async () => {
    const numbers = [1, 2, 3, 4]
    const probes = await Promise.all(numbers.map((number) => network.host(number)))
    const list = probes.map((host) => host.addresses()[0]!)
    const ports = probes.map(portOf)
    await network.stopAll()
    const hosts = await Promise.all(numbers.map((number, i) => network.host(number, { listen: [onPort(ports[i]!)], bootstrap: list })))
    await vi.waitFor(() => {
      for (const [i, host] of hosts.entries()) {
        expect(new Set(host.peers().map(({ peer }) => peer)).size).toBe(3)
        expect(host.bootstrap().map(({ state }) => state)).toEqual(numbers.map((_, j) => (j === i ? 'self' : 'connected')))
      }
    }, soon)
  })

  it('shows what it is doing and connects when the peer comes, also after a restart', async () => {
    const probe = await network.host(1)
    const address = probe.addresses()[0]!
    const listen = [onPort(portOf(probe))]
    await probe.stop()
    const events: NetworkEvent[] = []
    const host = await network.host(2, { bootstrap: [address], random: () => 0.5, onEvent: (event) => events.push(event) })
    await vi.waitFor(() => expect(host.bootstrap()[0]).toMatchObject({ state: 'backoff', lastError: expect.any(String) }), soon)
    const retry = host.bootstrap()[0]!.retryInMs!
    expect(retry).toBeLessThanOrEqual(BOOTSTRAP_LIMITS.maxBackoffMs)

    const first = await network.host(1, { listen })
    await vi.waitFor(() => expect(host.bootstrap()[0]).toMatchObject({ state: 'connected', failures: 0, lastError: null, retryInMs: null }), soon)
    await first.stop()
    await vi.waitFor(() => expect(host.bootstrap()[0]!.state).not.toBe('connected'), soon)
    await network.host(1, { listen })
    await vi.waitFor(() => expect(host.bootstrap()[0]!.state).toBe('connected'), soon)

    const states = events.flatMap((event) => (event.type === 'bootstrap' ? [event.status.state] : []))
    expect(new Set(states)).toEqual(new Set(['connecting', 'backoff', 'connected']))
    expect(events.filter(({ type }) => type === 'disconnected').length).toBe(1)
  })

  it('learns the peer behind an address that does not name it', async () => {
    const server = await network.host(1)
    const host = await network.host(2, { bootstrap: [onPort(portOf(server))] })
    await vi.waitFor(() => expect(host.bootstrap()[0]).toMatchObject({ state: 'connected', peer: server.peerId }), soon)
  })
})

describe('a peer that offends', () => {
  it('is disconnected, told to the page, refused both ways, and a bootstrap peer is tried again when its time is over', async () => {
    const clock = { offset: 0 }
    const events: NetworkEvent[] = []
    const liar = await network.host(1)
    const host = await network.host(2, {
      bootstrap: [liar.addresses()[0]!],
      now: () => Date.now() + clock.offset,
      onEvent: (event) => events.push(event),
    })
    await vi.waitFor(() => expect(host.bootstrap()[0]!.state).toBe('connected'), soon)
    host.policy.report(liar.peerId, 'BAD_BLOCK', 'state root differs')
    await vi.waitFor(() => {
      expect(host.peers()).toEqual([])
      expect(liar.peers()).toEqual([]) // the other side knows at once: the socket is closed, not forgotten
    }, { timeout: 2_000, interval: 20 })
    expect(events).toContainEqual(expect.objectContaining({ type: 'refused', peer: liar.peerId, code: 'BAD_BLOCK', detail: 'state root differs', standing: 'refused' }))
    await vi.waitFor(() => expect(host.bootstrap()[0]).toMatchObject({ state: 'backoff' }), soon)
    expect(host.bootstrap()[0]!.retryInMs).toBeGreaterThan(BOOTSTRAP_LIMITS.maxBackoffMs)

    await expect(host.dial(liar.addresses()[0]!)).rejects.toMatchObject({ code: 'NETWORK_DIAL_FAILED' })
    const inbound = await liar.dial(host.addresses()[0]!).catch(() => 'refused')
    if (inbound !== 'refused') await vi.waitFor(() => expect(liar.peers()).toEqual([]), soon)
    expect(host.peers()).toEqual([])

    clock.offset = 3_600_000
    await liar.dial(host.addresses()[0]!)
    await vi.waitFor(() => expect(host.bootstrap()[0]!.state).toBe('connected'), soon)
  })
})

describe('a relay', () => {
  it('gives the place of a peer that left to the next one', async () => {
    const relay = await network.host(1, { relay: true })
    const reservations = relay.relayReservations
    const tab = (number: number) => network.host(number, { listen: ['/p2p-circuit'], bootstrap: [relay.addresses()[0]!] })
    const first = await tab(2)
    await vi.waitFor(() => expect(first.addresses().some((address) => address.includes('/p2p-circuit'))).toBe(true), soon)
    expect(reservations()).toBe(1)
    await first.stop()
    await vi.waitFor(() => expect(reservations()).toBe(0), soon)
    const second = await tab(3)
    await vi.waitFor(() => expect(second.addresses().some((address) => address.includes('/p2p-circuit'))).toBe(true), soon)
    expect(reservations()).toBe(1)
  })
})
