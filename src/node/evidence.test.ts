import { afterEach, describe, expect, it } from 'vitest'
import { decodeVote, encodeVote, votePayload } from '../codec/index.ts'
import type { Vote } from '../codec/index.ts'
import { createPortableSigner } from '../crypto/index.ts'
import type { GossipHandler, GossipVerdict } from '../network/index.ts'
import { TestCluster } from './testing/cluster.ts'
import type { Member } from './testing/cluster.ts'
import { testWorld } from './testing/test-world.ts'

let cluster: TestCluster
afterEach(() => cluster.stop())

describe('a validator that votes twice', () => {
  it('is slashed on chain, once, as every node sees', async () => {
    const world = await testWorld(4)
    cluster = new TestCluster(world)
    const honest: Member[] = []
    for (const index of [0, 1, 2]) honest.push(await cluster.join(index, honest.flatMap(({ network }) => network.addresses())))
    const watcher = await cluster.join(null, honest.flatMap(({ network }) => network.addresses()), { name: 'watcher' })
    await cluster.reaches(honest[0]!, 2)
    // The fourth validator: signs nil and a block for every step it hears of.
    const { seed } = world.validators[3]!
    const key = createPortableSigner(seed)
    const equivocator = await cluster.host('equivocator', honest[0]!.network.addresses())
    const gossip = equivocator.gossip(world.world_id)
    const seen = new Set<string>()
    const equivocate: GossipHandler = async (bytes): Promise<GossipVerdict> => {
      const heard = decodeVote(bytes)
      const step = `${heard.height}/${heard.round}`
      if (heard.type !== 'prevote' || heard.block_hash === null || seen.has(step)) return 'accept'
      seen.add(step)
      for (const block_hash of [null, heard.block_hash]) {
        const unsigned = { ...heard, validator_id: 'v4', block_hash }
        const vote: Vote = { ...unsigned, signature: key.signSync(votePayload(unsigned)) }
        gossip.publish('votes', encodeVote(vote)).catch(() => {})
      }
      return 'accept'
    }
    gossip.subscribe('votes', equivocate)
    for (const kind of ['proposals', 'commits', 'actions'] as const) gossip.subscribe(kind, async () => 'accept' as const)
    const slashedIn = ({ node }: Member) =>
      node.recentBlocks(200).flatMap(({ head, events }) => events.filter(({ kind }) => kind === 'validator.slashed').map((event) => ({ at: head.height, event })))
    const everyone = [...honest, watcher]
    await cluster.when(() => everyone.every((member) => slashedIn(member).length > 0))
    const first = everyone.map((member) => slashedIn(member)[0]!)
    expect(new Set(first.map(({ at }) => at)).size).toBe(1)
    expect(first[0]!.event.payload).toMatchObject({ validator_id: 'v4' })
    const offence = (first[0]!.event.payload as { readonly height: number }).height
    await cluster.reaches(honest[0]!, first[0]!.at + 8)
    const reports = slashedIn(honest[0]!).filter(({ event }) => (event.payload as { readonly height: number }).height === offence)
    expect(reports).toHaveLength(1)
  })
})
