import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../codec/index.ts'
import { Bench, WORLD } from './testing/kit.ts'
import { decodeWal, encodeWal } from './wal.ts'
import type { WalRecord } from './wal-record.ts'

const bench = new Bench(null)
const block = bench.block('a')
const VOTE: WalRecord = { kind: 'vote', world_id: WORLD, validator_id: 'v0', type: 'precommit', height: 1, round: 0, block_hash: null }
const BATCHES: readonly (readonly WalRecord[])[] = [
  [{ kind: 'block', height: 1, block }, { kind: 'proposal', world_id: WORLD, validator_id: 'v0', height: 1, round: 0, valid_round: -1, block_hash: new Uint8Array(32) }],
  [VOTE],
  [{ kind: 'valid', height: 1, round: 0, block_hash: new Uint8Array(32), prevotes: [bench.voteOf('prevote', 1, block)] }, { ...VOTE, round: 1 }],
]
const FRAMES = BATCHES.map((batch) => encodeWal(batch))
const LOG = concatBytes(...FRAMES)
const WHOLE = LOG.length - FRAMES.at(-1)!.length

describe('the votes log', () => {
  it('gives back what was written, in order', () => {
    expect(decodeWal(LOG)).toEqual({ records: BATCHES.flat(), tornBytes: 0 })
    expect(decodeWal(new Uint8Array(0))).toEqual({ records: [], tornBytes: 0 })
  })

  it('leaves out a last append cut short at any byte, whole', () => {
    for (let cut = WHOLE; cut < LOG.length; cut++) {
      expect(decodeWal(LOG.subarray(0, cut))).toEqual({ records: BATCHES.slice(0, -1).flat(), tornBytes: cut - WHOLE })
    }
  })

  it('leaves out a last append of which only a part was written before zeros', () => {
    for (let cut = WHOLE; cut < LOG.length - 1; cut++) {
      const zeros = LOG.slice()
      zeros.fill(0, cut)
      if (zeros.every((byte, index) => byte === LOG[index])) continue
      expect(decodeWal(zeros).records).toEqual(BATCHES.slice(0, -1).flat())
    }
  })

  it('refuses any flipped bit before the last append', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: WHOLE - 1 }), fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const damaged = LOG.slice()
        damaged[at]! ^= 1 << bit
        expect(() => decodeWal(damaged)).toThrow(expect.objectContaining({ code: 'WAL_CORRUPT' }))
      }),
      { numRuns: 400 },
    )
  })

  it('refuses bytes missing from the middle', () => {
    for (const [from, to] of [[0, 1], [10, 30], [FRAMES[0]!.length - 1, FRAMES[0]!.length + 3]] as const) {
      expect(() => decodeWal(concatBytes(LOG.subarray(0, from), LOG.subarray(to)))).toThrow(expect.objectContaining({ code: 'WAL_CORRUPT' }))
    }
  })

  it('refuses a record it does not know, rather than forgetting it', () => {
    const strange = encodeWal([{ ...VOTE, kind: 'later' } as unknown as WalRecord])
    expect(() => decodeWal(concatBytes(strange, FRAMES[1]!))).toThrow(expect.objectContaining({ code: 'WAL_CORRUPT' }))
  })

  it('refuses to write an entry it could not read back', () => {
    const vast = { ...block, actions: Array.from({ length: 80 }, () => ({ action_id: '0'.repeat(64), payload_hash: new Uint8Array(32), payload_cbor: new Uint8Array(60_000) })) }
    expect(() => encodeWal([{ kind: 'block', height: 1, block: vast }])).toThrow(expect.objectContaining({ code: 'WAL_RECORD_TOO_LARGE' }))
  })
})
