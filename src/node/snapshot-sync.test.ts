import { afterEach, describe, expect, it } from 'vitest'
import { decodeCanonical, encodeCanonical, sha256, toHex } from '../codec/index.ts'
import { fetchBlob, fetchCommit, fetchRange, fetchSnapshot, fetchStatus } from '../network/index.ts'
import type { NetworkHost } from '../network/index.ts'
import { decodeSnapshotOffer, encodeSnapshotOffer } from '../replication/index.ts'
import type { SnapshotOffer } from '../replication/index.ts'
import { heightOf, TestCluster } from './testing/cluster.ts'
import type { Member } from './testing/cluster.ts'
import { testWorld } from './testing/test-world.ts'

/** A snapshot every five blocks, and preferred for any gap above eight. */
const SNAPSHOTS = { snapshotEvery: 5, snapshotSyncAbove: 8 } as const
const world = await testWorld(1)

let cluster: TestCluster
afterEach(() => cluster.stop())

const addressesOf = ({ network }: Member): readonly string[] => network.addresses()
const stateRootAt = async ({ node }: Member, height: number): Promise<string> => (await node.blockAt(height))!.head.state_root
const codes = ({ node }: Member): readonly string[] => node.status().refusals.map(({ code }) => code)

async function validatorAt(height: number, options = {}): Promise<Member> {
  cluster = new TestCluster(world)
  const [validator] = await cluster.start({ ...SNAPSHOTS, ...options })
  await cluster.reaches(validator!, height)
  return validator!
}

describe('a newcomer far behind', () => {
  it('crosses the gap by snapshot, ends at the same state, and follows from there', async () => {
    const validator = await validatorAt(12)
    const late = await cluster.join(null, addressesOf(validator), SNAPSHOTS)
    await cluster.reaches(late, 14)
    const { storage, head } = late.node.status()
    expect(storage.earliest_height).toBeGreaterThanOrEqual(10)
    expect(head).toMatchObject({ certificate_verified: true, executed: true })
    expect(await stateRootAt(late, 14)).toBe(await stateRootAt(validator, 14))
    expect((await late.node.query('world/head')).value).not.toBeNull()
    expect(await late.node.blockAt(2)).toBeNull()
    expect(codes(late)).toEqual([])
  })

  it('starts again from its disk, and brings the next newcomer by the snapshot it came with', async () => {
    const validator = await validatorAt(12)
    const second = await cluster.join(null, addressesOf(validator), { ...SNAPSHOTS, name: 'second', snapshotEvery: 1_000 })
    await cluster.reaches(second, 13)
    await cluster.leave(second)
    const before = heightOf(second)
    const again = await cluster.join(null, addressesOf(validator), { ...SNAPSHOTS, name: 'second', disk: second.disk, snapshotEvery: 1_000 })
    expect(heightOf(again)).toBeGreaterThanOrEqual(before)
    await cluster.reaches(again, before + 2)
    expect(again.warnings).toEqual([])
    const third = await cluster.join(null, addressesOf(again), { ...SNAPSHOTS, name: 'third' })
    await cluster.reaches(third, before + 2)
    expect(third.node.status().storage.earliest_height).toBeGreaterThanOrEqual(10)
    expect(await stateRootAt(third, before + 2)).toBe(await stateRootAt(validator, before + 2))
  })

  it('comes by snapshot, however small the gap, when nobody keeps the blocks any more', async () => {
    const validator = await validatorAt(16, { retainBlocks: 2 })
    await cluster.when(() => (validator.node.status().storage.earliest_height ?? 0) > 1)
    const late = await cluster.join(null, addressesOf(validator), { ...SNAPSHOTS, snapshotSyncAbove: 10_000 })
    await cluster.reaches(late, 18)
    expect(late.node.status().storage.earliest_height).toBeGreaterThan(1)
  })

  it('trusts its own stored head where the genesis is too old to vouch for anything', async () => {
    // Thirty days after the genesis: a node without a head of its own is not led across a gap by anybody's snapshot.
    const thirtyDays = 30 * 24 * 3_600_000
    cluster = new TestCluster(world)
    const now = (): number => cluster.now() + thirtyDays
    const [validator] = await cluster.start({ ...SNAPSHOTS, now })
    await cluster.reaches(validator!, 3)
    const first = await cluster.join(null, addressesOf(validator!), { ...SNAPSHOTS, now, name: 'kept' })
    await cluster.reaches(first, 3)
    await cluster.leave(first)
    await cluster.reaches(validator!, heightOf(first) + 14)
    const again = await cluster.join(null, addressesOf(validator!), { ...SNAPSHOTS, now, name: 'kept', disk: first.disk })
    await cluster.reaches(again, heightOf(first) + 14)
    expect(again.node.status().storage.earliest_height).toBeGreaterThan(1)
    expect(codes(again)).toEqual([])
    const stranger = await cluster.join(null, addressesOf(validator!), { ...SNAPSHOTS, now, name: 'stranger' })
    await cluster.when(() => codes(stranger).includes('CHECKPOINT_EXPIRED'))
    await cluster.reaches(stranger, heightOf(first) + 14)
    expect(stranger.node.status().storage.earliest_height).toBe(1)
  })
})

/** A peer that passes everything on from an honest one, except for what `lie` changes. */
async function liarBefore(honest: Member, lie: (offer: SnapshotOffer, blobs: Map<string, Uint8Array>) => SnapshotOffer): Promise<NetworkHost> {
  const liar = await cluster.host('liar')
  const upstream = await liar.dial(honest.network.addresses()[0]!)
  const forged = new Map<string, Uint8Array>()
  await liar.rpc.serve(fetchStatus, async (request) => ({ ...(await liar.rpc.request(upstream, fetchStatus, request)) }))
  await liar.rpc.serve(fetchCommit, (request) => liar.rpc.request(upstream, fetchCommit, request))
  await liar.rpc.serve(fetchRange, async () => ({ messages: [] }))
  await liar.rpc.serve(fetchBlob, async (request) => {
    const blob = forged.get(request.content_hash)
    return blob === undefined ? liar.rpc.request(upstream, fetchBlob, request) : { found: true, blob }
  })
  await liar.rpc.serve(fetchSnapshot, async (request) => {
    const answer = await liar.rpc.request(upstream, fetchSnapshot, request)
    if (answer.manifest === undefined) return answer
    const offer = decodeSnapshotOffer(answer.manifest)
    for (const hash of offer.state.chunk_hashes) {
      const { blob } = await liar.rpc.request(upstream, fetchBlob, { content_hash: hash })
      forged.set(hash, blob!)
    }
    return { ...answer, manifest: encodeSnapshotOffer(lie(offer, forged)) }
  })
  return liar
}

describe('a lying snapshot', () => {
  const lies: Record<string, { readonly offence: string; readonly lie: (offer: SnapshotOffer, blobs: Map<string, Uint8Array>) => SnapshotOffer }> = {
    'with a chunk that is not what its hash says': {
      offence: 'HASH_MISMATCH',
      lie: (offer, blobs) => {
        blobs.set(offer.state.chunk_hashes[0]!, new Uint8Array([1, 2, 3]))
        return offer
      },
    },
    'with another state root in its header': {
      offence: 'BAD_CERTIFICATE',
      lie: (offer) => {
        const state_root = new Uint8Array(32).fill(9)
        return { ...offer, header: { ...offer.header, state_root }, state: { ...offer.state, state_root } }
      },
    },
    'whose certificate lacks its signatures': {
      offence: 'BAD_CERTIFICATE',
      lie: (offer) => ({ ...offer, certificate: { ...offer.certificate, signatures: offer.certificate.signatures.map(() => new Uint8Array(64)) } }),
    },
    'with well-hashed chunks of another state': {
      offence: 'BAD_BLOCK',
      lie: (offer, blobs) => {
        const [first, ...rest] = offer.state.chunk_hashes
        const entries = decodeCanonical(blobs.get(first!)!, { maxBytes: 1 << 20, maxDepth: 8, maxItems: 1 << 20 }) as [string, Uint8Array][]
        const forged = encodeCanonical(entries.slice(0, -1))
        const hash = toHex(sha256(forged))
        blobs.set(hash, forged)
        return { ...offer, state: { ...offer.state, entry_count: offer.state.entry_count - 1, chunk_hashes: [hash, ...rest] } }
      },
    },
  }

  for (const [what, { offence, lie }] of Object.entries(lies)) {
    it(`${what} is refused, its peer blamed, and an honest one followed`, async () => {
      const validator = await validatorAt(11)
      const liar = await liarBefore(validator, lie)
      const victim = await cluster.join(null, liar.addresses(), { ...SNAPSHOTS, name: 'victim' })
      await cluster.when(() => codes(victim).includes(offence))
      expect(heightOf(victim)).toBe(0)
      expect(victim.network.policy.standing(liar.peerId)).not.toBe('good')
      victim.network.addBootstrap(validator.network.addresses()[0]!)
      await cluster.reaches(victim, 12)
      expect(await stateRootAt(victim, 12)).toBe(await stateRootAt(validator, 12))
    })
  }
})

describe('a peer that claims heights it cannot show', () => {
  it('does not poison the claimed height, keep the node syncing, or stay in good standing', async () => {
    const validator = await validatorAt(2)
    const liar = await cluster.host('liar')
    let asked = 0
    const claim = { head_hash: '0'.repeat(64), earliest_height: 1, state_root: '0'.repeat(64), snapshot_height: Number.MAX_SAFE_INTEGER, peers: 1 }
    await liar.rpc.serve(fetchStatus, async () => ({ ...claim, height: Number.MAX_SAFE_INTEGER }))
    await liar.rpc.serve(fetchSnapshot, async () => {
      asked++
      return { found: false }
    })
    const victim = await cluster.join(null, [...addressesOf(validator), ...liar.addresses()], { ...SNAPSHOTS, name: 'victim' })
    await cluster.when(() => codes(victim).includes('WRONG_HEIGHT'))
    await cluster.when(() => victim.network.policy.standing(liar.peerId) !== 'good')
    await cluster.reaches(victim, 5)
    const { claimed_height, phase } = victim.node.status()
    expect(claimed_height).toBeLessThan(1_000)
    expect(phase).not.toBe('syncing')
    expect(asked).toBe(0)
  })

  it('is blamed also when the height is possible', async () => {
    const validator = await validatorAt(2)
    const liar = await cluster.host('liar')
    await liar.rpc.serve(fetchStatus, async () => ({
      height: 5_000, head_hash: '0'.repeat(64), earliest_height: 1, state_root: '0'.repeat(64), snapshot_height: 4_800, peers: 1,
    }))
    await liar.rpc.serve(fetchSnapshot, async () => ({ found: false }))
    await liar.rpc.serve(fetchCommit, async () => ({ found: false }))
    await liar.rpc.serve(fetchRange, async () => ({ messages: [] }))
    const victim = await cluster.join(null, [...addressesOf(validator), ...liar.addresses()], { ...SNAPSHOTS, name: 'victim' })
    await cluster.when(() => victim.network.policy.standing(liar.peerId) !== 'good' && victim.node.status().phase === 'following')
    expect(victim.node.status().claimed_height).toBeLessThan(1_000)
    const height = heightOf(victim)
    await cluster.reaches(victim, height + 3)
  })
})
