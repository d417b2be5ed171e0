import { expect, test } from './support/fixtures.ts'
import { Testnet } from './support/testnet.ts'
import { FINALIZED } from './support/world-page.ts'
import type { WorldPage } from './support/world-page.ts'

test.describe('a visitor with a demo key', () => {
  let testnet: Testnet
  test.beforeAll(async () => {
    testnet = await Testnet.start()
  })
  test.afterAll(async () => testnet.dispose())

  test('registers, observes and moves, and sees each receipt final; a bad action says why and what next', async ({ page, world }) => {
    await world.open(testnet.url, '#/act')
    await world.trusts(FINALIZED)
    await page.getByRole('button', { name: 'Create a demo key' }).click()
    const history = world.panel('Your actions').getByRole('listitem')
    const send = page.getByRole('button', { name: 'Sign and send' })

    await send.click()
    await expect(page.getByRole('alert')).toHaveText('Give a name of 1 to 32 characters.')
    await page.getByRole('textbox', { name: 'Name' }).fill('Visitor')
    await send.click()
    const registered = history.filter({ hasText: 'Register an agent named Visitor' })
    await expect(registered).toContainText(/final at height \d+/)
    await expect(registered).toContainText(/Visitor joined the world at Asteroid \d+/)
    const home = /joined the world at (Asteroid \d+)/.exec((await registered.textContent())!)![1]!
    await expect(world.fact('Your agent')).toHaveText('Visitor')

    await page.getByRole('radio', { name: 'Observe' }).check()
    await send.click()
    const observed = history.filter({ hasText: 'Record what is in sight' })
    await expect(observed).toContainText(/final at height \d+/)
    await expect(observed).toContainText('Visitor looked around')

    const stranger = await agentElsewhere(world, home)
    await world.go('Act')
    await page.getByRole('radio', { name: 'Transfer' }).check()
    await page.getByRole('combobox', { name: 'Recipient' }).fill(stranger)
    await send.click()
    const transfer = history.filter({ hasText: 'Give 5 electricity to' })
    await expect(transfer).toContainText(/rejected at height \d+/)
    await expect(transfer).toContainText('NOT_CO_LOCATED')
    await expect(transfer).toContainText('Next step: Move to the other agent’s asteroid first.')

    await page.getByRole('radio', { name: 'Move' }).check()
    await expect(page.getByRole('textbox', { name: 'Asteroid' })).toHaveValue(/^\d+$/)
    await send.click()
    const moved = history.filter({ hasText: /^Move to Asteroid \d+/ })
    await expect(moved).toContainText(/final at height \d+/)
    await expect(moved).toContainText(`Visitor left ${home} for Asteroid`)

    await moved.getByRole('link').click()
    await expect(page.getByRole('heading', { level: 1, name: 'Receipt' })).toBeVisible()
    await expect(page.getByText('✓ applied')).toBeVisible()
    await expect(world.fact('Fees')).toHaveText(/paid [1-9]\d* electricity, \d+ data/)
    await world.go('Act')
    await page.getByRole('link', { name: 'Show on map' }).click()
    await expect(world.inspector.getByRole('heading', { level: 2 })).toHaveText('Visitor')
    await expect(world.inspector).toContainText('Travelling to Asteroid')
  })
})

/** Id of an agent that is, or is going, somewhere else than `home`. */
async function agentElsewhere(world: WorldPage, home: string): Promise<string> {
  await world.go('World')
  for (let index = 0; ; index++) {
    await world.inspectSomeone(index)
    await expect(world.inspector).toContainText(/(Travelling to|Resting ·|Harvesting radiation ·) Asteroid \d+/)
    const place = /(?:Travelling to|Resting ·|Harvesting radiation ·) (Asteroid \d+)/.exec(await world.inspector.innerText())?.[1]
    if (place !== undefined && place !== home) return /#\/agent\/([0-9a-f]{32})/.exec(world.page.url())![1]!
  }
}
