import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import type { CircuitRelayService } from '@libp2p/circuit-relay-v2'
import type { Libp2p } from '@libp2p/interface'
import { RELAY_LIMITS } from './limits.ts'

/** The relay for signalling between browsers. Loaded only by hosts that are one: a tab never is. */
export function relayService(): ReturnType<typeof circuitRelayServer> {
  return circuitRelayServer({
    maxInboundHopStreams: RELAY_LIMITS.maxHopStreams,
    maxOutboundHopStreams: RELAY_LIMITS.maxHopStreams,
    maxOutboundStopStreams: RELAY_LIMITS.maxHopStreams,
    reservations: {
      maxReservations: RELAY_LIMITS.maxReservations,
      reservationTtl: RELAY_LIMITS.reservationTtlMs,
      defaultDurationLimit: RELAY_LIMITS.connectionDurationMs,
      defaultDataLimit: RELAY_LIMITS.connectionDataBytes,
    },
  })
}

/** A reservation would outlive its holder by two hours; its timer is cleared too, or it would end a later one of the same peer. */
export function releaseReservations(libp2p: Libp2p, relay: CircuitRelayService): void {
  libp2p.addEventListener('peer:disconnect', ({ detail: peer }) => {
    relay.reservations.get(peer)?.signal.clear()
    relay.reservations.delete(peer)
  })
}
