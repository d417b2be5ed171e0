import { readFile, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { exportAudit, jsonLines } from '../src/audit/index.ts'
import { recordedWorld } from '../src/audit/testing/recorded-chain.ts'
import { expect, test } from './support/fixtures.ts'
import { serveStatic } from './support/static-server.ts'
import type { StaticSite } from './support/static-server.ts'

const MAX_BYTES = 60_000

const world = recordedWorld()
let good: string

test.beforeAll(async () => {
  good = ''
  for await (const line of jsonLines(exportAudit(world))) good += line
})

/** Drops a file on the page as a hand does. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(({ name, text }) => {
    const data = new DataTransfer()
    data.items.add(new File([text], name))
    return data
  }, { name, text })
  await page.dispatchEvent('.drop', 'dragover', { dataTransfer: transfer })
  await page.dispatchEvent('.drop', 'drop', { dataTransfer: transfer })
}

const outcome = (page: Page) => page.getByRole('status')

test.describe('verify.html', () => {
  let site: StaticSite
  test.beforeAll(async () => {
    site = await serveStatic('dist')
  })
  test.afterAll(async () => site.close())

  test('proves a file that is dropped and names the bad line of a changed one', async ({ page, conduct }) => {
    conduct.allow(new URL(site.url).origin)
    await page.goto(`${site.url}verify.html`)
    await page.getByLabel('World id or checkpoint').fill(world.worldId)
    await drop(page, 'audit.jsonl', good)
    await expect(outcome(page).getByRole('heading', { name: 'Every event is proven', exact: false })).toHaveText('✔ Every event is proven')
    await expect(outcome(page)).toContainText(world.worldId)
    await expect(outcome(page)).toContainText('6 of 6 events are in blocks')
    await expect(outcome(page)).toContainText('No event is missing between 1-0 and 4-2')

    await drop(page, 'changed.jsonl', good.replace('"amount":5', '"amount":50'))
    await expect(outcome(page).getByRole('heading', { name: 'Line 5 is bad' })).toBeVisible()
    await expect(outcome(page)).toContainText('NOT_IN_BLOCK')
    await drop(page, 'cut.jsonl', good.slice(0, good.lastIndexOf('\n', good.length - 2) + 1))
    await expect(outcome(page)).toContainText('The file was cut off')
    expect(conduct.requests).toEqual([`${site.url}verify.html`])
  })

  test('takes a file by keyboard and holds it against a world id or checkpoint', async ({ page, conduct }) => {
    conduct.allow(new URL(site.url).origin)
    await page.goto(`${site.url}verify.html`)
    await page.keyboard.press('Tab')
    await expect(page.getByLabel('Choose the file')).toBeFocused()
    await page.getByLabel('Choose the file').setInputFiles({ name: 'audit.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(good) })
    await expect(outcome(page).getByRole('heading', { level: 2 })).toHaveText('◐ Every event is proven if this is your world: compare its id')
    const trusted = page.getByLabel('World id or checkpoint')
    await trusted.fill(world.worldId)
    await page.getByRole('button', { name: 'Check again' }).press('Enter')
    await expect(outcome(page).getByRole('heading', { level: 2 })).toHaveText('✔ Every event is proven')
    await expect(outcome(page)).not.toContainText('compare its id')
    await trusted.fill(`${world.worldId}:5:${'0'.repeat(64)}`)
    await trusted.press('Tab')
    await expect(outcome(page)).toContainText('WRONG_CHECKPOINT')
    await trusted.fill('a:b')
    await trusted.press('Tab')
    await expect(outcome(page)).toContainText('CHECKPOINT_INVALID')
  })

  test('is one small file that works from a disk, and reads well on a phone', async ({ page, conduct }) => {
    conduct.allow('file://')
    const path = resolve('dist', 'verify.html')
    expect((await stat(path)).size).toBeLessThanOrEqual(MAX_BYTES)
    const html = await readFile(path, 'utf8')
    expect(html).not.toMatch(/\bsrc=|href="(?!data:)/)
    expect((await readdir(join('dist', 'assets'))).filter((name) => /^(script|style)-/.test(name))).toEqual([])

    await page.setViewportSize({ width: 360, height: 640 })
    await page.route(/^https?:/, (route) => route.abort())
    await page.goto(pathToFileURL(path).href)
    await drop(page, 'audit.jsonl', good)
    await expect(outcome(page)).toContainText('Every event is proven')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
  })

  test.describe('in a browser set to Chinese', () => {
    test.use({ locale: 'zh-CN' })

    test('speaks Chinese', async ({ page, conduct }) => {
      conduct.allow(new URL(site.url).origin)
      await page.goto(`${site.url}verify.html`)
      await expect(page.getByRole('heading', { name: '验证审计文件' })).toBeVisible()
      await drop(page, 'audit.jsonl', good)
      await expect(outcome(page)).toContainText('若这是你的世界，则所有事件均已证明')
      await drop(page, 'changed.jsonl', good.replace('"amount":5', '"amount":50'))
      await expect(outcome(page).getByRole('heading', { name: '第 5 行有误' })).toBeVisible()
    })
  })
})
