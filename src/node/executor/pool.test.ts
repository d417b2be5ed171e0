import { afterEach, describe, expect, it } from 'vitest'
import { toConsensusAction, toHex } from '../../codec/index.ts'
import { genesisParentHash } from '../chain.ts'
import { signedAction, testWorld } from '../testing/test-world.ts'
import { ExecutorPool } from './pool.ts'
import type { StoredState } from './pool.ts'
import { spawnExecutorThread } from './thread.node.ts'

const world = await testWorld()
const pools: ExecutorPool[] = []
afterEach(() => pools.splice(0).forEach((pool) => pool.close()))

async function openPool(options: { executeTimeoutMs?: number; dryRunTimeoutMs?: number; stored?: () => Promise<StoredState | null> } = {}) {
  const events: string[] = []
  const { pool, head } = await ExecutorPool.open({
    spawn: spawnExecutorThread, genesis: world.genesis, stored: async () => null, onEvent: ({ kind }) => events.push(kind), ...options,
  })
  pools.push(pool)
  return { pool, head, events }
}

const context = (height: number, parent = genesisParentHash(world.world_id)) => ({ height, parent_hash: parent, proposer: 'v1' })
const observe = (agent: number, nonce: number) => toConsensusAction(signedAction(world.world_id, world.agents[agent]!, nonce, { kind: 'query_observation' }))
const hash = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)

/** Module that never returns: `loop br 0`. */
const ENDLESS = Uint8Array.of(
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 12, 2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7e, 3, 3, 2, 0, 1, 5, 4, 1, 1, 1, 1,
  7, 25, 3, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 0, 5, 0x61, 0x6c, 0x6c, 0x6f, 0x63, 0, 0, 4, 0x63, 0x61, 0x6c, 0x6c, 0, 1,
  10, 16, 2, 4, 0, 0x41, 0, 0x0b, 9, 0, 3, 0x40, 0x0c, 0, 0x0b, 0x42, 0, 0x0b,
)

describe('the executor pool', () => {
  it('executes, commits and gives the same root as a fresh pool', async () => {
    const first = await openPool()
    const second = await openPool()
    const actions = [observe(0, 1), observe(1, 1)]
    const a = await first.pool.execute(context(1), actions)
    const b = await second.pool.execute(context(1), actions)
    expect(toHex(a.state_root)).toBe(toHex(b.state_root))
    expect(a.receipts.map(({ status }) => status)).toEqual(['applied', 'applied'])
    expect((await first.pool.commit()).height).toBe(1)
  })

  it('killed while executing, goes on from the last commit with nothing lost', async () => {
    const { pool, events } = await openPool()
    const reference = (await openPool()).pool
    await pool.spareReady()
    for (const height of [1, 2]) {
      const actions = [observe(0, height)]
      const root = (await pool.execute(context(height, hash(height)), actions)).state_root
      expect(toHex((await reference.execute(context(height, hash(height)), actions)).state_root)).toBe(toHex(root))
      await pool.commit()
      await reference.commit()
    }
    const running = pool.execute(context(3, hash(3)), [observe(0, 3), observe(1, 1)])
    pool.killActive()
    await expect(running).rejects.toMatchObject({ code: 'EXECUTOR_LOST' })
    expect(events).toContain('restored')
    const again = await pool.execute(context(3, hash(3)), [observe(0, 3), observe(1, 1)])
    const expected = await reference.execute(context(3, hash(3)), [observe(0, 3), observe(1, 1)])
    expect(toHex(again.state_root)).toBe(toHex(expected.state_root))
    expect(pool.status()).toMatchObject({ restarts: 1 })
  })

  it('killed with no spare ready, is rebuilt from storage and the last commit', async () => {
    const { pool } = await openPool()
    await pool.execute(context(1), [observe(0, 1)])
    const committed = await pool.commit()
    pool.killActive()
    await expect(pool.head()).rejects.toMatchObject({ code: 'EXECUTOR_LOST' })
    expect(await pool.head()).toMatchObject({ height: 1, state_root: committed.state_root })
  })

  it('keeps the spare at the head, so that it can take over at any height', async () => {
    const { pool } = await openPool()
    await pool.spareReady()
    for (const height of [1, 2, 3]) {
      await pool.execute(context(height, hash(height)), [observe(0, height)])
      await pool.commit()
    }
    const before = await pool.head()
    pool.killActive()
    await expect(pool.head()).rejects.toMatchObject({ code: 'EXECUTOR_LOST' })
    expect(await pool.head()).toEqual(before)
  })

  it('interrupts an endless dry run on the spare while the active executor goes on', async () => {
    const { pool } = await openPool({ dryRunTimeoutMs: 200 })
    const dry = pool.dryRun({ wasm: ENDLESS, entrypoint: 'call', input: new Uint8Array([0xa0]), max_gas: 2 ** 47 - 1 })
    const block = await pool.execute(context(1), [observe(0, 1)])
    expect(block.receipts[0]!.status).toBe('applied')
    expect(await dry).toMatchObject({ ok: false, code: 'INTERRUPTED' })
    await pool.spareReady()
    expect(pool.status()).toMatchObject({ interrupts: 1, restarts: 0, spare_ready: true })
  })

  it('tells an endless loop from a lack of fuel', async () => {
    const { pool } = await openPool()
    const result = await pool.dryRun({ wasm: ENDLESS, entrypoint: 'call', input: new Uint8Array([0xa0]), max_gas: 100_000 })
    expect(result).toMatchObject({ ok: false, code: 'OUT_OF_FUEL' })
  })

  it('passes typed errors through the worker boundary', async () => {
    const { pool } = await openPool()
    await expect(pool.execute(context(7), [])).rejects.toMatchObject({ code: 'WRONG_HEIGHT' })
    expect(pool.status().restarts).toBe(0)
  })
})
