import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signedAction, testWorld } from '../node/testing/test-world.ts'
import { TestCluster } from '../node/testing/cluster.ts'
import type { Member } from '../node/testing/cluster.ts'
import { exportAudit } from './export-audit.ts'
import { jsonLines } from './jsonl.ts'
import { exportBlob, exportFromPage, pageSource } from './page-source.ts'
import type { AuditNode } from './page-source.ts'
import { readLines } from './read-lines.ts'
import { verifyAudit } from './verify-audit.ts'

describe('an export from a running node', () => {
  let cluster: TestCluster
  let member: Member
  beforeAll(async () => {
    cluster = new TestCluster(await testWorld(1, 2))
    member = await cluster.join(0, [])
    await member.node.submit(signedAction(cluster.world.world_id, cluster.world.agents[0]!, 1, { kind: 'query_observation' }))
    await cluster.reaches(member, 4)
  })
  afterAll(() => cluster.stop())

  it('is proven by its real certificates, with the genesis and without', async () => {
    const { node } = member
    const api = { status: async () => node.status(), blockAt: (height: number) => node.blockAt(height), lightBlockAt: (height: number) => node.lightBlockAt(height) }
    const { world_id: worldId, genesis } = cluster.world
    const whole = async function* () {
      for await (const line of jsonLines(exportAudit(await pageSource(api, genesis)))) yield line.trimEnd()
    }
    const report = await verifyAudit(whole(), { worldId })
    expect(report).toMatchObject({ root: 'genesis', trusted: true, unbroken: true, from: 1 })
    expect(report.records).toBeGreaterThan(0)
    expect(report.to).toBeGreaterThanOrEqual(4)

    const second = await node.lightBlockAt(2)
    const bare = async function* () {
      for await (const line of jsonLines(exportAudit(await pageSource(api, null), { checkpoint: 2 }))) yield line.trimEnd()
    }
    expect(await verifyAudit(bare(), { worldId })).toMatchObject({ root: 'none', trusted: false, proven: 0 })
    expect(await verifyAudit(bare(), { checkpoint: { world_id: worldId, height: 2, block_hash: second!.certificate.block_hash } })).toMatchObject({ root: 'checkpoint', trusted: true })
    expect(await node.lightBlockAt(1_000_000)).toBeNull()
    expect(await node.lightBlockAt(0.5)).toBeNull()
  })

  const apiOf = ({ node }: Member, genesis: Uint8Array): AuditNode => ({
    status: async () => node.status(), blockAt: (height) => node.blockAt(height), lightBlockAt: (height) => node.lightBlockAt(height), genesis: async () => genesis,
  })

  it('is streamed in pieces with progress, as a file that proves itself or as a table, page by page', async () => {
    const api = apiOf(member, cluster.world.genesis)
    const heights: number[] = []
    const { blob, records, next_cursor } = await exportBlob(api, { format: 'jsonl', to: 4, onProgress: ({ height }) => heights.push(height) })
    expect(heights).toEqual([1, 2, 3, 4])
    expect(next_cursor).toBeNull()
    expect(await verifyAudit(readLines(blob.stream() as never), { worldId: cluster.world.world_id })).toMatchObject({ trusted: true, records })
    const first = await exportBlob(api, { format: 'csv', to: 4, limit: 1 })
    const rest = await exportBlob(api, { format: 'csv', cursor: first.next_cursor! })
    const rows = (await Promise.all([first, rest].map((page) => page.blob.text()))).flatMap((text) => text.split('\r\n').slice(1, -1))
    expect(first.records).toBe(1)
    expect(rows).toHaveLength(records)
  })

  it('stops where it is when it is cancelled', async () => {
    const api = apiOf(member, cluster.world.genesis)
    const cancel = new AbortController()
    const pieces = exportFromPage(api, { format: 'jsonl', signal: cancel.signal, onProgress: ({ height }) => height === 2 && cancel.abort() })
    const drained = async (): Promise<void> => {
      for await (const piece of pieces) expect(piece.length).toBeGreaterThan(0)
    }
    await expect(drained()).rejects.toMatchObject({ name: 'AbortError' })
    expect((await pieces.next()).done).toBe(true)
  })
})
