import { decodeCommit, decodeValidatorSet, sha256, toHex } from '../codec/index.ts'
import type { LightBlock, LightSource } from '../light/index.ts'
import { isDecodeError } from './errors.ts'
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
        const { answer } = await askHedged(peers.candidates(height), (peer, signal) => lightBlockOf(peers, peer, height, signal))
        return answer
      } catch {
        return null // the light client says what it means that a block cannot be had
      }
    },
  }
}

async function lightBlockOf(peers: ReplicationPeers, peer: string, height: number, signal: AbortSignal): Promise<LightBlock> {
  const message = await peers.fetchCommit(peer, height, signal)
  if (message === null) throw new Error(`no commit ${height}`)
  try {
    const { block, certificate } = decodeCommit(message)
    if (block.header.height !== height) throw new Error(`another height than ${height}`)
    const wanted = toHex(block.header.validators_hash)
    const encoded = await peers.fetchBlob(peer, wanted, signal)
    if (encoded === null) throw new Error(`no validator set for ${height}`)
    if (toHex(sha256(encoded)) !== wanted) {
      peers.report(peer, 'HASH_MISMATCH', `validator set of ${height}`)
      throw new Error('another validator set')
    }
    return { header: block.header, certificate, validators: decodeValidatorSet(encoded) }
  } catch (error) {
    if (isDecodeError(error)) peers.report(peer, 'BAD_MESSAGE', `commit ${height}`)
    throw error
  }
}
