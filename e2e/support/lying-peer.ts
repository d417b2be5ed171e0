import { randomBytes } from 'node:crypto'
import { decodeCommit, encodeCommit } from '../../src/codec/index.ts'
import { createNetworkHost, fetchBlob, fetchCommit, fetchRange, fetchSnapshot, fetchStatus } from '../../src/network/index.ts'
import type { NetworkHost } from '../../src/network/index.ts'

/** Ahead of the chain by less than what makes a node ask for a snapshot instead of blocks. */
const BOAST = 100

/**
 * A peer that forwards what an honest node says, but claims a height far above it and serves every block with another state
 * root. Its certificates are the real ones, so they no longer fit.
 */
export class LyingPeer {
  readonly address: string
  readonly peerId: string
  private readonly host: NetworkHost

  private constructor(host: NetworkHost) {
    this.host = host
    this.address = host.addresses()[0]!
    this.peerId = host.peerId
  }

  static async start(worldId: string, honest: string): Promise<LyingPeer> {
    const host = await createNetworkHost({ identitySeed: randomBytes(32), listen: ['/ip4/127.0.0.1/tcp/0/ws'], bootstrap: [] })
    const upstream = await host.dial(honest)
    const { rpc } = host
    const tampered = async (height: number): Promise<Uint8Array | null> => {
      const { message } = await rpc.request(upstream, fetchCommit, { world_id: worldId, height })
      return message === undefined ? null : withOtherStateRoot(message)
    }
    await rpc.serve(fetchStatus, async (request) => {
      const status = await rpc.request(upstream, fetchStatus, request)
      return { ...status, validator_id: 'validator-1', height: status.height + BOAST }
    })
    await rpc.serve(fetchCommit, async ({ height }) => {
      const message = await tampered(height)
      return message === null ? { found: false } : { found: true, message }
    })
    await rpc.serve(fetchRange, async ({ from }) => {
      const message = await tampered(from)
      return { messages: message === null ? [] : [message] }
    })
    await rpc.serve(fetchSnapshot, async () => ({ found: false }))
    await rpc.serve(fetchBlob, async () => ({ found: false }))
    return new LyingPeer(host)
  }

  stop(): Promise<void> {
    return this.host.stop()
  }
}

function withOtherStateRoot(message: Uint8Array): Uint8Array {
  const commit = decodeCommit(message)
  return encodeCommit({ ...commit, block: { ...commit.block, header: { ...commit.block.header, state_root: new Uint8Array(32).fill(9) } } })
}
