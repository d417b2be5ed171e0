import { expect, test } from './support/fixtures.ts'
import { serveStatic } from './support/static-server.ts'
import type { StaticSite } from './support/static-server.ts'
import { DEMO, WorldPage } from './support/world-page.ts'

test.describe('the built page alone on a static host', () => {
  let site: StaticSite
  test.beforeAll(async () => {
    site = await serveStatic('dist')
  })
  test.afterAll(async () => site.close())

  test('is a living world of its own, marked as a demo, and goes on after a reload', async ({ page, world, conduct }) => {
    await world.open(site.url)
    await world.trusts(DEMO)
    await expect(page.getByText('A demo world lives in this tab')).toBeVisible()
    await expect(world.statusBar).toContainText('solo world')
    await expect(world.statusBar).toContainText('demo-belt-small.')
    await page.getByRole('button', { name: 'Agents in view' }).click()
    await expect(world.panel('Agents in view').getByRole('row').filter({ hasText: 'moving' }).first()).toBeVisible()
    await world.reaches(8)
    const before = await world.height()
    const id = await worldId(world)

    await page.reload()
    await expect.poll(() => world.height()).toBeGreaterThan(0)
    expect(await world.height()).toBeGreaterThanOrEqual(before)
    await world.advances(2)
    await world.trusts(DEMO)
    expect(await worldId(world)).toBe(id)
    expect(conduct.sockets).toEqual([])
  })

  test('runs one node per browser: a second tab says so and takes it over on request', async ({ page, world, context, conduct }) => {
    await world.open(site.url)
    await world.trusts(DEMO)
    await world.advances(3)

    const second = new WorldPage(await context.newPage(), conduct)
    await second.open(site.url)
    const gate = second.page.getByRole('alertdialog', { name: 'The node runs in another tab' })
    await expect(gate).toBeVisible()
    const height = await world.height()
    await world.advances(1)
    await gate.getByRole('button', { name: 'Use it here' }).click()
    await expect(page.getByRole('alertdialog', { name: 'The node moved to another tab' })).toBeVisible()
    await second.trusts(DEMO)
    expect(await second.height()).toBeGreaterThanOrEqual(height)
    await second.advances(2)

    await page.getByRole('button', { name: 'Use it here' }).click()
    await world.trusts(DEMO)
    await world.advances(1)
    await expect(second.page.getByRole('alertdialog', { name: 'The node moved to another tab' })).toBeVisible()
  })

  test('acts in its own world', async ({ page, world }) => {
    await world.open(site.url, '#/act')
    await world.trusts(DEMO)
    await page.getByRole('button', { name: 'Create a demo key' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Alone')
    await page.getByRole('button', { name: 'Sign and send' }).click()
    await expect(world.panel('Your actions').getByRole('listitem').filter({ hasText: 'Register' })).toContainText(/final at height \d+/)
  })
})

async function worldId(world: WorldPage): Promise<string> {
  return (await world.statusBar.getByTitle(/^demo-/).getAttribute('title'))!
}
