import { TopicValidatorResult } from '@libp2p/gossipsub'
import type { GossipSub, Message } from '@libp2p/gossipsub'
import { NetworkError } from './errors.ts'
import { GOSSIP_LIMITS } from './limits.ts'
import type { Metrics } from './metrics.ts'
import type { OffenceCode, PeerPolicy } from './peers.ts'
import { topicName } from './topics.ts'
import type { GossipKind } from './topics.ts'

/**
 * What the layer above says about a message. `accept` hands it on to other peers; `ignore` does not, without blame (old, already
 * known, not ours to judge); `reject` does not, and blames the peer it came from with the given offence (`BAD_MESSAGE` if none).
 */
export type GossipVerdict = 'accept' | 'ignore' | 'reject' | { readonly reject: OffenceCode; readonly detail?: string }

/** `from` is the neighbour that handed the message over: it has checked it as well, or should have. */
export type GossipHandler = (bytes: Uint8Array, from: string) => GossipVerdict | Promise<GossipVerdict>

/** The gossip of one world. Messages are opaque bytes; each publish is a message of its own, even with the same bytes. */
export interface Gossip {
  /** Sends to all peers of the topic and returns how many got it directly. Throws `GOSSIP_TOO_LARGE`. Our own handler does not see it. */
  readonly publish: (kind: GossipKind, bytes: Uint8Array) => Promise<number>
  /** One handler per kind; subscribing again replaces it. Returns the undo. */
  readonly subscribe: (kind: GossipKind, handler: GossipHandler) => () => void
  /** Peers that messages of this kind are exchanged with: what others publish is handed on to them (gossipsub's mesh). */
  readonly neighbours: (kind: GossipKind) => string[]
}

/** Every gossipsub service has it; the interface the package publishes leaves it out. */
export type MeshedGossipSub = GossipSub & { readonly getMeshPeers: (topic: string) => string[] }

export interface GossipInit {
  readonly pubsub: MeshedGossipSub
  readonly worldId: string
  readonly policy: PeerPolicy
  readonly metrics: Metrics
}

export function createGossip({ pubsub, worldId, policy, metrics }: GossipInit): Gossip {
  async function judge(kind: GossipKind, handler: GossipHandler, from: string, message: Message): Promise<TopicValidatorResult> {
    if (policy.standing(from) === 'refused') return TopicValidatorResult.Ignore
    const size = message.data.length
    if (size > GOSSIP_LIMITS[kind]) {
      policy.report(from, 'OVERSIZED', `${kind}: ${size} bytes, at most ${GOSSIP_LIMITS[kind]}`)
      metrics.count(`gossip.${kind}.rejected`)
      return TopicValidatorResult.Reject
    }
    let verdict: GossipVerdict
    try {
      verdict = await handler(message.data, from)
    } catch {
      metrics.count('gossip.handler_failed') // a fault of ours says nothing about the message: neither pass it on nor blame anybody
      return TopicValidatorResult.Ignore
    }
    if (verdict === 'accept' || verdict === 'ignore') {
      metrics.count(`gossip.${kind}.${verdict === 'accept' ? 'accepted' : 'ignored'}`)
      return verdict === 'accept' ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore
    }
    metrics.count(`gossip.${kind}.rejected`)
    if (verdict === 'reject') policy.report(from, 'BAD_MESSAGE', `${kind}: refused`)
    else policy.report(from, verdict.reject, verdict.detail === undefined ? kind : `${kind}: ${verdict.detail}`)
    return TopicValidatorResult.Reject
  }

  return {
    async publish(kind, bytes) {
      if (bytes.length > GOSSIP_LIMITS[kind]) {
        throw new NetworkError('GOSSIP_TOO_LARGE', `${bytes.length} bytes are too many for ${kind}; at most ${GOSSIP_LIMITS[kind]}.`, {
          length: bytes.length,
          limit: GOSSIP_LIMITS[kind],
        })
      }
      const { recipients } = await pubsub.publish(topicName(worldId, kind), bytes)
      metrics.count(`gossip.${kind}.published`)
      return recipients.length
    },
    subscribe(kind, handler) {
      const topic = topicName(worldId, kind)
      const validator = (from: { toString(): string }, message: Message): Promise<TopicValidatorResult> => judge(kind, handler, from.toString(), message)
      pubsub.topicValidators.set(topic, validator)
      pubsub.subscribe(topic)
      return () => {
        if (pubsub.topicValidators.get(topic) !== validator) return
        pubsub.unsubscribe(topic)
        pubsub.topicValidators.delete(topic)
      }
    },
    neighbours: (kind) => pubsub.getMeshPeers(topicName(worldId, kind)),
  }
}
