import { describe, expect, it } from 'vitest'
import { decodeActionEnvelope, encodeActionEnvelope, sha256, toConsensusAction, utf8Bytes } from '../codec/index.ts'
import type { NodeConsensusAction } from '../codec/index.ts'
import type { ActionProblem } from '../world/index.ts'
import { Mempool, MEMPOOL_MAX_NEWCOMERS, MEMPOOL_MAX_PER_ACTOR, MEMPOOL_MAX_UNCHECKED } from './mempool.ts'
import { OwnActions, RESEND_AFTER_BLOCKS } from './own-actions.ts'
import { signedAction } from './testing/test-world.ts'

const world_id = `test.${'0'.repeat(64)}`
const seedOf = (name: string): Uint8Array => sha256(utf8Bytes(name))
const action = (actor: string, nonce: number, validUntil = 100): NodeConsensusAction =>
  toConsensusAction(signedAction(world_id, seedOf(actor), nonce, { kind: 'query_observation' }, validUntil))
const nonceOf = (of: NodeConsensusAction): number => decodeActionEnvelope(of.payload_cbor).nonce

/** A kernel that only knows nonces: the next one of every actor is `1 + used`. */
function pool(used: ReadonlyMap<string, number> = new Map()) {
  const batches: number[] = []
  const mempool = new Mempool({
    check: async (actions) => {
      batches.push(actions.length)
      return actions.map((candidate): ActionProblem | null => {
        const { actor, nonce } = decodeActionEnvelope(candidate.payload_cbor)
        return nonce === (used.get(actor) ?? 0) + 1 ? null : { code: 'BAD_NONCE', hint: 'next', detail: {} }
      })
    },
  })
  return { mempool, batches }
}

describe('the mempool', () => {
  it('takes each action once, also when it comes twice at the same time', async () => {
    const { mempool } = pool()
    const one = action('a', 1)
    expect(await Promise.all([mempool.add(one), mempool.add(one)])).toEqual([true, false])
    expect(await mempool.add(one)).toBe(false)
    expect(mempool.size).toBe(1)
  })

  it('never holds two actions with one nonce of one actor, also when both are checked at once', async () => {
    const { mempool } = pool()
    const results = await Promise.allSettled([mempool.add(action('a', 1, 90)), mempool.add(action('a', 1, 91))])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await expect(mempool.add(action('a', 1, 92))).rejects.toMatchObject({ code: 'BAD_NONCE' })
    expect(mempool.size).toBe(1)
  })

  it('queues the nonces of one actor without gaps', async () => {
    const { mempool } = pool()
    await mempool.add(action('a', 1))
    await expect(mempool.add(action('a', 3))).rejects.toMatchObject({ code: 'BAD_NONCE' })
    await mempool.add(action('a', 2))
    await mempool.add(action('a', 3))
    expect(mempool.select(10, 1 << 20).map(nonceOf)).toEqual([1, 2, 3])
  })

  it('refuses what does not match its id before anything is checked', async () => {
    const { mempool, batches } = pool()
    const good = action('a', 1)
    await expect(mempool.add({ ...good, action_id: '0'.repeat(64) })).rejects.toMatchObject({ code: 'BAD_ACTION' })
    expect(batches).toEqual([])
  })

  it('bounds what one actor, newcomers, and unchecked floods may take', async () => {
    const { mempool } = pool()
    for (let nonce = 1; nonce <= MEMPOOL_MAX_PER_ACTOR; nonce++) await mempool.add(action('a', nonce))
    await expect(mempool.add(action('a', MEMPOOL_MAX_PER_ACTOR + 1))).rejects.toMatchObject({ code: 'MEMPOOL_FULL' })
    const register = (index: number): NodeConsensusAction => {
      const signature = new Uint8Array(64).fill(1)
      const base = decodeActionEnvelope(signedAction(world_id, seedOf('newcomer'), 1, { kind: 'register_agent' }))
      return rawAction({ ...base, actor: `agent/${String(index).padStart(32, '0')}`, signature })
    }
    const results = await Promise.allSettled(Array.from({ length: MEMPOOL_MAX_NEWCOMERS }, (_, index) => mempool.add(register(index))))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(MEMPOOL_MAX_NEWCOMERS)
    await expect(mempool.add(register(9_999))).rejects.toMatchObject({ code: 'MEMPOOL_FULL' })
    expect(await mempool.add(action('b', 1))).toBe(true)
  })

  it('checks in bounded batches, one at a time, and turns floods away', async () => {
    let release: () => void = () => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    const sizes: number[] = []
    const mempool = new Mempool({
      check: async (actions) => {
        sizes.push(actions.length)
        await gate
        return actions.map(() => null)
      },
    })
    const base = decodeActionEnvelope(signedAction(world_id, seedOf('x'), 1, { kind: 'query_observation' }))
    const flood = Array.from({ length: MEMPOOL_MAX_UNCHECKED + 200 }, (_, index) => mempool.add(rawAction({ ...base, actor: `agent/${String(index).padStart(32, '0')}` })))
    const settled = Promise.allSettled(flood)
    release()
    const results = await settled
    expect(results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))).toEqual(Array.from({ length: 199 }, () => 'MEMPOOL_BUSY'))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64)
  })

  it('passes on what the check could not do, and goes on', async () => {
    let broken = true
    const mempool = new Mempool({
      check: async (actions) => {
        if (broken) throw new Error('executor lost')
        return actions.map(() => null)
      },
    })
    await expect(mempool.add(action('a', 1))).rejects.toThrow('executor lost')
    broken = false
    expect(await mempool.add(action('a', 1))).toBe(true)
  })

  it('selects in arrival order within the limits of a block', async () => {
    const { mempool } = pool()
    for (const [actor, nonce] of [['a', 1], ['b', 1], ['a', 2], ['c', 1]] as const) await mempool.add(action(actor, nonce))
    const all = mempool.select(10, 1 << 20)
    expect(all).toHaveLength(4)
    expect(mempool.select(2, 1 << 20)).toEqual(all.slice(0, 2))
    expect(mempool.select(10, all[0]!.payload_cbor.length + 200)).toEqual(all.slice(0, 1))
  })

  it('forgets what a block contained and what the nonces have passed', async () => {
    const { mempool } = pool()
    const first = action('a', 1)
    await mempool.add(first)
    await mempool.add(action('a', 2))
    await mempool.add(action('b', 1))
    mempool.committed(1, [{ action: action('a', 1, 99), code: null }])
    expect(mempool.select(10, 1 << 20).map(nonceOf)).toEqual([2, 1])
    expect(mempool.has(first.action_id)).toBe(false)
  })

  it('keeps an actor’s line when a block holds a forgery of its nonce', async () => {
    const { mempool } = pool()
    await mempool.add(action('a', 1))
    mempool.committed(1, [{ action: action('a', 30, 99), code: 'BAD_SIGNATURE' }])
    expect(mempool.size).toBe(1)
  })

  it('drops what expired together with those that wait behind it', async () => {
    const { mempool } = pool()
    await mempool.add(action('a', 1, 5))
    await mempool.add(action('a', 2, 50))
    await mempool.add(action('b', 1, 50))
    mempool.committed(4, [])
    expect(mempool.size).toBe(3)
    mempool.committed(5, [])
    expect(mempool.select(10, 1 << 20).map((left) => decodeActionEnvelope(left.payload_cbor).valid_until_height)).toEqual([50])
  })
})

describe('actions submitted here', () => {
  it('are sent again after some blocks until a block took them', () => {
    const own = new OwnActions()
    const one = action('a', 1)
    const waiting = new Set([one.action_id])
    own.add(one, 10)
    const due = (height: number): number => own.due(height, (id) => waiting.has(id)).length
    expect(due(10 + RESEND_AFTER_BLOCKS - 1)).toBe(0)
    expect(due(10 + RESEND_AFTER_BLOCKS)).toBe(1)
    expect(due(11 + RESEND_AFTER_BLOCKS)).toBe(0)
    waiting.clear()
    expect(due(30)).toBe(0)
    waiting.add(one.action_id)
    expect(due(60)).toBe(0)
  })
})

function rawAction(envelope: Parameters<typeof encodeActionEnvelope>[0]): NodeConsensusAction {
  return toConsensusAction(encodeActionEnvelope(envelope))
}
