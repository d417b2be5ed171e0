import { sha256, toHex, utf8Bytes } from '../codec/index.ts'

export const GOSSIP_KINDS = ['proposals', 'votes', 'actions', 'commits'] as const
export type GossipKind = (typeof GOSSIP_KINDS)[number]

/** Enough of the hash that two worlds never meet by accident; what a message says about its world is checked as well. */
const PREFIX_BYTES = 8

/** `/aw/<first 16 hex digits of SHA-256 of world_id>/<kind>/1.0.0` */
export function topicName(worldId: string, kind: GossipKind): string {
  return `/aw/${toHex(sha256(utf8Bytes(worldId)).subarray(0, PREFIX_BYTES))}/${kind}/1.0.0`
}
