import { afterEach, describe, expect, it } from 'vitest'
import { decodeCommit, encodeCommit, sha256, toHex } from '../codec/index.ts'
import type { BlockHeader, Commit, Value } from '../codec/index.ts'
import type { ReplicationPeers } from '../replication/index.ts'
import { openMemoryStorage } from '../storage/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import { CHECKPOINTS_KEY, proposalKey, shadowReportKey } from '../world/index.ts'
import type { Checkpoint, GovernanceConfig, ProposalRecord, ShadowReport } from '../world/index.ts'
import type { RerunProgress, ShadowRerun } from './api.ts'
import { spawnExecutorThread } from './executor/thread.node.ts'
import { fetchCertifiedCommits } from './rerun-history.ts'
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

async function started(options: JoinOptions = {}, governance: Partial<GovernanceConfig> = {}): Promise<Member> {
  cluster = new TestCluster(await testWorld(1, 8, { ...GOVERNANCE, ...governance }))
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

  it('is made of a proposal to go back as well, and over a block that went back', async () => {
    const member = await started({ snapshotEvery: 1_000 }, { checkpoint_blocks: 30 })
    await cluster.reaches(member, 33)
    const signers = new Signers(member.node)
    const to = (await signers.read<readonly Checkpoint[]>(CHECKPOINTS_KEY))!.at(-1)!
    const back = await shadowed(member, { title: 'Back', rollback: to })
    expect((await member.node.rerunShadow(back)).report_hash).toBe((await signers.proposal(back))!.shadow!.report_hash)
    for (const name of ['s2', 's3']) {
      const action = await signers.approve(name, back)
      await cluster.when(() => member.node.receipt(action) !== null)
    }
    await cluster.when(async () => (await signers.proposal(back))?.state === 'applied')
    const id = await shadowed(member)
    const again = await member.node.rerunShadow(id)
    expect(again.report_hash).toBe((await signers.proposal(id))!.shadow!.report_hash)
  })

  it('is refused with what to do where there is nothing to run', async () => {
    const member = await started({}, { shadow_blocks: 64 })
    expect(await codeOf(member.node.rerunShadow('ab'.repeat(32)))).toBe('PROPOSAL_NOT_FOUND')
    expect(await codeOf(member.node.rerunShadow('no id'))).toBe('PROPOSAL_NOT_FOUND')
    const id = await proposed(member.node, 's1', MOVE, (condition) => cluster.when(condition))
    expect(await codeOf(member.node.rerunShadow(id))).toBe('SHADOW_REPORT_PENDING')
  })

  it('is made from blocks of peers by a node that came later, and not without them', async () => {
    const member = await started({ snapshotEvery: 5 }, { checkpoint_blocks: 20 })
    await cluster.reaches(member, 22)
    const id = await shadowed(member)
    const { shadow } = (await new Signers(member.node).proposal(id))!
    await cluster.reaches(member, shadow!.height + 6)
    const late = await cluster.join(null, member.network.addresses(), { ...FAST, name: 'late', snapshotSyncAbove: 2 })
    // The states of checkpoints come after the newest one.
    await cluster.when(async () => ((await late.storage.listSnapshots())[0] ?? Infinity) < shadow!.height)
    expect(late.node.status().storage.earliest_height).toBeGreaterThan(shadow!.height)
    const again = await late.node.rerunShadow(id)
    expect(again).toMatchObject({ report_hash: shadow!.report_hash, to_height: shadow!.height })
    expect(again.from_height).toBeGreaterThan(1)

    await cluster.leave(member)
    await cluster.when(() => late.network.peers().length === 0)
    expect(await codeOf(late.node.rerunShadow(id))).toBe('SHADOW_HISTORY_MISSING')
  })

  it('is not made from what a lying peer sends', async () => {
    const member = await started({ snapshotEvery: 5 })
    const id = await shadowed(member)
    const { shadow } = (await new Signers(member.node).proposal(id))!
    const commits = (await member.storage.readRange(1, shadow!.height, 1 << 24)).map(({ commit }) => commit)
    const peers = (messages: readonly Uint8Array[]): ReplicationPeers => ({
      candidates: () => ['peer'], snapshotCandidates: () => [], fetchCommit: async () => null, fetchBlob: async () => null, fetchSnapshot: async () => null, report: () => {},
      fetchRange: async (_, from, limit) => messages.slice(from - 1, from - 1 + limit),
    })
    const fetched = (messages: readonly Uint8Array[], hash = shadow!.block_hash!) => fetchCertifiedCommits(peers(messages), 1, shadow!.height, hash, new AbortController().signal)
    expect(await fetched(commits)).toEqual(commits)
    const size = commits.reduce((sum, { length }) => sum + length, 0)
    const within = (maxBytes: number) => fetchCertifiedCommits(peers(commits), 1, shadow!.height, shadow!.block_hash!, new AbortController().signal, maxBytes)
    expect(await within(size)).toEqual(commits)
    expect(await within(size - 1)).toBeNull()
    expect(await fetched(commits, '00'.repeat(32))).toBeNull()
    expect(await fetched(commits.slice(0, -1))).toBeNull()
    expect(await fetched([commits[1]!, ...commits.slice(1)])).toBeNull()
    const changed = (index: number, change: (commit: Commit) => Commit): Uint8Array[] => commits.map((commit, at) => (at === index ? encodeCommit(change(decodeCommit(commit))) : commit))
    expect(await fetched(changed(1, ({ block, certificate }) => ({ block: { ...block, header: { ...block.header, time: block.header.time + 1 } }, certificate })))).toBeNull()
    const withAction = commits.findIndex((commit) => decodeCommit(commit).block.actions.length > 0)
    expect(await fetched(changed(withAction, ({ block, certificate }) => ({ block: { ...block, actions: [] }, certificate })))).toBeNull()
    expect(await fetched(commits.map(() => new Uint8Array([1, 2, 3])))).toBeNull()
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
      const init = { storage: tampered, spawn: spawnExecutorThread, genesis, worldId: world_id, peers: null }
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
