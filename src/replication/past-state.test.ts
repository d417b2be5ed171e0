import { describe, expect, it } from 'vitest'
import { sha256, toHex, utf8Bytes } from '../codec/index.ts'
import { MAX_CHUNK_BYTES } from '../world/index.ts'
import { fetchPastState } from './past-state.ts'
import type { FetchedState } from './past-state.ts'
import type { ReplicationPeers } from './peers.ts'
import { encodeSnapshotOffer } from './snapshot-offer.ts'
import type { SnapshotOffer } from './snapshot-offer.ts'

const world_id = `test.${'0'.repeat(64)}`
const bytes = (name: string): Uint8Array => utf8Bytes(`bytes of ${name}`)
const hex = (name: string): string => toHex(sha256(bytes(name)))
const root = sha256(utf8Bytes('root'))
const stateRoot = sha256(utf8Bytes('state'))

function offerOf(height: number, state_root = stateRoot): SnapshotOffer {
  return {
    header: {
      world_id, height, round: 0, time: 9, parent_hash: root, last_commit_hash: root, action_root: root, state_root,
      receipts_root: root, events_root: root, validators_hash: root, next_validators_hash: root, proposer: 'v1', writer_epoch: 1,
    },
    certificate: { height, round: 0, block_hash: root, signers: new Uint8Array([1]), signatures: [new Uint8Array(64)] },
    state: { format: 1, world_id, height, state_root, entry_count: 2, chunk_hashes: ['a', 'b', 'c', 'd', 'e'].map(hex) },
    events: hex('events'), receipts: hex('receipts'),
  }
}

/** Peers by name: what each answers when asked for the state, and blobs all of them have. */
function peersOf(answers: Readonly<Record<string, SnapshotOffer | Uint8Array | null>>, blobs: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'events', 'receipts']) {
  const reports: string[] = []
  const asked: string[] = []
  const byHash = new Map(blobs.map((name) => [hex(name), bytes(name)]))
  const peers: ReplicationPeers = {
    candidates: () => [], fetchCommit: async () => null, fetchRange: async () => [],
    snapshotCandidates: () => Object.keys(answers),
    fetchSnapshot: async (peer, _, height) => {
      const answer = answers[peer] ?? null
      return answer === null ? null : { height: height!, manifest: answer instanceof Uint8Array ? answer : encodeSnapshotOffer(answer) }
    },
    fetchBlob: async (_, hash) => {
      asked.push(hash)
      return byHash.get(hash) ?? null
    },
    report: (peer, offence) => reports.push(`${peer} ${offence}`),
  }
  const taken: SnapshotOffer[] = []
  const fetch = (local: (hash: string) => Promise<Uint8Array | null> = async () => null, isState: (state: FetchedState) => boolean = () => true) => fetchPastState({
    peers, height: 5, stateRoot, local, signal: new AbortController().signal,
    take: async (state) => {
      taken.push(state.offer)
      return isState(state)
    },
  })
  return { fetch, reports, asked, taken }
}

describe('the state of an earlier height', () => {
  it('comes from the first peer that has it, with chunks in order, those at hand not asked for', async () => {
    const { fetch, reports, asked } = peersOf({ without: null, with: offerOf(5) })
    const found = await fetch(async (hash) => (hash === hex('b') ? bytes('b') : null))
    expect(found?.chunks).toEqual(['a', 'b', 'c', 'd', 'e'].map(bytes))
    expect(found).toMatchObject({ events: bytes('events'), receipts: bytes('receipts'), offer: { header: { height: 5 } } })
    expect(asked).not.toContain(hex('b'))
    expect(reports).toEqual([])
  })

  it('is not taken with another height or root than asked for, and not from nonsense', async () => {
    expect(await peersOf({ other: offerOf(6), another: offerOf(5, root) }).fetch()).toBeNull()
    const { fetch, reports } = peersOf({ liar: new Uint8Array([0xa0]), honest: offerOf(5) })
    expect((await fetch())?.offer.header.height).toBe(5)
    expect(reports).toEqual(['liar BAD_MESSAGE'])
  })

  it('comes from the next peer when the chunks of one do not give its root', async () => {
    const forged = { ...offerOf(5), state: { ...offerOf(5).state, chunk_hashes: [hex('e')] } }
    const { fetch, reports, taken } = peersOf({ liar: forged, honest: offerOf(5) })
    const found = await fetch(undefined, ({ chunks }) => chunks.length === 5)
    expect(found?.chunks).toHaveLength(5)
    expect(taken).toHaveLength(2)
    expect(reports).toEqual(['liar BAD_BLOCK'])
  })

  it('is not taken in chunks larger than any', async () => {
    const large = new Uint8Array(MAX_CHUNK_BYTES + 1)
    const swollen = { ...offerOf(5), state: { ...offerOf(5).state, chunk_hashes: [toHex(sha256(large))] } }
    const { fetch, reports, taken } = peersOf({ liar: swollen })
    expect(await fetch(async (hash) => (hash === toHex(sha256(large)) ? large : null))).toBeNull()
    expect(taken).toEqual([])
    expect(reports).toEqual(['liar BAD_BLOCK'])
  })

  it('is nowhere when a chunk is', async () => {
    expect(await peersOf({ peer: offerOf(5) }, ['a', 'b', 'c', 'd', 'events', 'receipts']).fetch()).toBeNull()
    expect(await peersOf({}).fetch()).toBeNull()
  })
})
