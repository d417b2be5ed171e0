import { describe, expect, it } from 'vitest'
import { blockHash, toConsensusAction, toHex, votePayload } from '../codec/index.ts'
import type { Block, CommitCertificate } from '../codec/index.ts'
import { createPortableSigner } from '../crypto/index.ts'
import { createMemoryDisk, openMemoryStorage } from '../storage/index.ts'
import type { MemoryDisk, NodeStorage } from '../storage/index.ts'
import { decodeGenesis } from '../world/index.ts'
import { consensusApplication, heightContext } from './application.ts'
import { Chain } from './chain.ts'
import type { SpawnExecutor } from './executor/thread.ts'
import { Mempool } from './mempool.ts'
import { openChain } from './open-chain.ts'
import { faultyExecutors } from './testing/faulty-executor.ts'
import type { Fault } from './testing/faulty-executor.ts'
import { localExecutor } from './testing/local-executor.ts'
import { signedAction, testWorld } from './testing/test-world.ts'

const world = await testWorld(1)
const HEIGHTS = 4

function certify({ header }: Block): CommitCertificate {
  const block_hash = blockHash(header)
  const { validator_id, seed } = world.validators[0]!
  const vote = { world_id: world.world_id, height: header.height, round: 0, type: 'precommit' as const, validator_id, block_hash }
  return { height: header.height, round: 0, block_hash, signers: new Uint8Array([1]), signatures: [createPortableSigner(seed).signSync(votePayload(vote))] }
}

async function open(spawn: SpawnExecutor = localExecutor, disk: MemoryDisk = createMemoryDisk(), wrap: (storage: NodeStorage) => NodeStorage = (storage) => storage) {
  const storage = wrap(await openMemoryStorage({ world_id: world.world_id }, disk))
  const { pool, head } = await openChain(decodeGenesis(world.genesis), world.genesis, storage, { spawn })
  const committed: number[] = []
  const chain = new Chain({ storage, pool, head, onCommit: ({ execution }) => committed.push(execution.height) })
  const mempool = new Mempool({ check: (actions) => pool.check(actions) })
  const refused: string[] = []
  const application = consensusApplication(chain, mempool, (_, error) => refused.push(error.code))
  const close = async (): Promise<void> => {
    pool.close()
    await storage.close()
  }
  return { storage, pool, chain, mempool, application, committed, refused, disk, close }
}

type Opened = Awaited<ReturnType<typeof open>>

async function buildBlock({ application, chain }: Opened): Promise<Block> {
  for (;;) {
    const context = heightContext(chain.head())
    const block = await application.build({ context, round: 0, proposer: 'v1', time: context.parent.time + 1_000 }).catch(() => null)
    if (block !== null) return block
  }
}

async function decide(node: Opened): Promise<void> {
  const action = signedAction(world.world_id, world.agents[0]!, node.chain.head().height + 1, { kind: 'query_observation' })
  for (let added = false; !added; ) added = await node.mempool.add(toConsensusAction(action)).catch(() => false)
  const block = await buildBlock(node)
  for (;;) {
    const verdict = await node.application.execute(block, heightContext(node.chain.head()))
    expect(verdict).not.toBe('invalid')
    if (verdict === 'valid') break
  }
  await node.application.commit(block, certify(block))
  node.mempool.committed(block.header.height, block.actions.map((included) => ({ action: included, code: null })))
}

async function run(node: Opened): Promise<string> {
  await node.pool.spareReady()
  while (node.chain.head().height < HEIGHTS) await decide(node)
  return toHex(node.chain.head().state_root)
}

const reference = await (async () => {
  const node = await open()
  const root = await run(node)
  await node.close()
  return root
})()

describe('an executor lost at any point', () => {
  const faults: Fault[] = (['execute', 'commit', 'check', 'follow', 'exportState', 'restore', 'init'] as const).flatMap((method) =>
    [2, 3, 4].flatMap((call) => (['before', 'after'] as const).map((when) => ({ method, call, when }))))
  // The very first: height 1 also exports the whole state, and init of the first executor is the opening itself.
  faults.push(...(['execute', 'commit', 'exportState', 'check'] as const).flatMap((method) => (['before', 'after'] as const).map((when) => ({ method, call: 1, when }))))

  for (const fault of faults) {
    it(`changes nothing: ${fault.method}, call ${fault.call}, ${fault.when}`, async () => {
      const { spawn } = faultyExecutors(fault)
      const node = await open(spawn)
      expect(await run(node)).toBe(reference)
      expect(node.committed).toEqual([1, 2, 3, 4])
      expect((await node.storage.head())!.height).toBe(HEIGHTS)
      await node.close()
      const again = await open(localExecutor, node.disk)
      expect(toHex(again.chain.head().state_root)).toBe(reference)
      await again.close()
    })
  }

  it('says nothing about a block: no vote, nothing recorded', async () => {
    const { spawn } = faultyExecutors({ method: 'execute', call: 2, when: 'after' })
    const node = await open(spawn)
    await decide(node)
    const other = await open()
    await decide(other)
    const block = await buildBlock(other)
    expect(await node.application.execute(block, heightContext(node.chain.head()))).toBe('interrupted')
    expect(node.refused).toEqual([])
    expect((await node.storage.head())!.height).toBe(1)
    expect(await node.application.execute(block, heightContext(node.chain.head()))).toBe('valid')
    await node.close()
    await other.close()
  })

  it('loses a staged block without being noticed, and executes it again before it is committed', async () => {
    const node = await open()
    await node.pool.spareReady()
    const block = await buildBlock(node)
    node.pool.killActive()
    await node.pool.view().catch(() => {}) // somebody else notices: the spare takes over and knows no staged block
    await node.application.commit(block, certify(block))
    expect(node.chain.head().height).toBe(1)
    await node.close()
  })
})

describe('a crash between execution and storage', () => {
  it('leaves the block unrecorded, stops the chain, and a restart goes on from the block before', async () => {
    let failing = false
    const node = await open(localExecutor, createMemoryDisk(), (storage) => new Proxy(storage, {
      get: (target, name) => (name === 'commitBlock' && failing ? () => Promise.reject(new Error('disk full')) : Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name)),
    }))
    await decide(node)
    failing = true
    await expect(decide(node)).rejects.toMatchObject({ code: 'CHAIN_FAILED' })
    expect(node.chain.head().height).toBe(1)
    expect(node.committed).toEqual([1])
    expect(node.chain.failed).not.toBeNull()
    await expect(node.chain.build({ round: 0, time: 0, proposer: 'v1', actions: [] })).rejects.toMatchObject({ code: 'CHAIN_FAILED' })
    await node.close()
    const again = await open(localExecutor, node.disk)
    expect(again.chain.head().height).toBe(1)
    expect(await run(again)).toBe(reference)
    await again.close()
  })
})

describe('a block whose execution differs', () => {
  const forge = (block: Block, change: Partial<Block['header']>): Block => ({ ...block, header: { ...block.header, ...change } })
  for (const field of ['state_root', 'receipts_root', 'events_root', 'next_validators_hash'] as const) {
    it(`is invalid and not recorded, even with a certificate: ${field}`, async () => {
      const node = await open()
      const block = forge(await buildBlock(node), { [field]: new Uint8Array(32).fill(7) })
      expect(await node.application.execute(block, heightContext(node.chain.head()))).toBe('invalid')
      expect(node.refused).toEqual(['EXECUTION_DIFFERS'])
      await expect(node.application.commit(block, certify(block))).rejects.toMatchObject({ code: 'EXECUTION_DIFFERS' })
      expect(await node.storage.head()).toBeNull()
      expect(node.chain.head().height).toBe(0)
      await decide(node)
      expect(node.chain.head().height).toBe(1)
      await node.close()
    })
  }
})

describe('an executor that stands at another height than the chain', () => {
  it('is loaded again from storage', async () => {
    const node = await open()
    await decide(node)
    // The spare's follow is lost; then it takes over.
    await node.pool.spareReady()
    const head = await node.pool.head()
    await node.pool.execute({ height: 2, parent_hash: new Uint8Array(32), proposer: 'v1' }, [])
    await node.pool.commit()
    expect((await node.pool.head()).height).toBe(head.height + 1)
    const block = await node.chain.build({ round: 0, time: 0, proposer: 'v1', actions: [] }).catch((error: { code: string }) => error.code)
    expect(block).toBe('EXECUTOR_LOST')
    expect((await node.pool.head()).height).toBe(1)
    await decide(node)
    expect(node.chain.head().height).toBe(2)
    await node.close()
  })
})
