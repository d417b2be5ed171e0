import { describe, expect, it } from 'vitest'
import type { Effect } from './types.ts'
import type { RestoredHeight, WalRecord } from './wal-record.ts'
import { decodeWal, encodeWal, restore } from './wal.ts'
import { concatBytes } from '../codec/index.ts'
import { Bench, hashOfBlock, proposers, WORLD } from './testing/kit.ts'

const ORDER = proposers()
const OBSERVER = ORDER[3]!
const OTHERS = [0, 1, 2, 3].filter((index) => index !== OBSERVER)

/** What a node that crashed after these effects finds in its log. */
function crashAfter(effects: readonly Effect[]): RestoredHeight | null {
  const log = concatBytes(...effects.flatMap((effect) => (effect.type === 'Persist' ? [encodeWal(effect.records)] : [])))
  return restore(decodeWal(log).records, WORLD).get(1) ?? null
}

describe('a validator that restarts', () => {
  it('stands where it voted last, locked as before, and signs the same votes again', () => {
    const first = new Bench(OBSERVER)
    first.timeout('new_height', -1)
    const a = first.block('a')
    first.propose(a).executed(a).vote('prevote', OTHERS, a)
    const before = first.effects()

    const again = new Bench(OBSERVER, { restored: crashAfter(before) })
    expect(again.state).toMatchObject({ round: 0, step: 'precommit', locked: first.state.locked, valid: first.state.valid })
    const signed = again.effectsOf('SignVote').map(({ vote }) => vote)
    expect(signed).toEqual(before.flatMap((effect) => (effect.type === 'SignVote' ? [effect.vote] : [])))
  })

  it('keeps the signed prevotes behind its lock, so that it can still prove it', () => {
    const first = new Bench(OBSERVER).begin()
    const a = first.block('a')
    first.propose(a).executed(a).vote('prevote', OTHERS, a)
    const again = new Bench(OBSERVER, { restored: crashAfter(first.effects()) })
    again.effects()
    again.timeout('rebroadcast', 0)
    const proof = again.effectsOf('BroadcastVote').filter(({ vote }) => vote.type === 'prevote')
    expect(proof.map(({ vote }) => vote.validator_id).sort()).toEqual(OTHERS.map((index) => `v${index}`).sort())
  })

  it('answers another proposal of a round it voted in with silence, and later ones under its lock', () => {
    const first = new Bench(OBSERVER).begin()
    const a = first.block('a')
    first.propose(a).executed(a).vote('prevote', OTHERS, a)
    const again = new Bench(OBSERVER, { restored: crashAfter(first.effects()) })
    again.effects()
    const b = again.block('b')
    again.propose(b).timeout('propose', 0).timeout('prevote', 0)
    expect(again.votes()).toEqual([])
    again.vote('precommit', OTHERS, null).timeout('precommit', 0)
    again.propose(again.block('c', 1), { round: 1 })
    expect(again.votes()).toEqual(['prevote 1 nil'])
  })

  it('does not vote twice for its prevote step after a crash between prevote and precommit', () => {
    const first = new Bench(OBSERVER).begin().timeout('propose', 0)
    const again = new Bench(OBSERVER, { restored: crashAfter(first.effects()) })
    again.effects()
    expect(again.state).toMatchObject({ round: 0, step: 'prevote' })
    const a = again.block('a')
    again.propose(a).executed(a)
    expect(again.votes()).toEqual([])
    again.vote('prevote', OTHERS, null)
    expect(again.votes()).toEqual(['precommit 0 nil'])
  })

  it('sends the proposal it made, and builds no other for that round', () => {
    const own = ORDER[0]!
    const first = new Bench(own).begin()
    const a = first.block('a')
    first.feed({ type: 'BlockBuilt', height: 1, round: 0, block: a })
    const effects = first.effects()
    const again = new Bench(own, { restored: crashAfter(effects) })
    const after = again.effects()
    expect(after.filter(({ type }) => type === 'BuildProposal')).toEqual([])
    expect(after.filter(({ type }) => type === 'SignProposal')).toEqual(effects.filter(({ type }) => type === 'SignProposal'))
    expect(again.state).toMatchObject({ round: 0, step: 'propose' })
  })

  it('proposes its restored valid block again when its turn comes', () => {
    const own = ORDER[1]!
    const others = [0, 1, 2, 3].filter((index) => index !== own)
    const first = new Bench(own).begin()
    const a = first.block('a')
    first.propose(a).executed(a).vote('prevote', others, a)
    const again = new Bench(own, { restored: crashAfter(first.effects()) })
    again.vote('precommit', others, null).timeout('precommit', 0)
    expect(again.effectsOf('SignProposal')).toMatchObject([{ proposal: { round: 1, valid_round: 0, block: a } }])
  })

  it('with another key is not bound by the votes of the old one', () => {
    const first = new Bench(OBSERVER).begin().timeout('propose', 0)
    const other = new Bench(ORDER[2]!, { restored: crashAfter(first.effects()) })
    expect(other.state).toMatchObject({ round: -1, step: 'new_height', locked: null })
  })

  it('takes no proof-of-lock from its log that does not prove itself', () => {
    const first = new Bench(OBSERVER).begin()
    const a = first.block('a')
    first.propose(a).executed(a).vote('prevote', OTHERS, a)
    const restored = crashAfter(first.effects())!
    const thin = { ...restored, valid: restored.valid.map((entry) => ({ ...entry, prevotes: entry.prevotes.slice(0, 2) })) }
    expect(new Bench(OBSERVER, { restored: thin }).state).toMatchObject({ valid: null, locked: { round: 0 } })
  })
})

describe('restore', () => {
  const vote = (round: number, block_hash: Uint8Array | null, validator_id = 'v1'): WalRecord =>
    ({ kind: 'vote', world_id: WORLD, validator_id, type: 'prevote', height: 1, round, block_hash })
  const hash = hashOfBlock(new Bench(null).block('x'))

  it('groups by height and accepts the same vote twice', () => {
    const restored = restore([vote(0, hash), vote(0, hash), { ...vote(1, null), height: 2 } as WalRecord], WORLD)
    expect([...restored.keys()]).toEqual([1, 2])
  })

  it('refuses a log with two different votes of one validator for one step', () => {
    expect(() => restore([vote(0, hash), vote(0, null)], WORLD)).toThrow(expect.objectContaining({ code: 'WAL_CONFLICT' }))
    expect(restore([vote(0, hash), vote(0, null, 'v2'), vote(1, null)], WORLD).get(1)!.votes).toHaveLength(3)
  })

  it('refuses a log of another world', () => {
    expect(() => restore([vote(0, hash)], `other.${'0'.repeat(64)}`)).toThrow(expect.objectContaining({ code: 'WAL_WRONG_WORLD' }))
  })
})
