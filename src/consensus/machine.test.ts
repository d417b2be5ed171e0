import { describe, expect, it } from 'vitest'
import { MAX_CLOCK_DRIFT_MS } from './ingest.ts'
import { step } from './machine.ts'
import { KEPT_PAST_ROUNDS } from './state.ts'
import { Bench, blockAt, contextOf, FOUR, hashOfBlock, PARENT_TIME, proposers, TIMEOUTS, validatorSet } from './testing/kit.ts'

const ORDER = proposers()
/** A validator that proposes in none of the first three rounds of height 1. */
const OBSERVER = ORDER[3]!
const OTHERS = [0, 1, 2, 3].filter((index) => index !== OBSERVER)
const [P, Q, R] = OTHERS as [number, number, number]

const observer = (): Bench => new Bench(OBSERVER).begin()

/** The observer locked on block a in round 0, now in round 1. */
function lockedInRoundOne(): Bench {
  const bench = observer()
  const a = bench.block('a')
  bench.propose(a).executed(a).vote('prevote', [P, Q, R], a).vote('precommit', [P, Q, OBSERVER], null).timeout('precommit', 0)
  bench.effects()
  expect(bench.state).toMatchObject({ round: 1, step: 'propose', locked: { round: 0 }, valid: { round: 0 } })
  return bench
}

describe('start of a height', () => {
  it('waits the block interval before round 0', () => {
    const bench = new Bench(OBSERVER)
    expect(bench.effectsOf('ScheduleTimeout')).toContainEqual({ type: 'ScheduleTimeout', timeout: { kind: 'new_height', height: 1, round: -1 }, ms: TIMEOUTS.blockIntervalMs })
    expect(bench.state.round).toBe(-1)
    expect(bench.timeout('new_height', -1).state).toMatchObject({ round: 0, step: 'propose' })
  })

  it('lines 11–19: the proposer asks for a block, writes the proposal before signing it, and the others wait for it', () => {
    const proposer = new Bench(ORDER[0]!).timeout('new_height', -1)
    expect(proposer.effectsOf('BuildProposal')).toEqual([{ type: 'BuildProposal', height: 1, round: 0 }])
    const block = proposer.block('a')
    proposer.feed({ type: 'BlockBuilt', height: 1, round: 0, block })
    const effects = proposer.effects()
    expect(effects.map(({ type }) => type)).toEqual(['Persist', 'SignProposal'])
    expect(effects[0]).toMatchObject({ records: [{ kind: 'block' }, { kind: 'proposal', round: 0, valid_round: -1, block_hash: hashOfBlock(block) }] })

    const waiting = new Bench(OBSERVER).timeout('new_height', -1)
    expect(waiting.effects().some(({ type }) => type === 'BuildProposal')).toBe(false)
  })

  it('starts early when more than a third of stake is in round 0 already', () => {
    const bench = new Bench(OBSERVER).vote('prevote', [P], null)
    expect(bench.state.round).toBe(-1)
    expect(bench.vote('prevote', [Q], null).state.round).toBe(0)
  })

  it('drops a block that was built too late', () => {
    const bench = new Bench(ORDER[0]!).begin().timeout('propose', 0)
    bench.effects()
    bench.feed({ type: 'BlockBuilt', height: 1, round: 0, block: bench.block('late') })
    expect(bench.effectsOf('SignProposal')).toEqual([])
  })
})

describe('line 22: a fresh proposal', () => {
  it('is executed before the prevote, and prevoted when valid', () => {
    const bench = observer()
    const a = bench.block('a')
    bench.propose(a)
    expect(bench.effects().map(({ type }) => type)).toEqual(['Execute'])
    bench.executed(a)
    const effects = bench.effects()
    expect(effects.map(({ type }) => type)).toEqual(['Persist', 'SignVote'])
    expect(effects[0]).toMatchObject({ records: [{ kind: 'vote', type: 'prevote', round: 0, block_hash: hashOfBlock(a) }] })
    expect(bench.state.step).toBe('prevote')
  })

  it('gets nil when execution says invalid', () => {
    const bench = observer()
    const a = bench.block('a')
    expect(bench.propose(a).executed(a, 'invalid').votes({ a })).toEqual(['prevote 0 nil'])
  })

  it.each([
    ['an unknown parent', { parent_hash: new Uint8Array(32).fill(9) }],
    ['a proposer whose turn it is not', { proposer: FOUR[OBSERVER]!.validator_id }],
    ['a time not after its parent', { time: PARENT_TIME }],
    ['another height', { height: 2 }],
    ['other validators', { validators_hash: new Uint8Array(32) }],
    ['a certificate where none can be', { last_commit_hash: new Uint8Array(32) }],
  ])('gets nil without execution when it has %s', (_, change) => {
    const bench = observer()
    const block = { ...blockAt(contextOf(), 0, 'a', change), ...('last_commit_hash' in change ? { last_commit: { height: 0, round: 0, block_hash: new Uint8Array(32), signers: new Uint8Array(1), signatures: [] } } : {}) }
    bench.propose(block)
    const effects = bench.effects()
    expect(effects.some(({ type }) => type === 'Execute')).toBe(false)
    expect(effects.filter(({ type }) => type === 'SignVote')).toMatchObject([{ vote: { type: 'prevote', block_hash: null } }])
  })

  it('gets nil when it is dated too far ahead of the local clock, and a prevote when just within', () => {
    for (const [ahead, expected] of [[MAX_CLOCK_DRIFT_MS, 'prevote 0 a'], [MAX_CLOCK_DRIFT_MS + 1, 'prevote 0 nil']] as const) {
      const bench = observer()
      const a = blockAt(bench.context, 0, 'a', { time: PARENT_TIME + ahead })
      expect(bench.propose(a, { received_at: PARENT_TIME }).executed(a).votes({ a })).toEqual([expected])
    }
  })

  it('gets nil when its header belongs to another round', () => {
    const bench = observer()
    expect(bench.propose(bench.block('a', 1)).votes()).toEqual(['prevote 0 nil'])
  })

  it('is ignored from anyone but the proposer of its round', () => {
    const bench = observer().propose(observer().block('a'), { validator_id: FOUR[OBSERVER]!.validator_id })
    expect(bench.effects()).toEqual([])
  })

  it('gets nil, without execution, from a validator locked on another block', () => {
    const bench = lockedInRoundOne()
    const b = bench.block('b', 1)
    bench.propose(b, { round: 1 })
    expect(bench.votes({ b })).toEqual(['prevote 1 nil'])
  })
})

describe('line 28: a re-proposal with a proof-of-lock', () => {
  it('waits for the quorum of prevotes it rests on', () => {
    const bench = observer()
    const a = bench.block('a')
    bench.timeout('propose', 0).vote('precommit', [P, Q, R], null).timeout('precommit', 0)
    bench.effects()
    bench.propose(a, { round: 1, valid_round: 0 })
    expect(bench.effects()).toEqual([])
    bench.vote('prevote', [P, Q], a, 0)
    expect(bench.effectsOf('Execute')).toEqual([])
    bench.vote('prevote', [R], a, 0).executed(a)
    expect(bench.votes({ a })).toEqual(['prevote 1 a'])
  })

  it('overrides a lock of an earlier round', () => {
    const bench = lockedInRoundOne()
    const b = bench.block('b', 1)
    bench.timeout('propose', 1).vote('precommit', [P, Q, R], null, 1).timeout('precommit', 1)
    bench.effects()
    bench.propose(b, { round: 2, valid_round: 1 }).vote('prevote', [P, Q, R], b, 1).executed(b)
    expect(bench.votes({ b })).toEqual(['prevote 2 b'])
  })

  it('does not override a lock of a later round', () => {
    const bench = observer()
    const a = bench.block('a')
    const b = bench.block('b', 1)
    bench.vote('prevote', [P, Q, R], a, 0).timeout('propose', 0).vote('precommit', [P, Q, R], null, 0).timeout('precommit', 0)
    bench.propose(b, { round: 1 }).executed(b).vote('prevote', [P, Q, R], b, 1).vote('precommit', [P, Q, OBSERVER], null, 1).timeout('precommit', 1)
    expect(bench.state.locked).toMatchObject({ round: 1 })
    bench.effects()
    bench.propose(a, { round: 2, valid_round: 0 }).executed(a)
    expect(bench.votes({ a, b })).toEqual(['prevote 2 nil'])
  })

  it('is ignored when its valid_round is not an earlier round', () => {
    const bench = observer()
    bench.propose(bench.block('a'), { valid_round: 0 })
    expect(bench.effects()).toEqual([])
  })
})

describe('line 34: prevotes of any kind from a quorum', () => {
  it('start the prevote timeout once', () => {
    const bench = observer().timeout('propose', 0)
    bench.effects()
    bench.vote('prevote', [P, Q], null).vote('prevote', [R], bench.block('a'))
    expect(bench.effectsOf('ScheduleTimeout')).toEqual([{ type: 'ScheduleTimeout', timeout: { kind: 'prevote', height: 1, round: 0 }, ms: TIMEOUTS.prevoteMs }])
    bench.vote('prevote', [OBSERVER], null)
    expect(bench.effectsOf('ScheduleTimeout')).toEqual([])
  })
})

describe('line 36: a quorum of prevotes for a valid block', () => {
  it('locks it and precommits, with block and proof written before the vote is signed', () => {
    const bench = observer()
    const a = bench.block('a')
    bench.propose(a).executed(a)
    bench.effects()
    bench.vote('prevote', [P, Q, R], a)
    const effects = bench.effects().filter(({ type }) => type !== 'ScheduleTimeout')
    expect(effects.map(({ type }) => type)).toEqual(['Persist', 'SignVote'])
    expect(effects[0]).toMatchObject({ records: [{ kind: 'block' }, { kind: 'valid', round: 0 }, { kind: 'vote', type: 'precommit' }] })
    expect(bench.state).toMatchObject({ step: 'precommit', locked: { round: 0 }, valid: { round: 0 } })
  })

  it('needs more than two thirds of stake, not of heads', () => {
    const context = contextOf(validatorSet(70, 10, 10, 10))
    const bench = new Bench(1, { context }).begin()
    const a = bench.block('a')
    bench.propose(a).executed(a).vote('prevote', [1, 2, 3], a)
    expect(bench.state.locked).toBeNull()
    bench.vote('prevote', [0], a)
    expect(bench.state.locked).not.toBeNull()
  })

  it('after the precommit only becomes the valid block', () => {
    const bench = observer()
    const a = bench.block('a')
    bench.propose(a).executed(a).vote('prevote', [P, Q], a).timeout('prevote', 0)
    expect(bench.votes({ a })).toEqual(['prevote 0 a', 'precommit 0 nil'])
    bench.vote('prevote', [R], a)
    expect(bench.state).toMatchObject({ locked: null, valid: { round: 0 } })
    expect(bench.effectsOf('Persist')).toMatchObject([{ records: [{ kind: 'block' }, { kind: 'valid' }] }])
  })

  it('of an earlier round, seen late, becomes the valid block and nothing more', () => {
    const bench = observer()
    const a = bench.block('a')
    bench.propose(a).executed(a).vote('prevote', [P, Q], a).timeout('prevote', 0).vote('precommit', [P, Q, R], null).timeout('precommit', 0)
    bench.effects()
    bench.vote('prevote', [R], a, 0)
    expect(bench.state).toMatchObject({ round: 1, locked: null, valid: { round: 0 } })
    expect(bench.votes()).toEqual([])
  })

  it('without the block asks for it, once, and locks when it arrives and is valid', () => {
    const bench = observer().timeout('propose', 0)
    const a = bench.block('a')
    bench.effects()
    bench.vote('prevote', [P, Q, R], a).vote('prevote', [OBSERVER], null)
    expect(bench.effectsOf('NeedBlock')).toEqual([{ type: 'NeedBlock', height: 1, block_hash: hashOfBlock(a) }])
    bench.feed({ type: 'BlockReceived', block: bench.block('other') })
    expect(bench.effects()).toEqual([])
    bench.feed({ type: 'BlockReceived', block: a }).executed(a)
    expect(bench.votes({ a })).toEqual(['precommit 0 a'])
  })

  it('never precommits a block that execution refused', () => {
    const bench = observer()
    const a = bench.block('a')
    bench.propose(a).executed(a, 'invalid').vote('prevote', [P, Q, R], a)
    expect(bench.votes({ a })).toEqual(['prevote 0 nil'])
    expect(bench.timeout('prevote', 0).votes()).toEqual(['precommit 0 nil'])
  })
})

describe('line 44 and the timeouts', () => {
  it('a quorum of prevotes for nil is precommitted nil at once', () => {
    const bench = observer().timeout('propose', 0)
    bench.effects()
    expect(bench.vote('prevote', [P, Q, R], null).votes()).toEqual(['precommit 0 nil'])
  })

  it('line 57: no proposal in time is prevoted nil, in that round and step only', () => {
    const bench = observer()
    expect(bench.timeout('propose', 1).votes()).toEqual([])
    expect(bench.timeout('propose', 0).votes()).toEqual(['prevote 0 nil'])
    expect(bench.timeout('propose', 0).votes()).toEqual([])
  })

  it('line 61: no quorum in time is precommitted nil', () => {
    const bench = observer().timeout('propose', 0)
    bench.effects()
    expect(bench.timeout('prevote', 0).votes()).toEqual(['precommit 0 nil'])
  })

  it('line 47 and 65: a quorum of any precommits starts the clock, its end the next round', () => {
    const bench = observer()
    bench.vote('precommit', [P, Q], null)
    expect(bench.effectsOf('ScheduleTimeout')).toEqual([])
    bench.vote('precommit', [R], bench.block('a'))
    expect(bench.effectsOf('ScheduleTimeout')).toEqual([{ type: 'ScheduleTimeout', timeout: { kind: 'precommit', height: 1, round: 0 }, ms: TIMEOUTS.precommitMs }])
    expect(bench.timeout('precommit', 0).state).toMatchObject({ round: 1, step: 'propose' })
  })

  it('grow with the round', () => {
    const bench = observer().vote('prevote', [P, Q], null, 7)
    expect(bench.state.round).toBe(7)
    expect(bench.effectsOf('ScheduleTimeout')).toEqual([{ type: 'ScheduleTimeout', timeout: { kind: 'propose', height: 1, round: 7 }, ms: TIMEOUTS.proposeMs + 7 * TIMEOUTS.proposeDeltaMs }])
  })

  it('of another height do nothing', () => {
    const bench = observer()
    const before = bench.state
    bench.feed({ type: 'Timeout', timeout: { kind: 'propose', height: 2, round: 0 } })
    expect(bench.state).toEqual(before)
  })
})

describe('line 49: a quorum of precommits', () => {
  it('commits the block with a certificate of exactly those votes', () => {
    const bench = observer()
    const a = bench.block('a')
    bench.propose(a).executed(a).vote('prevote', [P, Q, R], a)
    bench.effects()
    bench.vote('precommit', [P, Q, R], a)
    const [commit] = bench.effectsOf('Commit')
    expect(commit).toMatchObject({ block: a, certificate: { height: 1, round: 0, block_hash: hashOfBlock(a) } })
    expect(commit!.certificate.signatures).toHaveLength(3)
  })

  it('of an earlier round decides too', () => {
    const bench = observer()
    const a = bench.block('a')
    bench.propose(a).executed(a).vote('precommit', [P], a).vote('precommit', [Q, R], null).timeout('precommit', 0)
    expect(bench.state.round).toBe(1)
    bench.vote('precommit', [OBSERVER], a)
    bench.feed({ type: 'Vote', vote: { ...bench.voteOf('precommit', Q, a), signature: new Uint8Array(64).fill(9) } })
    expect(bench.effectsOf('Commit')).toMatchObject([{ certificate: { round: 0 } }])
  })

  it('for a block not here asks for it, executes it, and only then commits', () => {
    const bench = observer()
    const a = bench.block('a')
    bench.vote('precommit', [P, Q, R], a)
    expect(bench.effects().map(({ type }) => type)).toEqual(['NeedBlock'])
    expect(bench.state.step).toBe('commit')
    bench.feed({ type: 'BlockReceived', block: a })
    expect(bench.effects().map(({ type }) => type)).toEqual(['Execute'])
    bench.executed(a, 'interrupted')
    expect(bench.effects()).toEqual([])
    bench.timeout('rebroadcast', -1)
    expect(bench.effects().some(({ type }) => type === 'Execute')).toBe(true)
    bench.executed(a)
    expect(bench.effectsOf('Commit')).toHaveLength(1)
  })

  it('for a block that is invalid here stops everything and commits nothing', () => {
    const bench = observer()
    const a = bench.block('a')
    bench.propose(a).executed(a, 'invalid').vote('precommit', [P, Q, R], a)
    const types = bench.effects().map(({ type }) => type)
    expect(types).toContain('Fail')
    expect(types).not.toContain('Commit')
    bench.timeout('rebroadcast', -1).vote('precommit', [OBSERVER], a)
    expect(bench.effects()).toEqual([])
  })

  it('found by sync commits after execution, in any step', () => {
    const bench = new Bench(OBSERVER)
    const a = bench.block('a')
    bench.effects()
    const certificate = { height: 1, round: 3, block_hash: hashOfBlock(a), signers: Uint8Array.of(7), signatures: [] }
    bench.feed({ type: 'CommitReceived', block: a, certificate })
    expect(bench.effects().map(({ type }) => type)).toEqual(['Execute'])
    expect(bench.executed(a).effectsOf('Commit')).toMatchObject([{ certificate }])
  })

  it('for another block than the one decided here stops everything: the chain has forked', () => {
    const bench = observer()
    const a = bench.block('a')
    const b = bench.block('b')
    bench.vote('precommit', [P, Q, R], a)
    bench.effects()
    bench.feed({ type: 'CommitReceived', block: b, certificate: { height: 1, round: 1, block_hash: hashOfBlock(b), signers: Uint8Array.of(7), signatures: [] } })
    expect(bench.effects()).toEqual([{ type: 'Fail', code: 'CERTIFIED_FORK', height: 1, block_hash: hashOfBlock(b) }])
  })

  it('ends the height: nothing is said or asked until the next one starts', () => {
    const bench = observer()
    const a = bench.block('a')
    bench.propose(a).executed(a).vote('precommit', [P, Q, R], a)
    bench.effects()
    const before = bench.state
    bench.timeout('rebroadcast', -1).timeout('propose', 0).vote('prevote', [P], null).propose(bench.block('b'))
    expect(bench.effects()).toEqual([])
    expect(bench.state).toBe(before)
  })
})

describe('line 55: later rounds', () => {
  it('are joined when more than a third of stake is there, and their messages count at once', () => {
    const bench = observer()
    const b = bench.block('b', 2)
    const proposer = ORDER[2]!
    const others = OTHERS.filter((index) => index !== proposer)
    bench.propose(b, { round: 2 }).vote('prevote', [proposer], b, 2)
    expect(bench.state.round).toBe(0)
    bench.vote('prevote', others, b, 2)
    expect(bench.state.round).toBe(2)
    expect(bench.executed(b).votes({ b })).toEqual(['prevote 2 b', 'precommit 2 b'])
  })

  it('count validators in different later rounds together, to the least of them', () => {
    const bench = observer().vote('prevote', [P], null, 5).vote('precommit', [Q], null, 3)
    expect(bench.state.round).toBe(3)
  })

  it('are not joined for one validator with a third of stake or less, however loud', () => {
    const bench = observer()
    for (let round = 1; round < 50; round++) bench.vote('prevote', [P], null, round).vote('precommit', [P], null, round)
    expect(bench.state.round).toBe(0)
    expect([...bench.state.future.votes.values()].flat().length).toBeLessThanOrEqual(8)
  })
})

describe('memory', () => {
  it('holds votes of recent rounds only, and of the round a proof-of-lock is from', () => {
    const bench = lockedInRoundOne()
    for (const round of [20, 40]) bench.vote('prevote', [P, Q], null, round)
    expect(bench.state.round).toBe(40)
    const rounds = [...bench.state.rounds.keys()]
    expect(rounds).toContain(0)
    expect(rounds.every((round) => round === 0 || round >= 40 - KEPT_PAST_ROUNDS)).toBe(true)
    bench.vote('prevote', [R], null, 3)
    expect(bench.state.rounds.has(3)).toBe(false)
  })

  it('ignores votes of strangers, of other heights and of other worlds', () => {
    const bench = observer()
    const before = bench.state
    const vote = bench.voteOf('prevote', P, null)
    for (const change of [{ validator_id: 'stranger' }, { height: 2 }, { world_id: 'other' }]) bench.feed({ type: 'Vote', vote: { ...vote, ...change } })
    expect(bench.state).toEqual(before)
  })
})

describe('a double vote', () => {
  it('is reported once and, for a block others vote for, still counts towards their quorum', () => {
    const bench = observer()
    const a = bench.block('a')
    bench.propose(a).executed(a).vote('prevote', [P], null).vote('prevote', [Q, R], a)
    bench.effects()
    bench.vote('prevote', [P], a)
    const effects = bench.effects()
    expect(effects.filter(({ type }) => type === 'ReportEvidence')).toHaveLength(1)
    expect(effects.filter(({ type }) => type === 'SignVote')).toMatchObject([{ vote: { type: 'precommit' } }])
    bench.vote('prevote', [P], bench.block('c'))
    expect(bench.effectsOf('ReportEvidence')).toEqual([])
  })

  it('cannot fill memory with invented blocks', () => {
    const bench = observer().timeout('propose', 0)
    for (let n = 0; n < 100; n++) bench.vote('prevote', [P], bench.block(`invented ${n}`))
    expect(bench.state.rounds.get(0)!.prevotes.byBlock.size).toBe(1)
  })
})

describe('a second proposal of the same round', () => {
  it('changes nothing, unless a quorum voted for its block', () => {
    const bench = observer()
    const a = bench.block('a')
    const twin = bench.block('twin')
    bench.propose(a).executed(a).propose(twin)
    expect(bench.votes({ a, twin })).toEqual(['prevote 0 a'])
    bench.vote('prevote', [P, Q, R], twin)
    expect(bench.effectsOf('NeedBlock')).toHaveLength(1)
    bench.propose(twin).executed(twin)
    expect(bench.votes({ a, twin })).toEqual(['precommit 0 twin'])
  })
})

describe('interrupted execution', () => {
  it('casts no vote; the propose timeout prevotes nil, and the next round tries again', () => {
    const bench = observer()
    const a = bench.block('a')
    expect(bench.propose(a).executed(a, 'interrupted').votes()).toEqual([])
    expect(bench.timeout('propose', 0).votes()).toEqual(['prevote 0 nil'])
    bench.vote('prevote', [P, Q, R], a)
    expect(bench.effectsOf('Execute')).toEqual([])
    bench.vote('precommit', [P, Q, R], null).timeout('precommit', 0)
    expect(bench.effectsOf('Execute')).toHaveLength(1)
    bench.executed(a)
    expect(bench.state).toMatchObject({ locked: null, valid: { round: 0 } })
  })
})

describe('the valid block', () => {
  it('is what this validator proposes in its next turn, with its proof', () => {
    const own = ORDER[1]!
    const others = [0, 1, 2, 3].filter((index) => index !== own)
    const bench = new Bench(own).begin()
    const a = bench.block('a')
    bench.propose(a).executed(a).vote('prevote', others, a).vote('precommit', others, null)
    bench.effects()
    bench.timeout('precommit', 0)
    const effects = bench.effects()
    expect(effects.filter(({ type }) => type === 'BuildProposal')).toEqual([])
    expect(effects.filter(({ type }) => type === 'SignProposal')).toMatchObject([{ proposal: { round: 1, valid_round: 0, block: a } }])
    expect(effects.filter(({ type }) => type === 'BroadcastVote')).toHaveLength(3)
  })
})

describe('re-broadcast', () => {
  it('sends the same signed votes, the proof-of-lock and the proposal again, and goes on doing so', () => {
    const bench = observer()
    const a = bench.block('a')
    bench.propose(a).executed(a).vote('prevote', [P, Q, R], a)
    const own = [bench.voteOf('prevote', OBSERVER, a), bench.voteOf('precommit', OBSERVER, a)]
    bench.feed(...own.map((vote) => ({ type: 'Vote', vote }) as const))
    bench.effects()
    bench.timeout('rebroadcast', -1)
    const effects = bench.effects()
    expect(effects.filter(({ type }) => type === 'SignVote')).toEqual([])
    const sent = effects.flatMap((effect) => (effect.type === 'BroadcastVote' ? [effect.vote] : []))
    expect(sent).toEqual(expect.arrayContaining(own))
    expect(sent.filter(({ type }) => type === 'prevote').length).toBeGreaterThanOrEqual(4)
    expect(effects.filter(({ type }) => type === 'BroadcastProposal')).toMatchObject([{ proposal: { round: 0, block: a } }])
    expect(effects).toContainEqual({ type: 'ScheduleTimeout', timeout: { kind: 'rebroadcast', height: 1, round: 0 }, ms: TIMEOUTS.rebroadcastMs })
  })
})

describe('a node without a key, or outside the set', () => {
  it('follows rounds and commits, and signs and writes nothing', () => {
    const bench = new Bench(null).begin()
    const a = bench.block('a')
    bench.propose(a).executed(a).vote('prevote', [0, 1, 2], a).vote('precommit', [0, 1, 2], a)
    const types = bench.effects().map(({ type }) => type)
    expect(types).toContain('Commit')
    expect(types.some((type) => type === 'SignVote' || type === 'Persist')).toBe(false)
  })
})

describe('step', () => {
  it('never changes the state it was given', () => {
    const bench = observer()
    const a = bench.block('a')
    const before = bench.state
    const copy = structuredClone(before)
    step(before, { type: 'Vote', vote: bench.voteOf('prevote', P, a) })
    step(before, { type: 'BlockReceived', block: a })
    step(before, { type: 'Timeout', timeout: { kind: 'propose', height: 1, round: 0 } })
    expect(before).toEqual(copy)
  })
})
