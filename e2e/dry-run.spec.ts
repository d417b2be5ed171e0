import { expect, test } from './support/fixtures.ts'
import { endlessModule } from './support/endless-module.ts'
import { Testnet } from './support/testnet.ts'
import { FINALIZED } from './support/world-page.ts'

/** The largest limit the form takes: fuel that lasts far longer than the watchdog. */
const MAX_FUEL = '1,000,000,000,000'

test.describe('a module that never returns', () => {
  let testnet: Testnet
  test.beforeAll(async () => {
    testnet = await Testnet.start()
  })
  test.afterAll(async () => testnet.dispose())

  test('is interrupted while the page stays responsive and blocks keep coming', async ({ page, world }) => {
    await world.open(testnet.url, '#/network')
    await world.trusts(FINALIZED)
    await expect(page.getByText('warm spare ready')).toBeVisible()
    const panel = world.panel('Try a module')
    await panel.getByLabel('Module (.wasm)').setInputFiles({ name: 'endless.wasm', mimeType: 'application/wasm', buffer: Buffer.from(await endlessModule()) })
    await panel.getByRole('textbox', { name: 'Fuel limit' }).fill(MAX_FUEL)
    const before = await world.height()
    await panel.getByRole('button', { name: 'Run' }).click()
    await expect(panel.getByRole('button', { name: 'Running…' })).toBeVisible()

    // While it runs: the page answers, and the world goes on.
    await page.getByRole('button', { name: 'Use light theme' }).click()
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
    await expect(panel.getByRole('button', { name: 'Running…' })).toBeVisible()
    await expect(panel.getByRole('status')).toContainText('INTERRUPTED')
    await expect(panel.getByRole('status')).toContainText('The run took too long here and was interrupted.')

    await world.reaches(before + 3)
    await world.trusts(FINALIZED)
    await expect(world.fact('Executor')).toContainText('1 interrupted')
    await expect(page.getByText('warm spare ready')).toBeVisible()
  })

  test('is not taken for one that runs out of fuel', async ({ world }) => {
    await world.open(testnet.url, '#/network')
    await world.trusts(FINALIZED)
    const panel = world.panel('Try a module')
    await panel.getByLabel('Module (.wasm)').setInputFiles({ name: 'endless.wasm', mimeType: 'application/wasm', buffer: Buffer.from(await endlessModule()) })
    await panel.getByRole('textbox', { name: 'Fuel limit' }).fill('100000')
    await panel.getByRole('button', { name: 'Run' }).click()
    await expect(panel.getByRole('status')).toContainText('OUT_OF_FUEL')
    await expect(world.fact('Executor')).toContainText('0 interrupted')
  })

  test('a file that is no module is refused with a reason', async ({ world }) => {
    await world.open(testnet.url, '#/network')
    await world.trusts(FINALIZED)
    const panel = world.panel('Try a module')
    await panel.getByRole('button', { name: 'Run' }).click()
    await expect(panel.getByRole('alert')).toHaveText('Choose a .wasm file first.')
    await panel.getByLabel('Module (.wasm)').setInputFiles({ name: 'text.wasm', mimeType: 'application/wasm', buffer: Buffer.from('not a module') })
    await panel.getByRole('button', { name: 'Run' }).click()
    await expect(panel.getByRole('status')).toContainText('WASM_BAD_HEADER')
    await expect(panel.getByRole('status')).toContainText('pass the compiled .wasm file')
  })
})
