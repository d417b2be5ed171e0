import { expect, test } from './support/fixtures.ts'
import { Testnet } from './support/testnet.ts'
import { FINALIZED } from './support/world-page.ts'

test.describe('a visitor who asks what the rules are', () => {
  let testnet: Testnet
  test.beforeAll(async () => {
    testnet = await Testnet.start()
  })
  test.afterAll(async () => testnet.dispose())

  test('sees the active modules, each identity verified in the tab, and what is inside one of them', async ({ page, world }) => {
    await world.open(testnet.url, '#/modules')
    await world.trusts(FINALIZED)
    const table = world.panel('Active modules')
    const rows = table.getByRole('row').filter({ has: page.getByRole('link') })
    await expect(rows.filter({ hasText: 'm1.rule.move' })).toHaveCount(1)
    const count = await rows.count()
    expect(count).toBeGreaterThan(30)
    await expect(rows.filter({ hasText: 'verified here' })).toHaveCount(count)
    for (const set of ['m1 ·', 'm4 ·', 'm5 ·']) await expect(table.getByRole('rowheader', { name: set })).toBeVisible()

    // What is called is counted: the move rule judges every journey.
    const calls = rows.filter({ hasText: 'm1.rule.move' }).getByRole('cell').nth(3)
    await expect.poll(async () => Number.parseFloat(await calls.innerText()), { message: 'calls per block of the move rule' }).toBeGreaterThan(0)
    await table.getByRole('button', { name: 'Fuel', exact: true }).click()
    await expect(table.getByRole('columnheader', { name: 'Fuel' })).toHaveAttribute('aria-sort', 'descending')

    await page.getByRole('searchbox', { name: /^Filter by id/ }).fill('rule.move')
    await expect(rows).toHaveCount(1)
    await rows.getByRole('link', { name: 'm1.rule.move' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('m1.rule.move')
    await expect(page.getByText('Checked in this tab.')).toBeVisible()
    await expect(world.fact('Module hash (SHA-256)')).toHaveText(/^[0-9a-f]{64}$/)
    await expect(world.fact('CIDv1 (raw, SHA-256)')).toHaveText(/^bafkrei[a-z2-7]{52}$/)
    await expect(world.fact('Actions')).toHaveText('move_agent')
    const inside = world.panel('Inside the module')
    for (const section of ['types', 'functions', 'memory', 'exports', 'code']) await expect(inside.getByRole('row', { name: new RegExp(`^${section} `) })).toHaveCount(1)
    await expect(inside).toContainText('None: the module can reach nothing outside itself.')
    await expect(inside).toContainText('(i32, i32) → i64')
    await expect(world.fact('Size with metering')).toHaveText(/[\d,]+ bytes · [\d.]+ % larger/)
    await expect.poll(async () => Number((await world.fact('Calls in this tab').innerText()).replaceAll(',', ''))).toBeGreaterThan(0)

    await page.getByRole('button', { name: /verified at height/ }).click()
    const drawer = page.getByRole('dialog', { name: 'Proof' })
    await expect(drawer).toContainText('module/m1.rule.move')
    await expect(drawer.getByRole('status')).toHaveText(/^Every step holds\./)
  })

  test('sees the course of the economy as charts and as tables, and what stands and is promised', async ({ page, world }) => {
    await world.open(testnet.url, '#/economy')
    await world.trusts(FINALIZED)
    await testnet.until(({ height }) => height >= 30, 'agents have begun to work')
    await world.reaches(30)
    for (const chart of ['Production', 'Balances']) await expect(page.getByRole('img', { name: chart, exact: true }).locator('canvas')).toBeVisible()
    const production = world.panel('Production')
    await production.getByText('As a table').click()
    await expect(production.getByRole('row').nth(10)).toBeVisible()
    await expect(world.fact('Tax on electricity')).toHaveText(/%$/)
    for (const table of ['Factories', 'Contracts', 'Alliances', 'Wars', 'Crises', 'Council']) await expect(world.panel(table).first()).toBeVisible()
  })
})
