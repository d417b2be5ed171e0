import { readFile, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { exportAudit, jsonLines } from '../src/audit/index.ts'
import { digestCode, digestWords, encodeRequest, groupedHex, proposalIdOf, signingDigest, summarize, toChunks } from '../src/vault/index.ts'
import type { Intent } from '../src/vault/index.ts'
import { ada, approval, OTHER_WORLD, proposing, WORLD } from '../src/vault/testing/intents.ts'
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

/** A signing request of Ada's, as the page writes it. */
const requestOf = (intent: Intent): Uint8Array => encodeRequest(intent, ada.publicKey, (length) => new Uint8Array(length).fill(7))

async function choose(page: Page, name: string, file: Uint8Array): Promise<void> {
  await page.getByLabel('Choose the file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(file) })
}

const outcome = (page: Page) => page.locator('#page > [role="status"]')

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
    await expect(page.getByLabel('Choose the file')).toBeAttached() // the page is made by its script
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

  test('shows what a signing request would have signed, from its bytes alone', async ({ page, conduct }) => {
    conduct.allow(new URL(site.url).origin)
    await page.goto(`${site.url}verify.html`)
    const intent = approval()
    await choose(page, 'ada.awsign', requestOf(intent))
    const { sentence, dangers, changes, shadow, hashes } = summarize(intent)
    const digest = signingDigest(intent, ada.publicKey)!
    await expect(outcome(page).getByRole('heading', { level: 2 })).toHaveText(sentence.text)
    for (const { text } of [...dangers, ...changes, ...shadow]) await expect(outcome(page)).toContainText(text)
    for (const { hex } of hashes) await expect(outcome(page)).toContainText(groupedHex(hex))
    await expect(outcome(page)).toContainText(groupedHex(digest))
    await expect(outcome(page)).toContainText(digestWords(digest))
    await expect(outcome(page).locator('blockquote')).toContainText('Moving costs more')
    expect(await outcome(page).locator('li[data-mark="✖"]').count()).toBe(0)

    // The code on the screen is read by another decoder than the one that made it.
    const canvas = page.getByRole('img', { name: 'The digest as a QR code' })
    const { width, pixels } = await canvas.evaluate((element: HTMLCanvasElement) => ({
      width: element.width, pixels: [...element.getContext('2d')!.getImageData(0, 0, element.width, element.height).data],
    }))
    const { decodeQR } = await import('qr/decode.js')
    expect(decodeQR({ width, height: width, data: Uint8Array.from(pixels) })).toBe(digestCode(digest))

    await page.getByLabel('World id or checkpoint').fill(OTHER_WORLD)
    await page.getByRole('button', { name: 'Check again' }).press('Enter')
    await expect(outcome(page).getByRole('heading', { level: 2 })).toHaveText('✖ This request is for another world than the one you gave')
    await expect(canvas).toBeHidden()
    await page.getByLabel('World id or checkpoint').fill(WORLD)
    await page.getByRole('button', { name: 'Check again' }).press('Enter')
    await expect(canvas).toBeVisible()
    expect(conduct.requests).toEqual([`${site.url}verify.html`])
  })

  test('gives a request whose content is not what its hashes say no digest to compare', async ({ page, conduct }) => {
    conduct.allow(new URL(site.url).origin)
    await page.goto(`${site.url}verify.html`)
    const intent = approval()
    await choose(page, 'tampered.awsign', requestOf({ ...intent, proposal: { ...intent.proposal, title: 'Moving becomes cheaper' } }))
    await expect(outcome(page).getByRole('heading', { level: 2 })).toContainText('Do not sign it anywhere')
    await expect(outcome(page).locator('li[data-mark="✖"]').first()).toContainText('The proposal is the one its id names')
    await expect(outcome(page).getByRole('img')).toHaveCount(0)
    const request = requestOf(intent)
    await choose(page, 'cut.awsign', request.subarray(0, request.length - 3))
    await expect(outcome(page)).toContainText('REQUEST_INVALID')
  })

  test('takes a request as codes, pasted or in a file, and asks for the comparison where the rules of signing change', async ({ page, conduct }) => {
    conduct.allow(new URL(site.url).origin)
    await page.goto(`${site.url}verify.html`)
    const intent = proposing()
    const codes = toChunks(requestOf(intent))
    const pasted = page.getByLabel('Or paste the codes')
    await pasted.fill(codes.slice(1).join('\n'))
    await expect(outcome(page)).toHaveText(`${codes.length - 1} of ${codes.length} codes; missing 1`)
    await pasted.fill(codes.toReversed().join('\n'))
    await expect(outcome(page).getByRole('heading', { level: 2 })).toHaveText(summarize(intent).sentence.text)
    await expect(outcome(page)).not.toContainText('compare the digest')

    const { proposal, base_manifest } = intent
    const module_changes = { register: [], upgrade: [], activate: [], deactivate: [] }
    const stricter = { ...proposal, module_changes, rollback: { height: 200, state_root: '5'.repeat(64) } }
    const strict = { ...intent, proposal: stricter, proposal_id: proposalIdOf(stricter), base_manifest }
    await choose(page, 'codes.txt', Buffer.from(toChunks(requestOf(strict)).join('\n')))
    await expect(outcome(page)).toContainText('compare the digest below')
    await expect(outcome(page)).toContainText('The world goes back to height 200')
  })

  test('reads the codes with the camera where the browser can', async ({ page, conduct }) => {
    conduct.allow(new URL(site.url).origin)
    const codes = toChunks(requestOf(proposing()))
    await page.addInitScript((texts) => {
      let next = 0
      Object.assign(globalThis, {
        BarcodeDetector: class {
          detect = async () => [{ rawValue: 'https://example.org/' }, { rawValue: texts[next++ % texts.length] }]
        },
      })
      const canvas = document.createElement('canvas')
      canvas.getContext('2d')
      Object.defineProperty(navigator, 'mediaDevices', { value: { getUserMedia: async () => canvas.captureStream() } })
    }, codes)
    await page.goto(`${site.url}verify.html`)
    await page.getByRole('button', { name: 'Scan the codes' }).click()
    await expect(outcome(page).getByRole('heading', { level: 2 })).toHaveText(summarize(proposing()).sentence.text)
    await expect(page.getByRole('button', { name: 'Scan the codes' })).toBeVisible()
    await expect(page.locator('video')).toBeHidden()
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
    await choose(page, 'ada.awsign', requestOf(approval()))
    await expect(outcome(page)).toContainText('signer/ada approves')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
  })

  test.describe('in a browser set to Chinese', () => {
    test.use({ locale: 'zh-CN' })

    test('speaks Chinese', async ({ page, conduct }) => {
      conduct.allow(new URL(site.url).origin)
      await page.goto(`${site.url}verify.html`)
      await expect(page.getByRole('heading', { name: '验证审计文件或签名请求' })).toBeVisible()
      await drop(page, 'audit.jsonl', good)
      await expect(outcome(page)).toContainText('若这是你的世界，则所有事件均已证明')
      await drop(page, 'changed.jsonl', good.replace('"amount":5', '"amount":50'))
      await expect(outcome(page).getByRole('heading', { name: '第 5 行有误' })).toBeVisible()
      await page.getByLabel('选择文件').setInputFiles({ name: 'ada.awsign', mimeType: 'application/octet-stream', buffer: Buffer.from(requestOf(approval())) })
      await expect(outcome(page).getByRole('heading', { level: 2 })).toHaveText('signer/ada 批准：替换模块 m1.rule.move 1.0.0 → 1.1.0。')
      await expect(outcome(page)).toContainText('第 2 个签名一到，下一个区块即生效')
    })
  })
})
