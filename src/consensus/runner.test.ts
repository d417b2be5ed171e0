import { afterEach, describe, expect, it } from 'vitest'
import { blockHash, certificateHash, encodeVote, toConsensusAction } from '../codec/index.ts'
import { proposerAt } from './proposer.ts'
import { TIMEOUTS } from './testing/kit.ts'
import { certified, RunnerBench, settle, signedProposal, signedVote, TestWal, VALIDATORS } from './testing/runner-kit.ts'
import { decodeWal } from './wal.ts'

const indexOf = (validator_id: string): number => Number(validator_id.slice(1))
const PROPOSER = indexOf(proposerAt(VALIDATORS, 1, 0).validator_id)
const OBSERVER = (PROPOSER + 1) % 4
const OTHERS = [0, 1, 2, 3].filter((index) => index !== OBSERVER)

const running: RunnerBench[] = []
afterEach(async () => {
  for (const bench of running.splice(0)) await bench.consensus.stop()
})

async function started(own: number | null, options: ConstructorParameters<typeof RunnerBench>[1] = {}): Promise<RunnerBench> {
  const bench = new RunnerBench(own, options)
  running.push(bench)
  await bench.consensus.start()
  await settle()
  return bench
}

/** A running observer in round 0 with the proposal of height 1. */
async function inRoundZero(options: ConstructorParameters<typeof RunnerBench>[1] = {}): Promise<RunnerBench> {
  const bench = await started(OBSERVER, options)
  await bench.pass(TIMEOUTS.blockIntervalMs)
  return bench
}

describe('a runner', () => {
  it('alone with all stake commits height after height', async () => {
    const bench = await started(0, { validators: VALIDATORS.slice(0, 1) })
    await bench.pass(4 * TIMEOUTS.blockIntervalMs + 50)
    expect(bench.commits.map(({ block }) => block.header.height)).toEqual([1, 2, 3, 4])
    expect(bench.consensus.snapshot()).toMatchObject({ height: 5, last_commit: { height: 4, votes: [{ validator_id: 'v0', signed: true }] }, halted: null })
  })

  it('takes a height from proposal to commit and starts the next', async () => {
    const bench = await inRoundZero()
    const { context } = bench
    const block = bench.blockFor(context)
    const block_hash = blockHash(block.header)
    expect(await bench.consensus.receiveProposal(signedProposal(context, block))).toBe('accepted')
    await settle()
    expect(bench.votes).toMatchObject([{ type: 'prevote', block_hash }])
    for (const type of ['prevote', 'precommit'] as const) {
      for (const index of OTHERS.slice(0, 2)) await bench.consensus.receiveVote(signedVote(index, { type, height: 1, round: 0, block_hash }))
      await settle()
    }
    expect(bench.commits).toHaveLength(1)
    const snapshot = bench.consensus.snapshot()
    expect(snapshot).toMatchObject({ height: 2, round: -1, step: 'new_height' })
    expect(snapshot.last_commit!.votes.filter(({ signed }) => signed)).toHaveLength(3)
  })

  it('sends nothing before its log is durable, and the log holds what it then sends', async () => {
    const bench = await inRoundZero()
    bench.wal.hold()
    await bench.pass(TIMEOUTS.proposeMs)
    expect(bench.votes).toEqual([])
    bench.wal.release()
    await settle()
    expect(bench.votes).toMatchObject([{ type: 'prevote', block_hash: null }])
    expect(decodeWal(bench.wal.bytes).records).toMatchObject([{ kind: 'vote', type: 'prevote', height: 1, round: 0, block_hash: null }])
  })

  it('halts unsigned when the log cannot be written', async () => {
    const bench = await inRoundZero()
    bench.wal.failing = true
    await bench.pass(TIMEOUTS.proposeMs)
    expect(bench.votes).toEqual([])
    expect(bench.consensus.snapshot().halted).toMatchObject({ code: 'WAL_WRITE_FAILED', detail: { cause: 'disk full' } })
    expect(await bench.consensus.receiveVote(signedVote(0, { type: 'prevote', height: 1, round: 0, block_hash: null }))).toBe('stopped')
  })

  it('signs nothing after it was stopped, even if a write was under way', async () => {
    const bench = await inRoundZero()
    bench.wal.hold()
    await bench.pass(TIMEOUTS.proposeMs)
    const stopping = bench.consensus.stop()
    bench.wal.release()
    await stopping
    expect(bench.votes).toEqual([])
  })

  it('shows the votes it saw, by validator', async () => {
    const bench = await inRoundZero()
    await bench.consensus.receiveVote(signedVote(OTHERS[0]!, { type: 'prevote', height: 1, round: 0, block_hash: null }))
    await settle()
    const row = bench.consensus.snapshot().votes.find(({ validator_id }) => validator_id === `v${OTHERS[0]}`)
    expect(row).toMatchObject({ stake: 1, votes: [{ type: 'prevote', round: 0, block_hash: null }] })
  })
})

describe('messages', () => {
  it('are judged before they reach the machine', async () => {
    const bench = await inRoundZero()
    const { consensus } = bench
    const vote = signedVote(OTHERS[0]!, { type: 'prevote', height: 1, round: 0, block_hash: null })
    expect(await consensus.receiveVote({ ...vote, world_id: `other.${'0'.repeat(64)}` })).toBe('wrong_world')
    expect(await consensus.receiveVote({ ...vote, validator_id: 'stranger' })).toBe('unknown_validator')
    expect(await consensus.receiveVote({ ...vote, round: 1 })).toBe('bad_signature')
    expect(await consensus.receiveVote({ ...vote, validator_id: `v${OTHERS[1]}` })).toBe('bad_signature')
    expect(bench.eventsOf('refused').map(({ reason }) => reason)).toEqual(['wrong_world', 'unknown_validator', 'bad_signature', 'bad_signature'])
    expect(await consensus.receiveVote(vote)).toBe('accepted')
    await settle()
    expect(await consensus.receiveVote(vote)).toBe('duplicate')
    expect(await consensus.receiveVote({ ...vote, signature: new Uint8Array(64) })).toBe('bad_signature')
  })

  it('with a body that is not the header’s are refused, whoever signed', async () => {
    const bench = await inRoundZero()
    const proposal = signedProposal(bench.context, bench.blockFor(bench.context))
    const swapped = { ...proposal, block: { ...proposal.block, actions: [toConsensusAction(encodeVote(signedVote(0, { type: 'prevote', height: 1, round: 0, block_hash: null })))] } }
    expect(await bench.consensus.receiveProposal(swapped)).toBe('bad_body')
    expect(await bench.consensus.receiveProposal(signedProposal(bench.context, proposal.block, 0, OBSERVER))).toBe('not_proposer')
    expect(await bench.consensus.receiveProposal({ ...proposal, valid_round: -1, signature: new Uint8Array(64) })).toBe('bad_signature')
    expect(await bench.consensus.receiveProposal(proposal)).toBe('accepted')
  })

  it('of the next height wait for it; those further ahead say that this node is behind', async () => {
    const bench = await inRoundZero()
    const first = certified(bench.blockFor(bench.context))
    const early = [0, 1, 2].map((index) => signedVote(index, { type: 'prevote', height: 2, round: 0, block_hash: null }))
    for (const vote of early) expect(await bench.consensus.receiveVote(vote)).toBe('buffered')
    expect(await bench.consensus.receiveVote(signedVote(0, { type: 'prevote', height: 9, round: 0, block_hash: null }))).toBe('future_height')
    expect(bench.eventsOf('behind').at(-1)).toEqual({ type: 'behind', height: 1, seen_height: 9 })
    await bench.consensus.receiveCommit(first)
    await settle()
    expect(bench.consensus.snapshot()).toMatchObject({ height: 2, round: 0 })
    expect(await bench.consensus.receiveVote(signedVote(0, { type: 'prevote', height: 1, round: 0, block_hash: null }))).toBe('stale')
  })

  it('a double vote becomes evidence', async () => {
    const bench = await inRoundZero()
    for (const block_hash of [null, new Uint8Array(32)]) await bench.consensus.receiveVote(signedVote(OTHERS[0]!, { type: 'prevote', height: 1, round: 0, block_hash }))
    await settle()
    expect(bench.eventsOf('evidence')).toHaveLength(1)
  })
})

describe('commits from sync', () => {
  it('are verified, executed, committed, and move the height on', async () => {
    const source = await started(null)
    const first = certified(source.blockFor(source.context))
    expect(await source.consensus.receiveCommit(first)).toBe(1)
    const second = certified(source.blockFor(source.context))
    expect(await source.consensus.receiveCommit(second)).toBe(2)
    expect(await source.consensus.receiveCommit(first)).toBe(2)
    expect(source.commits).toEqual([first, second])
  })

  it('are refused with a reason, and nothing changes', async () => {
    const bench = await started(null)
    const { consensus } = bench
    const good = certified(bench.blockFor(bench.context))
    const code = (name: string) => expect.objectContaining({ code: name })
    const { certificate, block } = good
    await expect(consensus.receiveCommit({ block, certificate: { ...certificate, signatures: [...certificate.signatures.slice(1), new Uint8Array(64)] } })).rejects.toEqual(code('CERTIFICATE_INVALID'))
    await expect(consensus.receiveCommit({ block, certificate: { ...certificate, signers: Uint8Array.of(3), signatures: certificate.signatures.slice(1) } })).rejects.toEqual(code('CERTIFICATE_INVALID'))
    await expect(consensus.receiveCommit({ block: { ...block, header: { ...block.header, time: 1 } }, certificate })).rejects.toEqual(code('CERTIFICATE_INVALID'))
    await expect(consensus.receiveCommit({ block: { ...block, actions: [toConsensusAction(Uint8Array.of(1))] }, certificate })).rejects.toEqual(code('BLOCK_INVALID'))
    await expect(consensus.receiveCommit({ block: { ...block, header: { ...block.header, height: 4 } }, certificate })).rejects.toEqual(code('COMMIT_WRONG_HEIGHT'))
    expect(bench.commits).toEqual([])
    expect(await consensus.receiveCommit(good)).toBe(1)
  })

  it('certified but invalid here halt the node with nothing committed', async () => {
    const bench = await started(null)
    const block = bench.blockFor(bench.context)
    const wrong = certified({ ...block, header: { ...block.header, state_root: new Uint8Array(32).fill(1) } })
    await expect(bench.consensus.receiveCommit(wrong)).rejects.toEqual(expect.objectContaining({ code: 'CERTIFIED_BLOCK_INVALID' }))
    expect(bench.commits).toEqual([])
    expect(bench.eventsOf('halted')).toHaveLength(1)
    await expect(bench.consensus.receiveCommit(wrong)).rejects.toEqual(expect.objectContaining({ code: 'HALTED' }))
  })

  it('survive an interrupted execution: it is tried again', async () => {
    const bench = await started(null)
    const good = certified(bench.blockFor(bench.context))
    const real = bench.execute
    bench.execute = () => Promise.reject(new Error('executor died'))
    const reached = bench.consensus.receiveCommit(good)
    await bench.pass(10)
    expect(bench.commits).toEqual([])
    expect(bench.eventsOf('application_error')).toMatchObject([{ operation: 'execute', error: { message: 'executor died' } }])
    bench.execute = real
    await bench.pass(TIMEOUTS.rebroadcastMs)
    expect(await reached).toBe(1)
  })
})

describe('a block whose parent certificate is forged', () => {
  it('is prevoted nil', async () => {
    const before = new RunnerBench(null)
    const first = certified(before.blockFor(before.context))
    const bench = await started(indexOf(proposerAt(VALIDATORS, 2, 1).validator_id), { commits: [first] })
    await bench.pass(TIMEOUTS.blockIntervalMs)
    const block = bench.blockFor(bench.context)
    const last_commit = { ...first.certificate, signatures: first.certificate.signatures.map(() => new Uint8Array(64).fill(1)) }
    const forged = { ...block, last_commit, header: { ...block.header, last_commit_hash: certificateHash(last_commit) } }
    expect(await bench.consensus.receiveProposal(signedProposal(bench.context, forged))).toBe('accepted')
    await settle()
    expect(bench.votes).toMatchObject([{ type: 'prevote', height: 2, block_hash: null }])
  })
})

describe('a restart', () => {
  it('signs the votes of before again, the same bytes, and no others', async () => {
    const wal = new TestWal()
    const first = await inRoundZero({ wal })
    await first.pass(TIMEOUTS.proposeMs)
    await first.consensus.stop()
    const again = await started(OBSERVER, { wal })
    expect(again.votes).toEqual(first.votes)
    await again.consensus.receiveProposal(signedProposal(again.context, again.blockFor(again.context)))
    await again.pass(TIMEOUTS.blockIntervalMs + TIMEOUTS.proposeMs)
    expect(again.votes).toEqual(first.votes)
  })

  it('drops a torn tail before it writes on', async () => {
    const wal = new TestWal()
    const first = await inRoundZero({ wal })
    await first.pass(TIMEOUTS.proposeMs)
    await first.consensus.stop()
    const whole = wal.bytes
    wal.bytes = whole.subarray(0, whole.length - 5)
    const again = await started(OBSERVER, { wal })
    expect(again.votes).toEqual([])
    expect(wal.replaced).toBe(1)
    await again.pass(TIMEOUTS.blockIntervalMs + TIMEOUTS.proposeMs + 1)
    expect(decodeWal(wal.bytes)).toMatchObject({ records: [{ kind: 'vote' }], tornBytes: 0 })
  })

  it('refuses to start on a log damaged before its end', async () => {
    const wal = new TestWal()
    const first = await inRoundZero({ wal })
    await first.pass(TIMEOUTS.proposeMs)
    for (const index of OTHERS) await first.consensus.receiveVote(signedVote(index, { type: 'prevote', height: 1, round: 0, block_hash: null }))
    await first.consensus.stop()
    wal.bytes[30]! ^= 1
    const again = new RunnerBench(OBSERVER, { wal })
    await expect(again.consensus.start()).rejects.toEqual(expect.objectContaining({ code: 'WAL_CORRUPT' }))
    expect(again.votes).toEqual([])
  })

  it('forgets what it voted at heights already committed', async () => {
    const wal = new TestWal()
    const first = await inRoundZero({ wal })
    await first.pass(TIMEOUTS.proposeMs)
    await first.consensus.receiveCommit(certified(first.blockFor(first.context)))
    await first.consensus.stop()
    await started(OBSERVER, { wal, commits: first.commits })
    expect(wal.bytes).toHaveLength(0)
  })
})
