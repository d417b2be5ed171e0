import { expect, test } from './support/fixtures.ts'
import { Testnet } from './support/testnet.ts'
import { FINALIZED } from './support/world-page.ts'

test.describe('a visitor of a running world', () => {
  let testnet: Testnet
  test.beforeAll(async () => {
    testnet = await Testnet.start()
  })
  test.afterAll(async () => testnet.dispose())

  test('sees it connect by itself, verify and move', async ({ page, world, conduct }) => {
    await world.open(testnet.url)
    await world.trusts(FINALIZED)
    expect(conduct.sockets.length).toBeGreaterThan(0)

    const map = page.getByRole('application')
    const before = await map.screenshot()
    await expect.poll(async () => (await map.screenshot()).equals(before), { message: 'the picture of the world changes' }).toBe(false)

    await page.getByRole('button', { name: 'Agents in view' }).click()
    const rows = world.panel('Agents in view').getByRole('row')
    await expect(rows.nth(20)).toBeVisible()
    await expect(rows.filter({ hasText: 'moving' }).first()).toBeVisible()
    await world.advances(3)
    await world.trusts(FINALIZED)
  })

  test('reads events as they happen and asks why', async ({ page, world }) => {
    await world.open(testnet.url, '#/events')
    const feed = page.getByRole('feed', { name: 'Events' })
    await expect(feed.getByRole('article').first()).toBeVisible()
    const newest = (await feed.getByRole('article').first().getAttribute('aria-label'))!
    await expect(feed.getByRole('article').first()).not.toHaveAttribute('aria-label', newest)

    await feed.getByRole('link', { name: / left .* for / }).first().click()
    await expect(world.inspector).toBeVisible()
    await expect(world.inspector.getByRole('button', { name: /verified at height/ })).toBeVisible()
    await world.inspector.getByRole('tab', { name: 'Events' }).click()
    const departure = world.inspector.getByRole('listitem').filter({ hasText: / left .* for / }).last()
    await departure.getByRole('button', { name: 'Why?' }).click()
    const why = world.inspector.getByRole('list', { name: 'Why did this happen?' })
    await expect(why).toContainText('Action')
    await expect(why).toContainText('m1.rule.move')
    await expect(why).toContainText('Event')
  })

  test('sees validators, peers, heights, rounds and votes on the network page', async ({ page, world }) => {
    await world.open(testnet.url, '#/network')
    const validators = world.panel('Validators').getByRole('row').filter({ hasText: 'validator-' })
    await expect(validators).toHaveCount(4)
    for (let index = 0; index < 4; index++) await expect(validators.nth(index).getByRole('cell').nth(1)).toHaveText('100')
    await expect(validators.filter({ hasText: 'yes' }).nth(2)).toBeVisible()
    await expect(world.panel('Validators').getByText('for the block').first()).toBeVisible()
    await expect(world.panel('Validators')).toContainText(/\d+ of 400 stake signed the head/)

    const peers = world.panel('Peers').getByRole('row').filter({ hasText: 'connected' })
    await expect(peers).toHaveCount(5)
    for (const id of ['validator-1', 'validator-2', 'validator-3', 'validator-4']) await expect(peers.filter({ hasText: id })).toHaveCount(1)
    await expect(world.fact('Being decided')).toHaveText(/height [\d,]+, round \d+, /)
    await expect(world.fact('Phase')).toHaveText('following')
    const claims = async (): Promise<number[]> => (await peers.locator('td:nth-child(3)').allTextContents()).map((text) => Number(text.replaceAll(/\D/g, '')))
    const height = await world.height()
    await expect.poll(async () => Math.min(...(await claims())), { message: 'every peer claims a newer height' }).toBeGreaterThan(height)
    await expect(page.getByText('Nothing was refused so far.')).toBeVisible()
  })

  test('follows a value through its proof to the validators, and checks it again', async ({ page, world }) => {
    await world.open(testnet.url)
    await world.trusts(FINALIZED)
    const name = await world.inspectSomeone(3)
    await world.inspector.getByRole('button', { name: /verified at height/ }).click()
    const drawer = page.getByRole('dialog', { name: 'Proof' })
    await expect(drawer).toContainText(/agent\/[0-9a-f]{32}/)
    const steps = drawer.getByRole('listitem')
    await expect(steps).toHaveCount(7)
    const titles = ['Value', 'Leaf', 'State root', 'Header', 'Certificate', 'Validator set', 'World']
    for (const [index, title] of titles.entries()) await expect(steps.nth(index).getByRole('heading')).toHaveText(`${title} holds`)
    await expect(drawer.getByRole('status')).toHaveText(/^Every step holds\./)

    // One chain: what a step computes is what the next one starts from.
    const fact = (step: number, label: string): Promise<string> => steps.nth(step).locator(`dt:text-is("${label}") + dd`).innerText()
    expect(await fact(2, 'computed root')).toBe(await fact(2, 'root in header'))
    expect(await fact(3, 'computed block hash')).toBe(await fact(3, 'hash in certificate'))
    expect(await fact(4, 'signed stake')).toMatch(/^(300|400) \/ 400$/)
    expect(await fact(6, 'world in header')).toBe((await testnet.status()).world_id)

    const height = Number((/height\s*([\d,]+)/i.exec(await drawer.innerText())![1]!).replaceAll(',', ''))
    await world.reaches(height + 2)
    await drawer.getByRole('button', { name: 'Check again now' }).click()
    await expect(drawer.getByRole('status')).toHaveText(/^Every step holds\. checked in \d+ ms/)
    await expect.poll(async () => Number((/height\s*([\d,]+)/i.exec(await drawer.innerText())?.[1] ?? '0').replaceAll(',', ''))).toBeGreaterThan(height)
    await expect(drawer.getByRole('status')).toHaveText(/^Every step holds\. checked in \d+ ms/)
    for (const [index, title] of titles.entries()) await expect(steps.nth(index).getByRole('heading')).toHaveText(`${title} holds`)
    await page.keyboard.press('Escape')
    await expect(drawer).toBeHidden()
    await expect(world.inspector.getByRole('heading', { level: 2 })).toHaveText(name)
  })

  test('sees the same head that the server reports', async ({ page, world }) => {
    await world.open(testnet.url, '#/ledger')
    await world.trusts(FINALIZED)
    const { height } = await testnet.status()
    const served = (await (await fetch(`${testnet.url}head`)).json()) as { header: { height: number; state_root: string } }
    await world.reaches(Math.max(height, served.header.height))
    await page.getByRole('textbox', { name: 'Go to height' }).fill(String(served.header.height))
    await page.getByRole('button', { name: 'Go', exact: true }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Block ${served.header.height.toLocaleString('en')}`)
    await expect(world.fact('State root')).toContainText(served.header.state_root)
    await expect(page.getByText('Executed here')).toBeVisible()
  })
})
