import type { Connection } from '@libp2p/interface'
import { describe, expect, it } from 'vitest'
import { isGossipMissing } from './gossip-watch.ts'
import { GOSSIP_LIMITS } from './limits.ts'

const PROTOCOLS = ['/meshsub/1.2.0', '/meshsub/1.1.0']

interface Shape {
  readonly since?: number
  readonly limited?: boolean
  readonly streams?: ReadonlyArray<{ readonly direction: string; readonly status: string; readonly protocol: string }>
}

/** The fields of a connection that the rule reads. */
function connection({ since = 0, limited = false, streams = [] }: Shape): Connection {
  return { status: 'open', limits: limited ? {} : undefined, timeline: { open: since, upgraded: since }, streams } as unknown as Connection
}

const gossipStream = { direction: 'outbound', status: 'open', protocol: '/meshsub/1.2.0' }
const later = GOSSIP_LIMITS.watchGraceMs

describe('a missing gossip stream', () => {
  it('is noticed after the grace, on direct connections only', () => {
    expect(isGossipMissing([connection({})], PROTOCOLS, later)).toBe(true)
    expect(isGossipMissing([connection({})], PROTOCOLS, later - 1)).toBe(false)
    expect(isGossipMissing([connection({ limited: true })], PROTOCOLS, later)).toBe(false)
    expect(isGossipMissing([], PROTOCOLS, later)).toBe(false)
  })

  it('is none where any connection carries an open outbound one', () => {
    expect(isGossipMissing([connection({}), connection({ streams: [gossipStream] })], PROTOCOLS, later)).toBe(false)
    for (const dead of [{ ...gossipStream, status: 'aborted' }, { ...gossipStream, direction: 'inbound' }, { ...gossipStream, protocol: '/aw/node/status/1.0.0' }]) {
      expect(isGossipMissing([connection({ streams: [dead] })], PROTOCOLS, later)).toBe(true)
    }
  })

  it('waits for the newest of several connections', () => {
    expect(isGossipMissing([connection({ since: 0 }), connection({ since: 1000 })], PROTOCOLS, later)).toBe(false)
  })
})
