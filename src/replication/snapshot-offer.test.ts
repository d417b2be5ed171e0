import { describe, expect, it } from 'vitest'
import { AppError, CodecError, sha256, toHex, utf8Bytes } from '../codec/index.ts'
import { LightError } from '../light/index.ts'
import { SnapshotError } from '../world/index.ts'
import { ReplicationError } from './errors.ts'
import { offenceOfOffer } from './snapshot.ts'
import { blobsOf, decodeSnapshotOffer, encodeSnapshotOffer } from './snapshot-offer.ts'
import type { SnapshotOffer } from './snapshot-offer.ts'

const world_id = `test.${'0'.repeat(64)}`
const hash = (name: string): Uint8Array => sha256(utf8Bytes(name))
const hex = (name: string): string => toHex(hash(name))
const root = hash('root')

const offer: SnapshotOffer = {
  header: {
    world_id, height: 5, round: 0, time: 9, parent_hash: root, last_commit_hash: root, action_root: root, state_root: hash('state'),
    receipts_root: root, events_root: root, validators_hash: root, next_validators_hash: root, proposer: 'v1', writer_epoch: 1,
  },
  certificate: { height: 5, round: 0, block_hash: root, signers: new Uint8Array([1]), signatures: [new Uint8Array(64)] },
  state: { format: 1, world_id, height: 5, state_root: hash('state'), entry_count: 2, chunk_hashes: [hex('a'), hex('b')] },
  events: hex('empty'),
  receipts: hex('empty'),
}

describe('a snapshot offer', () => {
  it('travels as canonical bytes and names each blob once', () => {
    expect(decodeSnapshotOffer(encodeSnapshotOffer(offer))).toEqual(offer)
    expect(blobsOf(offer)).toEqual([hex('a'), hex('b'), hex('empty')])
  })

  const contradictions: [string, SnapshotOffer][] = [
    ['another state root', { ...offer, state: { ...offer.state, state_root: root } }],
    ['another height', { ...offer, state: { ...offer.state, height: 6 } }],
    ['another world', { ...offer, state: { ...offer.state, world_id: `other.${'0'.repeat(64)}` } }],
  ]
  for (const [what, contradictory] of contradictions) {
    it(`is refused when its state is that of ${what} than its header`, () => {
      expect(() => decodeSnapshotOffer(encodeSnapshotOffer(contradictory))).toThrow(expect.objectContaining({ code: 'SNAPSHOT_INVALID' }))
    })
  }

  it('is refused when it is no offer, cut short, or carries more', () => {
    const encoded = encodeSnapshotOffer(offer)
    for (const bytes of [new Uint8Array(), new Uint8Array([0xa0]), encoded.slice(0, -1), new Uint8Array([...encoded, 0])]) {
      expect(() => decodeSnapshotOffer(bytes)).toThrow(AppError)
    }
  })
})

describe('blame for a refused snapshot', () => {
  it('falls on the peer whose bytes prove it, and on nobody for what may be ours or another’s fault', () => {
    expect(offenceOfOffer(new CodecError('SCHEMA_MISMATCH', ''))).toBe('BAD_MESSAGE')
    expect(offenceOfOffer(new SnapshotError('SNAPSHOT_WRONG_ROOT', ''))).toBe('BAD_BLOCK')
    expect(offenceOfOffer(new LightError('TOO_FEW_STAKE', ''))).toBe('BAD_CERTIFICATE')
    for (const innocent of [new LightError('CHECKPOINT_EXPIRED', ''), new LightError('HEADER_FROM_FUTURE', ''), new LightError('SOURCE_FAILED', ''), new ReplicationError('NO_PEER', ''), new Error('timeout')]) {
      expect(offenceOfOffer(innocent)).toBeNull()
    }
  })
})
