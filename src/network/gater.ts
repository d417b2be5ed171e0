import type { ConnectionGater, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { PeerPolicy } from './peers.ts'

/** The part of a multiaddr that says where the first hop connects to, without who is expected there. */
export function addressPlace(address: string): string {
  return address.replace(/\/p2p-circuit(\/.*)?$/, '').replace(/\/p2p\/[^/]+$/, '')
}

/**
 * Whom we connect to. Only places that were configured are dialled, as they are or as a relay on the way: otherwise a peer could
 * announce addresses that make a tab knock on hosts and ports of its user's private network. Refused peers get no connection in
 * either direction.
 */
export function createGater(policy: PeerPolicy, configured: ReadonlySet<string>): ConnectionGater {
  const refused = (peer: PeerId): boolean => policy.standing(peer.toString()) === 'refused'
  return {
    denyDialPeer: refused,
    denyDialMultiaddr: (address: Multiaddr) => !configured.has(addressPlace(address.toString())),
    denyInboundEncryptedConnection: refused,
    denyOutboundEncryptedConnection: refused,
  }
}
