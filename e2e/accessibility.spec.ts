import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { aw } from './support/aw.ts'
import { expect, test } from './support/fixtures.ts'
import { Testnet } from './support/testnet.ts'
import type { WorldPage } from './support/world-page.ts'
import { FINALIZED } from './support/world-page.ts'

const SCREENS = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const
const THEMES = ['dark', 'light'] as const
const LANGUAGES = ['en', 'zh-CN'] as const

/** Rules whose verdict can change with theme or language alone. */
const DEPENDS_ON_LOOK = ['color-contrast', 'link-in-text-block', 'label-content-name-mismatch', 'html-has-lang', 'html-lang-valid', 'document-title']

test.describe('without serious accessibility violations', () => {
  let testnet: Testnet
  let proposal: string
  test.beforeAll(async () => {
    testnet = await Testnet.start({ blockIntervalMs: 2_000 })
    proposal = await propose(testnet)
  })
  test.afterAll(async () => testnet.dispose())

  for (const [screen, viewport] of Object.entries(SCREENS)) {
    test(`every page in both themes and languages, ${screen}`, async ({ page, world }) => {
      test.setTimeout(420_000)
      await page.setViewportSize(viewport)
      await world.open(testnet.url)
      await world.trusts(FINALIZED)
      const routes = [...await routesOf(world), '#/governance', `#/proposal/${proposal}`, '#/keys']
      const found = new Map<string, string[]>()
      let only: readonly string[] | null = null
      const check = async (place: string): Promise<void> => {
        for (const violation of await violations(world, only)) found.set(violation, [...(found.get(violation) ?? []), place])
      }
      for (const language of LANGUAGES) {
        for (const theme of THEMES) {
          await choose(world, language, theme)
          // Structure is the same in all four; the full set of rules runs where theme and language both changed, what depends on either runs in all.
          only = (theme === 'dark') === (language === 'en') ? null : DEPENDS_ON_LOOK
          for (const route of routes) {
            await page.evaluate((hash) => { location.hash = hash }, route)
            await expect(page.getByRole('heading', { level: 1 })).not.toHaveCount(0)
            await settled(world)
            await check(`${route} ${theme} ${language}`)
          }
          await page.evaluate(() => { location.hash = '#/' })
          for (const [name, key] of [['help', '?'], ['search', '/'], ['proof', 'p']] as const) {
            await page.keyboard.press(key)
            await expect(page.getByRole('dialog')).toBeVisible()
            if (name === 'proof') await expect(page.getByRole('dialog').getByRole('listitem')).toHaveCount(7)
            await settled(world)
            await check(`${name} ${theme} ${language}`)
            await page.keyboard.press('Escape')
            await expect(page.getByRole('dialog')).toBeHidden()
          }
          await page.evaluate((hash) => { location.hash = hash }, `#/proposal/${proposal}`)
          await page.locator('select:has(option[value="signer/ann"])').selectOption('signer/ann')
          await page.locator('[data-move="approve"]').click()
          for (const step of ['read', 'check', 'compare', 'sign']) {
            await expect(page.locator(`dialog[data-step="${step}"]`)).toBeVisible()
            await settled(world)
            await check(`signing, ${step}, ${theme} ${language}`)
            if (step === 'compare') await page.locator('dialog input[type="checkbox"]').check() // how signing is governed changes, so it must be compared
            if (step !== 'sign') await page.locator('dialog footer button').last().click()
          }
          await page.keyboard.press('Escape')
          await page.getByRole('alertdialog').getByRole('button').last().click()
          await expect(page.getByRole('dialog')).toBeHidden()
          await world.chip.click()
          await expect(page.getByRole('dialog')).toBeVisible()
          await check(`trust ${theme} ${language}`)
          await page.keyboard.press('Escape')
        }
      }
      expect([...found].map(([violation, places]) => `${violation} on ${places.length} pages such as ${places[0]}`)).toEqual([])
    })
  }

  test('everything on the way to a proof can be reached with the keyboard alone', async ({ page, world }) => {
    await world.open(testnet.url)
    await world.trusts(FINALIZED)
    await page.keyboard.press('Tab')
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
    await page.keyboard.press('/')
    await expect(page.getByRole('searchbox')).toBeFocused()
    await page.keyboard.type((await testnet.status()).height.toString())
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Block /)
    await page.keyboard.press('p')
    await expect(page.getByRole('dialog', { name: 'Proof' }).getByRole('status')).toHaveText(/^Every step holds/)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
  })
})

/** An open proposal that signers can sign; gives its id. */
async function propose({ data, url }: Testnet): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'aw-proposal-'))
  try {
    const patch = join(directory, 'patch.json')
    writeFileSync(patch, JSON.stringify([{ op: 'set', path: ['governance', 'shadow_blocks'], value: 9 }]))
    const keys = ['--key', join(data, 'signers/gus.awkey.json'), '--passphrase-file', join(data, 'signers/passphrase.txt')]
    const proposed = await aw('proposal', 'new', '--title', 'One more block of shadow', '--description', 'Of two lines,\nto be read.', '--patch', patch, ...keys, '--yes', '--json', '--node', url)
    const { proposal_id } = JSON.parse(proposed) as { proposal_id: string }
    await aw('proposal', 'watch', proposal_id, '--until', 'shadowed', '--node', url)
    return proposal_id
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** One address for every kind of page. */
async function routesOf(world: WorldPage): Promise<string[]> {
  const agent = await world.page.evaluate(async () => {
    location.hash = '#/events'
    return new Promise<string>((resolve) => {
      const look = (): void => {
        const link = document.querySelector<HTMLAnchorElement>('a[href^="#/agent/"]')
        if (link === null) requestAnimationFrame(look)
        else resolve(link.hash)
      }
      look()
    })
  })
  await world.go('Ledger')
  await world.page.getByRole('table').getByRole('row').filter({ hasNot: world.page.getByRole('columnheader') }).filter({ has: world.page.locator('td:nth-child(4):not(:text-is("0"))') }).first().getByRole('link').first().click()
  const block = new URL(world.page.url()).hash
  const receipt = (await world.page.getByRole('table').getByRole('link').first().getAttribute('href'))!
  return ['#/', agent, `${agent}?tab=events`, `${agent}?tab=raw`, `${agent}?tab=proof`, '#/asteroid/0001', '#/events', '#/economy', '#/modules', '#/module/m1.rule.move', '#/network', '#/ledger', block, receipt, '#/act', '#/about', '#/nowhere']
}

async function choose(world: WorldPage, language: string, theme: string): Promise<void> {
  const root = world.page.locator('html')
  if ((await root.getAttribute('lang')) !== language) await world.page.keyboard.press('g')
  await expect(root).toHaveAttribute('lang', language)
  if ((await root.getAttribute('data-theme')) !== theme) await world.page.keyboard.press('t')
  await expect(root).toHaveAttribute('data-theme', theme)
}

/** No placeholder left, no animation under way. */
async function settled({ page }: WorldPage): Promise<void> {
  await expect(page.getByRole('main').getByRole('status', { name: /^(Loading…|加载中…)$/ })).toHaveCount(0)
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity).map(({ finished }) => finished)))
}

async function violations({ page }: WorldPage, only: readonly string[] | null): Promise<string[]> {
  const builder = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  const { violations: all } = await (only === null ? builder : builder.withRules([...only])).analyze()
  return all
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} (${failureSummary?.split('\n')[1]?.trim() ?? ''})`))
}
