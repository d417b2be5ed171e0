import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import type { BrowserContext } from '@playwright/test'
import { expect, test } from './support/fixtures.ts'
import { Testnet } from './support/testnet.ts'
import { FINALIZED, WorldPage } from './support/world-page.ts'

/** Enough blocks that fetching them again would show in the count of requests. */
const STORED = 25

test.describe('a tab with its own storage', () => {
  let testnet: Testnet
  let profile: string
  let context: BrowserContext
  test.beforeAll(async () => {
    testnet = await Testnet.start({ blockIntervalMs: 500 })
  })
  test.beforeEach(async ({ launchOptions, conduct }) => {
    profile = mkdtempSync(join(tmpdir(), 'aw-profile-'))
    context = await chromium.launchPersistentContext(profile, { ...launchOptions, viewport: { width: 1440, height: 900 } })
    await conduct.watch(context)
  })
  test.afterEach(async () => {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  })
  test.afterAll(async () => testnet.dispose())

  test('resumes at the stored height after a reload, without fetching the past again', async ({ conduct }) => {
    const page = await context.newPage()
    const world = new WorldPage(page, conduct)
    await world.open(testnet.url, '#/network')
    await world.trusts(FINALIZED)
    await world.reaches(STORED)
    const stored = await storedBlocks(world)
    expect(stored.from).toBe(1)

    // A head over HTTP would show a height before the storage does.
    await page.route('**/head', (route) => route.fulfill({ status: 204 }))
    await page.addInitScript(recordHeights)
    const before = await world.height()
    await page.reload()
    await world.trusts(FINALIZED)
    await world.advances(3)
    const shown = await page.evaluate(() => (globalThis as unknown as { shownHeights: number[] }).shownHeights)
    expect(shown.length).toBeGreaterThan(0)
    expect(Math.min(...shown), 'no height before the stored one is ever shown').toBeGreaterThanOrEqual(before)
    const after = await storedBlocks(world)
    expect(after.from).toBe(1)
    expect(after.count).toBeGreaterThan(stored.count)

    await world.go('Ledger')
    await page.getByRole('textbox', { name: 'Go to height' }).fill('5')
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await expect(page.getByText('Executed here')).toBeVisible()
  })

  test('shows what it stored, and that it is the past, when nobody answers; then catches up', async ({ conduct }) => {
    const page = await context.newPage()
    const world = new WorldPage(page, conduct)
    conduct.expectConsole(/WebSocket connection to 'ws:\/\/127\.0\.0\.1:\d+\/' failed/)
    await world.open(testnet.url, '#/network')
    await world.trusts(FINALIZED)
    await world.advances(5)
    for (const number of [1, 2, 3, 4]) testnet.command(`stop ${number}`)
    await testnet.printed(/validator-4 stopped/)
    await world.trusts(/^Stale: no block for /)
    const stopped = await world.height()
    await page.route('**/head', (route) => route.fulfill({ status: 204 }))
    await page.reload()
    await expect.poll(() => world.height()).toBe(stopped)
    await world.trusts(/^Stale: no block for /)
    for (const number of [1, 2, 3, 4]) await testnet.revive(number)
    await world.reaches(stopped + 3)
    await world.trusts(FINALIZED)
  })
})

/** Runs in the page: keeps every height that the status bar ever shows. A node that began again at genesis would pass through low ones. */
function recordHeights(): void {
  const shown: number[] = []
  Object.assign(globalThis, { shownHeights: shown })
  new MutationObserver(() => {
    const text = document.querySelector('footer b')?.textContent
    if (text !== undefined && text !== null) shown.push(Number(text.replaceAll(',', '')))
  }).observe(document, { subtree: true, childList: true, characterData: true })
}

async function storedBlocks(world: WorldPage): Promise<{ readonly count: number; readonly from: number }> {
  const match = /([\d,]+), from height ([\d,]+)/.exec((await world.fact('Stored blocks').textContent())!)!
  return { count: Number(match[1]!.replaceAll(',', '')), from: Number(match[2]!.replaceAll(',', '')) }
}
