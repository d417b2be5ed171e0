import { afterEach, describe, expect, it } from 'vitest'
import { decodeCommit, encodeCommit, sha256, toHex } from '../codec/index.ts'
import type { BlockHeader, Value } from '../codec/index.ts'
import { openMemoryStorage } from '../storage/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import { proposalKey, shadowReportKey } from '../world/index.ts'
import type { ProposalRecord, ShadowReport } from '../world/index.ts'
import type { RerunProgress, ShadowRerun } from './api.ts'
import { spawnExecutorThread } from './executor/thread.node.ts'
import { ShadowReruns } from './shadow-rerun.ts'
import { heightOf, TestCluster } from './testing/cluster.ts'
import type { JoinOptions, Member } from './testing/cluster.ts'
import { GOVERNANCE, proposed, Signers } from './testing/governance.ts'
import type { Asked } from './testing/governance.ts'
import { testWorld } from './testing/test-world.ts'

const MOVE: Asked = { deactivate: ['m1.rule.move'] }
const FAST: JoinOptions = { blockIntervalMs: 40, spawnExecutor: spawnExecutorThread }

let cluster: TestCluster
afterEach(() => cluster.stop())

async function started(options: JoinOptions = {}, shadow_blocks = 2): Promise<Member> {
  cluster = new TestCluster(await testWorld(1, 8, { ...GOVERNANCE, shadow_blocks }))
  const [member] = await cluster.start({ ...FAST, ...options })
  await cluster.reaches(member!, 1)
  return member!
}

/** A proposal whose report is there and anchored. */
async function shadowed({ node }: Member, asked: Asked = MOVE): Promise<string> {
  const id = await proposed(node, 's1', asked, (condition) => cluster.when(condition))
  await cluster.when(async () => (await new Signers(node).proposal(id))?.shadow?.block_hash != null)
  return id
}

const codeOf = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run
    return 'none'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('a shadow report made again', () => {
  it('is the one in the state, from the genesis of a young world on', async () => {
    const member = await started()
    const id = await shadowed(member)
    const progress: RerunProgress[] = []
    const again = await member.node.rerunShadow(id, (at) => progress.push(at))
    const { shadow } = (await new Signers(member.node).proposal(id))!
    expect(again).toMatchObject({ proposal_id: id, report_hash: shadow!.report_hash, from_height: 1, to_height: shadow!.height, blocks: shadow!.height })
    expect(again.report).toEqual(await new Signers(member.node).read<ShadowReport>(shadowReportKey(id)))
    expect(again.report.replay).toMatchObject({ blocks: 2, to_height: shadow!.height })
    expect(toHex(sha256(again.report_bytes))).toBe(again.report_hash)
    expect(progress.at(-1)).toEqual({ at: shadow!.height, to: shadow!.height })
  })

  it('begins at a snapshot that stays, with the blocks after it, while the proposal is open', async () => {
    const member = await started({ snapshotEvery: 4, retainBlocks: 6 })
    await cluster.reaches(member, 21)
    const id = await shadowed(member)
    const { shadow, proposed_height } = (await new Signers(member.node).proposal(id))!
    await cluster.reaches(member, shadow!.height + 40)
    const again = await member.node.rerunShadow(id)
    expect(again.report_hash).toBe(shadow!.report_hash)
    expect(again.from_height).toBeGreaterThan(proposed_height - 12)
    expect(again.from_height).toBeLessThanOrEqual(proposed_height)
    expect(member.node.status().storage.earliest_height).toBeLessThanOrEqual(again.from_height)
    expect(member.node.status().storage.earliest_height).toBeGreaterThan(1)
  })

  it('is refused with what to do where there is nothing to run', async () => {
    const member = await started({}, 64)
    expect(await codeOf(member.node.rerunShadow('ab'.repeat(32)))).toBe('PROPOSAL_NOT_FOUND')
    expect(await codeOf(member.node.rerunShadow('no id'))).toBe('PROPOSAL_NOT_FOUND')
    const id = await proposed(member.node, 's1', MOVE, (condition) => cluster.when(condition))
    expect(await codeOf(member.node.rerunShadow(id))).toBe('SHADOW_REPORT_PENDING')
  })

  it('needs a state from before it, which a node that came later does not have', async () => {
    const member = await started({ snapshotEvery: 5 })
    const id = await shadowed(member)
    await cluster.reaches(member, heightOf(member) + 10)
    const late = await cluster.join(null, member.network.addresses(), { ...FAST, name: 'late', snapshotSyncAbove: 2 })
    await cluster.when(() => late.node.status().storage.earliest_height !== null && heightOf(late) > 10)
    expect(late.node.status().storage.earliest_height).toBeGreaterThan(1)
    expect(await codeOf(late.node.rerunShadow(id))).toBe('SHADOW_HISTORY_MISSING')
  })

  it('ends when it is told to, and when another is begun', async () => {
    const member = await started()
    const id = await shadowed(member)
    const first = codeOf(member.node.rerunShadow(id))
    const second = codeOf(member.node.rerunShadow(id))
    expect(await first).toBe('INTERRUPTED')
    member.node.cancelRerun()
    expect(await second).toBe('INTERRUPTED')
    expect(await codeOf(member.node.rerunShadow(id, () => member.node.cancelRerun()))).toBe('INTERRUPTED')
    expect((await member.node.rerunShadow(id)).proposal_id).toBe(id)
    const before = heightOf(member)
    await cluster.reaches(member, before + 2)
  })
})

describe('stored blocks that are not what was decided', () => {
  it('never give a report', async () => {
    const member = await started()
    const id = await shadowed(member)
    const { world_id, genesis } = cluster.world
    const state = new Map<string, Value>()
    for (const key of [proposalKey(id), shadowReportKey(id)]) state.set(key, await member.node.record(key))
    const { shadow } = state.get(proposalKey(id)) as unknown as ProposalRecord
    await cluster.leave(member)
    const storage = await openMemoryStorage({ world_id }, member.disk)
    const rerun = (readRange: NodeStorage['readRange']): Promise<ShadowRerun> => {
      const tampered = new Proxy(storage, { get: (target, name: keyof NodeStorage) => (name === 'readRange' ? readRange : (target[name] as () => unknown).bind(target)) })
      const init = { storage: tampered, spawn: spawnExecutorThread, genesis, beginning: { world_id, time: 1_700_000_000_000 } }
      return new ShadowReruns({ ...init, record: async (key) => state.get(key) ?? null }).run(id, () => {})
    }
    const changed = (change: (header: BlockHeader) => Partial<BlockHeader>): NodeStorage['readRange'] => async (...args) => (
      (await storage.readRange(...args)).map((stored) => {
        const { block, certificate } = decodeCommit(stored.commit)
        const header = stored.height === shadow!.height ? { ...block.header, ...change(block.header) } : block.header
        return { ...stored, commit: encodeCommit({ block: { ...block, header }, certificate }) }
      })
    )
    expect((await rerun(changed(() => ({})))).report_hash).toBe(shadow!.report_hash)
    expect(await codeOf(rerun(changed(() => ({ state_root: new Uint8Array(32) }))))).toBe('RERUN_DIFFERS')
    // A block with the same roots that is not the certified one proves nothing either.
    expect(await codeOf(rerun(changed(({ time }) => ({ time: time + 1 }))))).toBe('RERUN_DIFFERS')
    expect(await codeOf(rerun(async () => []))).toBe('SHADOW_HISTORY_MISSING')
    await storage.close()
  })
})
