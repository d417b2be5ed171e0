import 'fake-indexeddb/auto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { BUILTIN_SIGNERS, builtinModules } from '../../artifacts/index.ts'
import { encodeCanonical } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { decodeGenesis, worldIdOf } from '../../world/index.ts'
import type { NodeConfig, NodeUpdate } from '../api.ts'
import { TestCluster } from '../testing/cluster.ts'
import { localExecutor } from '../testing/local-executor.ts'
import { testWorld } from '../testing/test-world.ts'
import { PageNode } from './page-node.ts'
import type { PageNodeInit } from './page-node.ts'

const world = await testWorld(1)
const soloModules: PageNodeInit['builtinModules'] = async () => ({ modules: await builtinModules(), trustedSigners: BUILTIN_SIGNERS })
const pages: PageNode[] = []
let cluster: TestCluster | null = null
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.stop()))
  await cluster?.stop()
  cluster = null
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

function openPage(): PageNode {
  const page = new PageNode({ spawnExecutor: localExecutor, extraTransports: [], listen: [], attachRtc: () => {}, builtinModules: soloModules })
  pages.push(page)
  return page
}

const config = (overrides: Partial<NodeConfig> = {}): NodeConfig => ({
  genesis: world.genesis, world_id: world.world_id, bootstrap: [], block_interval_ms: 150, http_head: null, ...overrides,
})

/** Resolves with the first update that fits. */
function update(page: PageNode, fits: (candidate: NodeUpdate) => boolean): Promise<NodeUpdate> {
  return new Promise((resolve) => {
    void page.subscribe((candidate) => {
      if (fits(candidate)) resolve(candidate)
    })
  })
}

describe('the node of a page', () => {
  it('runs a solo world, keeps it, and finds it again after a reload', async () => {
    const page = openPage()
    await page.start(config({ genesis: null, world_id: null }))
    await update(page, (candidate) => candidate.type === 'block' && candidate.block.head.height >= 2)
    const { world_id, demo, role, head } = await page.status()
    expect({ demo, role }).toEqual({ demo: true, role: 'solo' })
    await page.stop()
    const reloaded = openPage()
    await reloaded.start(config({ genesis: null, world_id: null }))
    const again = await reloaded.status()
    expect(again.world_id).toBe(world_id)
    expect(again.head!.height).toBeGreaterThanOrEqual(head!.height)
  })

  it('hands out its genesis and its events, and says what it cannot run again', async () => {
    const page = openPage()
    await page.start(config({ genesis: null, world_id: null }))
    await update(page, (candidate) => candidate.type === 'block' && candidate.block.head.height >= 2)
    const { world_id } = await page.status()
    expect(worldIdOf(decodeGenesis(await page.genesis()))).toBe(world_id)
    const { events } = (await page.blockAt(1))!
    expect((await page.eventsOf({ mentions: null, kind: null, from: 1, to: 1 })).events).toEqual(events)
    await page.cancelRerun()
    await expect(page.rerunShadow('ab'.repeat(32), () => {})).rejects.toMatchObject({ code: 'PROPOSAL_NOT_FOUND' })
  })

  it('goes on in memory where the browser stores nothing, and says that nothing is kept', async () => {
    vi.stubGlobal('indexedDB', undefined)
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const page = openPage()
    await page.start(config())
    const status = await page.status()
    expect(status.storage.persistent).toBe(false)
    expect(status.phase).not.toBe('failed')
    expect(warn).toHaveBeenCalled()
  })

  it('says so when another tab has the world open, and starts once that is closed', async () => {
    const first = openPage()
    await first.start(config())
    const second = openPage()
    await expect(second.start(config())).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    const { phase, error } = await second.status()
    expect(phase).toBe('failed')
    expect(error).toMatchObject({ code: 'STORAGE_LOCKED' })
    expect(error!.message).toMatch(/tab/)
    await first.stop()
    await second.start(config())
    expect((await second.status()).error).toBeNull()
  })

  it('refuses a genesis that is none, or of another world than the server said, and can be stopped', async () => {
    const page = openPage()
    await expect(page.start(config({ genesis: new Uint8Array([1, 2, 3]) }))).rejects.toMatchObject({ code: expect.stringMatching(/./) })
    expect((await page.status()).phase).toBe('failed')
    await expect(page.start(config({ world_id: `other.${'0'.repeat(64)}` }))).rejects.toMatchObject({ code: 'WRONG_WORLD' })
    await expect(page.query('world/head')).rejects.toMatchObject({ code: 'WRONG_WORLD' })
    await page.stop()
  })

  it('leaves the store free when the network cannot be started', async () => {
    const broken = new PageNode({ spawnExecutor: localExecutor, extraTransports: [], listen: ['/not/an/address'], attachRtc: () => {}, builtinModules: soloModules })
    pages.push(broken)
    await expect(broken.start(config())).rejects.toThrow()
    expect((await broken.status()).phase).toBe('failed')
    const page = openPage()
    await page.start(config())
    expect((await page.status()).error).toBeNull()
  })

  it('is stopped cleanly while it is starting', async () => {
    const page = openPage()
    const started = page.start(config()).catch((error: unknown) => error)
    await page.stop()
    await started
    const next = openPage()
    await next.start(config())
    expect((await next.status()).error).toBeNull()
  })

  it('refuses a second start', async () => {
    const page = openPage()
    await page.start(config())
    await expect(page.start(config())).rejects.toMatchObject({ code: 'ALREADY_STARTED' })
  })

  it('takes its first head from HTTP when the certificate proves it, and never shows it over what it executed', async () => {
    cluster = new TestCluster(world)
    const [validator] = await cluster.start()
    await cluster.reaches(validator!, 2)
    const { header, certificate } = validator!.node.certifiedHead()!
    const http_head = encodeCanonical({ header, certificate } as unknown as Value)
    const page = openPage()
    await page.start(config({ http_head }))
    expect((await page.status()).head).toMatchObject({ height: header.height, certificate_verified: true, executed: false })
    await page.stop()
    const connected = openPage()
    await connected.start(config({ http_head, bootstrap: validator!.network.addresses() }))
    await update(connected, (candidate) => candidate.type === 'block' && candidate.block.head.height >= 1)
    expect((await connected.status()).head).toMatchObject({ executed: true })
  })

  it('takes no head from HTTP that proves nothing', async () => {
    const page = openPage()
    const fresh = await testWorld(1, 7)
    await page.start(config({ genesis: fresh.genesis, world_id: fresh.world_id, http_head: new Uint8Array([0xa0]) }))
    expect((await page.status()).head).toBeNull()
  })
})
