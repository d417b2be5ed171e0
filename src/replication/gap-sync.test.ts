import { describe, expect, it } from 'vitest'
import { encodeCommit } from '../codec/index.ts'
import type { Commit } from '../codec/index.ts'
import { GapSync } from './gap-sync.ts'
import type { SyncProgress } from './gap-sync.ts'
import { askHedged } from './hedge.ts'
import type { ReplicationOffence, ReplicationPeers } from './peers.ts'

const hash = new Uint8Array(32)

function commitAt(height: number): Commit {
  const header = {
    world_id: `test.${'0'.repeat(64)}`, height, round: 0, time: height, parent_hash: hash, last_commit_hash: hash, action_root: hash,
    state_root: hash, receipts_root: hash, events_root: hash, validators_hash: hash, next_validators_hash: hash, proposer: 'v1', writer_epoch: 1,
  }
  return {
    block: { header, actions: [], last_commit: null },
    certificate: { height, round: 0, block_hash: hash, signers: new Uint8Array([1]), signatures: [new Uint8Array(64)] },
  }
}

class BadBlock extends Error {}

/** Peers in memory: `answers` says what each sends for a height. */
function world(answers: Record<string, (height: number) => Uint8Array | null>, top = 10) {
  const reports: { peer: string; offence: ReplicationOffence }[] = []
  const banned = new Set<string>()
  let height = 0
  const progress: (SyncProgress | null)[] = []
  const get = async (peer: string, wanted: number): Promise<Uint8Array | null> => answers[peer]!(wanted)
  const peers: ReplicationPeers = {
    candidates: (wanted) => (wanted <= top ? Object.keys(answers).filter((peer) => !banned.has(peer)) : []),
    snapshotCandidates: () => [],
    fetchCommit: get,
    fetchRange: async (peer, from, limit) => {
      const messages: Uint8Array[] = []
      for (let at = from; at < from + limit && at <= top; at++) {
        const message = await get(peer, at)
        if (message === null) break
        messages.push(message)
      }
      return messages
    },
    fetchBlob: async () => null,
    fetchSnapshot: async () => null,
    report: (peer, offence) => {
      reports.push({ peer, offence })
      banned.add(peer)
    },
  }
  const sync = new GapSync({
    peers,
    height: () => height,
    apply: async (commit) => {
      if (commit.block.header.proposer === 'liar') throw new BadBlock('bad')
      if (commit.block.header.height === height + 1) height++
    },
    offenceOf: (error) => (error instanceof BadBlock ? 'BAD_BLOCK' : null),
    onProgress: (value) => progress.push(value),
    retryAfterMs: 0,
  })
  const finished = async (): Promise<void> => {
    while (sync.active) await new Promise((resolve) => setImmediate(resolve))
  }
  return { sync, reports, progress, finished, height: () => height }
}

const honest = (height: number): Uint8Array => encodeCommit(commitAt(height))
const lying = (height: number): Uint8Array => {
  const commit = commitAt(height)
  return encodeCommit({ ...commit, block: { ...commit.block, header: { ...commit.block.header, proposer: 'liar' } } })
}

describe('gap sync', () => {
  it('applies every missing block in order and reports progress, then silence', async () => {
    const { sync, finished, height, progress } = world({ a: honest })
    sync.notice(10)
    await finished()
    expect(height()).toBe(10)
    expect(progress.at(-1)).toBeNull()
    expect(progress.some((entry) => entry !== null && entry.to === 10)).toBe(true)
  })

  it('blames a peer whose block is bad and goes on with another', async () => {
    const { sync, finished, height, reports } = world({ liar: lying, b: honest })
    sync.notice(10)
    await finished()
    expect(height()).toBe(10)
    expect(reports).toEqual([{ peer: 'liar', offence: 'BAD_BLOCK' }])
  })

  it('blames a peer that sends bytes which are no commit', async () => {
    const { sync, finished, height, reports } = world({ noise: () => new Uint8Array([0xff]), b: honest })
    sync.notice(10)
    await finished()
    expect(height()).toBe(10)
    expect(reports).toEqual([{ peer: 'noise', offence: 'BAD_MESSAGE' }])
  })

  it('blames who claims a height and shows no block, gives up, and starts again at the next claim', async () => {
    const { sync, finished, height, reports } = world({ a: (wanted) => (wanted <= 4 ? honest(wanted) : null) })
    sync.notice(9)
    await finished()
    expect(height()).toBe(4)
    expect(reports).toEqual([{ peer: 'a', offence: 'WRONG_HEIGHT' }])
    sync.notice(4)
    expect(sync.active).toBe(false)
  })

  it('stops between blocks when told to', async () => {
    const { sync, height } = world({ a: honest })
    sync.notice(10)
    await sync.stop()
    sync.notice(10)
    expect(sync.active).toBe(false)
    expect(height()).toBeLessThanOrEqual(10)
  })
})

describe('hedged requests', () => {
  it('ask the next peer when the first does not answer, and abort the loser', async () => {
    let aborted = false
    const { peer, answer } = await askHedged(['slow', 'fast'], (candidate, signal) => new Promise((resolve) => {
      if (candidate === 'fast') resolve('here')
      else signal.addEventListener('abort', () => (aborted = true))
    }), 1)
    expect({ peer, answer, aborted }).toEqual({ peer: 'fast', answer: 'here', aborted: true })
  })

  it('ask the next peer at once when the first fails', async () => {
    const { peer } = await askHedged(['broken', 'fine'], async (candidate) => {
      if (candidate === 'broken') throw new Error('no')
      return candidate
    }, 60_000)
    expect(peer).toBe('fine')
  })

  it('fail with NO_PEER when nobody is left', async () => {
    await expect(askHedged([], async () => 1)).rejects.toMatchObject({ code: 'NO_PEER' })
    await expect(askHedged(['a', 'b'], async () => { throw new Error('no') }, 60_000)).rejects.toMatchObject({ code: 'NO_PEER' })
  })
})
