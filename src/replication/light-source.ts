import { decodeCommit, decodeValidatorSet, toHex } from '../codec/index.ts'
import type { LightBlock, LightSource } from '../light/index.ts'
import { askHedged } from './hedge.ts'
import type { ReplicationPeers } from './peers.ts'

/**
 * Light blocks from peers: the commit by height, then its validator set as the blob whose hash the header names.
 * `tip` is the newest height to ask for when the light client wants the head.
 */
export function peerLightSource(peers: ReplicationPeers, tip: () => number | null): LightSource {
  return {
    async lightBlock(wanted: number | null): Promise<LightBlock | null> {
      const height = wanted ?? tip()
      if (height === null) return null
      try {
        const { answer } = await askHedged(peers.candidates(height), async (peer, signal) => {
          const message = await peers.fetchCommit(peer, height, signal)
          if (message === null) throw new Error(`no commit ${height}`)
          const { block, certificate } = decodeCommit(message)
          const encoded = await peers.fetchBlob(peer, toHex(block.header.validators_hash), signal)
          if (encoded === null) throw new Error(`no validator set for ${height}`)
          return { header: block.header, certificate, validators: decodeValidatorSet(encoded) }
        })
        return answer
      } catch {
        return null // the light client says what it means that a block cannot be had
      }
    },
  }
}
