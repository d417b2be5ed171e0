import type { Page } from '@playwright/test'
import { expect, test } from './support/fixtures.ts'
import { Testnet } from './support/testnet.ts'
import { FINALIZED } from './support/world-page.ts'

/** What Chromium says about every dial to a process that is gone. */
const DIAL_FAILED = /WebSocket connection to 'ws:\/\/127\.0\.0\.1:\d+\/' failed/

test.describe('the testnet under faults', () => {
  let testnet: Testnet
  test.beforeAll(async () => {
    testnet = await Testnet.start()
  })
  test.afterAll(async () => testnet.dispose())

  test('answers status and head', async () => {
    const status = await testnet.advance(3)
    expect(status.validators.map(({ validator_id, stake }) => ({ validator_id, stake }))).toEqual(
      [1, 2, 3, 4].map((number) => ({ validator_id: `validator-${number}`, stake: 100 })),
    )
    expect(status.validators.every(({ up, peers }) => up && peers! >= 4)).toBe(true)
    const head = (await (await fetch(`${testnet.url}head`)).json()) as { header: { height: number; world_id: string }; certificate: { signatures: string[] } }
    expect(head.header.world_id).toBe(status.world_id)
    expect(head.header.height).toBeGreaterThanOrEqual(status.height - 1)
    expect(head.certificate.signatures.length).toBeGreaterThanOrEqual(3)
  })

  test('goes on without any one validator', async () => {
    await testnet.kill('validator-2')
    await testnet.advance(6)
    await testnet.until((status) => status.validators.some(({ up }) => !up), 'the dead validator is shown as down')
  })

  test('takes a validator back that was killed, and brings it to the head', async () => {
    await testnet.revive(2)
    await testnet.until(({ height, validators }) => (validators[1]!.height ?? 0) >= height - 1 && validators[1]!.up, 'validator-2 catches up')
  })

  test('stops without two of four, loses nothing, and goes on when one returns', async () => {
    await testnet.kill('validator-3')
    await testnet.kill('validator-4')
    const stopped = await testnet.until(({ head_age_ms }) => head_age_ms! > 4 * testnet.blockIntervalMs, 'the world stands still')
    await testnet.revive(3)
    const resumed = await testnet.until(({ height }) => height > stopped.height + 2, 'the world goes on')
    expect(resumed.world_id).toBe(stopped.world_id)
    await testnet.revive(4)
  })

  test('is the same world at the same height after Ctrl-C and a new start', async () => {
    const before = await testnet.status()
    await testnet.interrupt()
    await testnet.launch()
    const after = await testnet.advance(2)
    expect(after.world_id).toBe(before.world_id)
    expect(after.height).toBeGreaterThan(before.height)
  })
  test('a page that watches sees a killed validator and its return, and the world goes on', async ({ world, conduct }) => {
    conduct.expectConsole(DIAL_FAILED)
    await world.open(testnet.url, '#/network')
    await world.trusts(FINALIZED)
    const validator = world.panel('Validators').getByRole('row').filter({ hasText: 'validator-2' })
    const address = world.panel('Peers').getByRole('row').filter({ hasText: `/tcp/${testnet.port + 3}/ws` })
    await expect(validator).toContainText('✓ yes')
    await expect(address).toContainText('connected')

    await testnet.kill('validator-2')
    await expect(validator).toContainText('– no')
    await expect(address).toContainText(/waiting to retry|connecting/)
    await world.advances(4)
    await world.trusts(FINALIZED)
    await expect(world.panel('Validators')).toContainText('300 of 400 stake signed the head')

    await testnet.revive(2)
    await expect(validator).toContainText('✓ yes')
    await expect(address).toContainText('connected', { timeout: 60_000 })
    await world.trusts(FINALIZED)
  })

  test('a page that watches says within two block intervals that the world stands still, and goes on with it', async ({ page, world, conduct }, testInfo) => {
    conduct.expectConsole(DIAL_FAILED)
    await world.open(testnet.url)
    await world.trusts(FINALIZED)
    const standstill = noticeStandstill(page)
    await testnet.kill('validator-3')
    await testnet.kill('validator-4')
    await world.trusts(/^Stale: no block for /)
    await expect(page.getByRole('heading', { name: 'The world stands still' })).toBeVisible()
    const afterLastBlock = await standstill
    testInfo.annotations.push({ type: 'stale after the last block', description: `${afterLastBlock} ms at a block interval of ${testnet.blockIntervalMs} ms` })
    console.log(`stale ${afterLastBlock} ms after the last block; block interval ${testnet.blockIntervalMs} ms`)
    // The chip refreshes four times a second; the rest is room for a busy machine.
    expect(afterLastBlock).toBeLessThan(3 * testnet.blockIntervalMs)

    const stopped = await world.height()
    await testnet.revive(3)
    await world.reaches(stopped + 3)
    await world.trusts(FINALIZED)
    await expect(page.getByRole('heading', { name: 'The world stands still' })).toBeHidden()
    await testnet.revive(4)
  })
})

/** Milliseconds from the last new height on the page to the moment when the chip calls it stale. */
function noticeStandstill(page: Page): Promise<number> {
  return page.evaluate(() => new Promise<number>((resolve) => {
    const chip = document.querySelector<HTMLElement>('[data-trust]')!
    const height = (): string => document.querySelector('footer b')?.textContent ?? ''
    let shown = height()
    let since = performance.now()
    const observer = new MutationObserver(() => {
      if (chip.dataset['trust'] === 'stale') {
        observer.disconnect()
        return resolve(Math.round(performance.now() - since))
      }
      if (height() === shown) return
      shown = height()
      since = performance.now()
    })
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
  }))
}
