import type { ConnectionGater, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { PeerPolicy } from './peers.ts'

/** The part of a multiaddr that says where to connect, without who is expected there. */
export function addressPlace(address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}

/**
 * Whom we connect to. An address that a peer announced is never dialled unless it goes through a relay we are connected to:
 * otherwise any peer could make a tab knock on hosts and ports of its user's private network. Refused peers get no connection
 * in either direction.
 */
export function createGater(policy: PeerPolicy, configured: ReadonlySet<string>): ConnectionGater {
  const refused = (peer: PeerId): boolean => policy.standing(peer.toString()) === 'refused'
  return {
    denyDialPeer: refused,
    denyDialMultiaddr: (address: Multiaddr) => {
      const text = address.toString()
      return !text.includes('/p2p-circuit') && !configured.has(addressPlace(text))
    },
    denyInboundEncryptedConnection: refused,
    denyOutboundEncryptedConnection: refused,
  }
}
