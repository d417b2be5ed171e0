import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from './support/fixtures.ts'
import { Testnet } from './support/testnet.ts'
import { FINALIZED } from './support/world-page.ts'

/** The picture of the README; with AW_SCREENSHOT=1 it replaces the one in the repository, else it stays with the test's results. */
const PICTURE = 'docs/screenshot.png'

test.describe('the picture of the README', () => {
  let testnet: Testnet
  test.beforeAll(async () => {
    testnet = await Testnet.start()
  })
  test.afterAll(async () => testnet.dispose())

  test('shows a living world, an agent on its way, and verified trust', async ({ page, world }, testInfo) => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await world.open(testnet.url)
    await world.trusts(FINALIZED)
    await world.reaches(12)
    await page.getByRole('button', { name: 'Hide this line' }).click()
    await page.getByRole('button', { name: 'Agents in view' }).click()
    await world.panel('Agents in view').getByRole('row').filter({ hasText: 'moving' }).first().getByRole('link').click()
    await page.getByRole('button', { name: 'Agents in view' }).click()
    await page.mouse.move(0, 0)
    await expect(world.inspector.getByRole('button', { name: /verified at height/ })).toBeVisible()
    await expect(world.inspector).toContainText('Travelling to')
    await world.trusts(FINALIZED)
    const path = process.env['AW_SCREENSHOT'] === '1' ? PICTURE : testInfo.outputPath('screenshot.png')
    mkdirSync(dirname(path), { recursive: true })
    await page.screenshot({ path })
  })
})
