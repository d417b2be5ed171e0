import { afterEach, describe, expect, it, vi } from 'vitest'
import type { GossipVerdict } from './gossip.ts'
import type { NetworkHost } from './host.ts'
import { GOSSIP_LIMITS } from './limits.ts'
import { testNetwork } from './testing/network.ts'
import { topicName } from './topics.ts'

const WORLD = `demo-net.${'ab'.repeat(32)}`
const network = testNetwork()
afterEach(() => network.stopAll())

interface Member {
  readonly host: NetworkHost
  readonly seen: string[]
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const bytes = (message: string): Uint8Array => new TextEncoder().encode(message)

async function member(number: number, bootstrap: readonly string[], judge: (message: string) => GossipVerdict = () => 'accept'): Promise<Member> {
  const host = await network.host(number, { bootstrap })
  const seen: string[] = []
  host.gossip(WORLD).subscribe('votes', (data) => {
    seen.push(text(data))
    return judge(text(data))
  })
  return { host, seen }
}

/** A centre and three others that know only the centre. */
async function star(centreJudges?: (message: string) => GossipVerdict): Promise<[Member, Member, Member, Member]> {
  const centre = await member(1, [], centreJudges)
  const addresses = centre.host.addresses()
  const [a, b, c] = await Promise.all([2, 3, 4].map((number) => member(number, addresses)))
  await vi.waitFor(
    () => {
      expect(centre.host.gossip(WORLD).neighbours('votes').length).toBe(3)
      for (const { host } of [a!, b!, c!]) expect(host.gossip(WORLD).neighbours('votes')).toEqual([centre.host.peerId])
    },
    { timeout: 20_000, interval: 20 },
  )
  return [centre, a!, b!, c!]
}

const soon = { timeout: 20_000, interval: 20 }

describe('gossip', () => {
  it('reaches every host, also those not connected to the sender, and not the sender itself', async () => {
    const [centre, a, b, c] = await star()
    await a.host.gossip(WORLD).publish('votes', bytes('hello'))
    await vi.waitFor(() => {
      for (const { seen } of [centre, b, c]) expect(seen).toEqual(['hello'])
    }, soon)
    expect(a.seen).toEqual([])
  })

  it('delivers the same bytes again when they are published again', async () => {
    const [centre, a, b] = await star()
    for (let i = 0; i < 3; i++) await a.host.gossip(WORLD).publish('votes', bytes('prevote'))
    await vi.waitFor(() => {
      for (const { seen } of [centre, b]) expect(seen).toEqual(['prevote', 'prevote', 'prevote'])
    }, soon)
  })

  it('does not forward what a host rejects or ignores, and blames only for the former', async () => {
    const [centre, a, b, c] = await star((message) => {
      if (message === 'forged') return { reject: 'BAD_SIGNATURE', detail: 'forged vote' }
      return message === 'old' ? 'ignore' : 'accept'
    })
    const gossip = a.host.gossip(WORLD)
    await gossip.publish('votes', bytes('old'))
    await vi.waitFor(() => expect(centre.seen).toEqual(['old']), soon)
    expect(centre.host.policy.score(a.host.peerId)).toBe(0)
    await gossip.publish('votes', bytes('forged'))
    await gossip.publish('votes', bytes('good'))
    await vi.waitFor(() => {
      for (const { seen } of [b, c]) expect(seen).toContain('good')
    }, soon)
    // a forwarded one would have come before the good one, on the same stream
    for (const { seen } of [b, c]) expect(seen).toEqual(['good'])
    expect(centre.host.policy.standing(a.host.peerId)).toBe('demoted')
    expect(centre.host.metrics.snapshot()).toMatchObject({
      'gossip.votes.accepted': 1, 'gossip.votes.ignored': 1, 'gossip.votes.rejected': 1, 'peers.offence.BAD_SIGNATURE': 1,
    })
  })

  it('refuses to publish, and to take, more than a topic allows', async () => {
    const [centre, a] = await star()
    const large = new Uint8Array(GOSSIP_LIMITS.votes + 1)
    await expect(a.host.gossip(WORLD).publish('votes', large)).rejects.toMatchObject({ code: 'GOSSIP_TOO_LARGE' })
    const raw = await network.rawPeer(9, centre.host)
    const pubsub = (raw.services as { pubsub: { publish(topic: string, data: Uint8Array): Promise<unknown>; getSubscribers(topic: string): unknown[] } }).pubsub
    await vi.waitFor(() => expect(pubsub.getSubscribers(topicName(WORLD, 'votes')).length).toBe(1), soon)
    await pubsub.publish(topicName(WORLD, 'votes'), large)
    await vi.waitFor(() => expect(centre.host.metrics.get('peers.offence.OVERSIZED')).toBe(1), soon)
    expect(centre.seen).toEqual([])
  })

  it('keeps worlds and kinds apart', () => {
    const other = `demo-net.${'cd'.repeat(32)}`
    expect(topicName(WORLD, 'votes')).toMatch(/^\/aw\/[0-9a-f]{16}\/votes\/1\.0\.0$/)
    expect(new Set([topicName(WORLD, 'votes'), topicName(WORLD, 'commits'), topicName(other, 'votes')]).size).toBe(3)
  })

  it('survives a handler that throws: nothing is forwarded and nobody is blamed', async () => {
    const [centre, a, b] = await star(() => {
      throw new Error('broken')
    })
    await a.host.gossip(WORLD).publish('votes', bytes('x'))
    await vi.waitFor(() => expect(centre.host.metrics.get('gossip.handler_failed')).toBe(1), soon)
    expect(centre.host.policy.score(a.host.peerId)).toBe(0)
    expect(b.seen).toEqual([])
  })
})
