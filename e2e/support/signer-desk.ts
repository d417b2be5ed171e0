import { readFileSync } from 'node:fs'
import { expect } from '@playwright/test'
import type { Browser, BrowserContext, Locator, Page } from '@playwright/test'
import type { Conduct } from './conduct.ts'
import { FINALIZED, WorldPage } from './world-page.ts'

export interface Timing {
  /** Milliseconds the call took. */
  readonly took: number
  /** The longest task of the main thread meanwhile, milliseconds; 0 when none took 50. */
  readonly longestTask: number
}

/** A signer at a browser of their own: keys page, proposal, signing sheet, in English. */
export class SignerDesk {
  readonly page: Page
  readonly world: WorldPage
  private readonly context: BrowserContext

  private constructor(context: BrowserContext, page: Page, conduct: Conduct) {
    this.context = context
    this.page = page
    this.world = new WorldPage(page, conduct)
  }

  /** `url` as the testnet prints it; the page is opened by a name, which passkeys need. What it hands to its workers can be forged later. */
  static async open(browser: Browser, conduct: Conduct, url: string): Promise<SignerDesk> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })
    await conduct.watch(context)
    await context.addInitScript(() => {
      const { postMessage } = Worker.prototype
      Worker.prototype.postMessage = function (this: Worker, message: unknown, ...rest: never[]) {
        const { forge } = globalThis as { forge?: (message: unknown) => unknown }
        postMessage.call(this, forge === undefined ? message : forge(message), ...rest)
      }
    })
    const desk = new SignerDesk(context, await context.newPage(), conduct)
    await desk.world.open(url.replace('127.0.0.1', 'localhost'), '#/keys')
    await desk.world.trusts(FINALIZED)
    return desk
  }

  close(): Promise<void> {
    return this.context.close()
  }

  /** A platform authenticator with the PRF extension, whose holder is there and agrees. */
  async addAuthenticator(): Promise<void> {
    const session = await this.context.newCDPSession(this.page)
    await session.send('WebAuthn.enable')
    await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, hasPrf: true, automaticPresenceSimulation: true,
      },
    })
  }

  async goTo(hash: string): Promise<void> {
    await this.page.evaluate((to) => { location.hash = to }, hash)
  }

  /** The card of a key on the keys page. */
  card(label: string): Locator {
    return this.world.panel('Keys of this browser').getByRole('listitem').filter({ has: this.page.getByRole('heading', { name: label, exact: true }) })
  }

  /** Brings a key from its file; `lock` says how it is opened here from then on. */
  async importKey(file: string, { passphrase, label, lock }: { readonly passphrase: string; readonly label: string; readonly lock: 'passkey' | 'same passphrase' }): Promise<Timing> {
    const { page } = this
    await this.goTo('#/keys')
    await page.getByRole('tab', { name: 'From a backup' }).click()
    await page.getByLabel('Choose the file', { exact: true }).setInputFiles(file)
    await page.getByLabel('Passphrase of the file').fill(passphrase)
    if (lock === 'passkey') {
      await page.getByRole('checkbox', { name: 'Open it here with the same passphrase' }).uncheck()
      await page.getByRole('radio', { name: /^Passkey/ }).check()
    }
    return this.timed(async () => {
      await page.getByRole('button', { name: 'Add the key' }).click()
      await expect(this.card(label)).toContainText('ready to sign')
    })
  }

  /** Takes up the public half of a key whose secret is elsewhere. */
  async watchKey(publicKey: string, label: string): Promise<void> {
    const { page } = this
    await this.goTo('#/keys')
    await page.getByRole('tab', { name: 'On another device' }).click()
    await page.getByRole('textbox', { name: /^Public key/ }).fill(publicKey)
    await page.getByRole('textbox', { name: 'Name of the key' }).fill(label)
    await page.getByRole('button', { name: 'Add the public key' }).click()
    await expect(this.card(label)).toContainText('on another device')
  }

  async openProposal(id: string): Promise<void> {
    await this.goTo(`#/proposal/${id}`)
    await expect(this.page.getByRole('heading', { level: 1 })).toContainText('Proposal')
  }

  get sheet(): Locator {
    return this.page.getByRole('dialog', { name: /^Sign/ })
  }

  /** Opens the signing sheet of an approval, at what it says. */
  async beginApproval(actor: string): Promise<void> {
    const decide = this.world.panel('Decide')
    await decide.getByRole('combobox', { name: 'Act as' }).selectOption(actor)
    await decide.getByRole('button', { name: 'Approve…' }).click()
    await expect(this.sheet.getByRole('heading', { level: 2 })).toContainText('step 1 of 5')
  }

  /** From what the sheet says to where it is signed. */
  async goToSigning(): Promise<void> {
    for (const name of ['On to the checks', 'On to comparing', 'On to signing']) await this.sheet.getByRole('button', { name }).click()
    await expect(this.sheet.getByRole('heading', { level: 2 })).toContainText('step 4 of 5')
  }

  /** Opens the key and signs; `passphrase` null for a key that a passkey opens. */
  async sign(label: string, passphrase: string | null): Promise<void> {
    if (passphrase !== null) await this.sheet.getByLabel(`Passphrase of “${label}”`).fill(passphrase)
    await this.sheet.getByRole('button', { name: 'Open the key and sign' }).click()
  }

  /** Saves the request for another device, has `answer` make the response from it, and brings that back. */
  async signElsewhere(request: string, answer: (request: string) => Promise<string>): Promise<void> {
    const download = this.page.waitForEvent('download')
    await this.sheet.getByRole('button', { name: 'Save the request' }).click()
    await (await download).saveAs(request)
    await this.sheet.getByLabel('Choose the answer').setInputFiles({ name: 'answer.awsig', mimeType: 'application/octet-stream', buffer: readFileSync(await answer(request)) })
  }

  /** Closes the sheet before anything was signed. */
  async dropSheet(): Promise<void> {
    await this.sheet.getByRole('button', { name: 'Close', exact: true }).first().click({ timeout: 30_000 })
    await this.sheet.getByRole('button', { name: 'Drop it' }).click({ timeout: 30_000 })
    await expect(this.sheet).toBeHidden()
  }

  /** Waits until what was signed is final; gives the height of its block. */
  async settled(): Promise<number> {
    const outcome = this.sheet.getByRole('status').filter({ hasText: /Final: applied at height/ })
    await expect(outcome).toBeVisible({ timeout: 60_000 })
    const height = Number(/height ([\d,]+)/.exec((await outcome.textContent())!)![1]!.replaceAll(',', ''))
    await this.sheet.getByRole('button', { name: 'Close', exact: true }).last().click()
    await expect(this.sheet).toBeHidden()
    return height
  }

  /** From now on the page shows another title to its vault, under the id of the real proposal, in these calls. */
  async forgeTitle(title: string, calls: readonly string[]): Promise<void> {
    await this.page.evaluate(([forgedTitle, names]) => {
      Object.assign(globalThis, {
        forge: (message: { readonly path?: readonly string[]; readonly argumentList?: readonly { readonly value?: { readonly proposal?: object } }[] }) => {
          if (!names.includes(message.path?.[0] ?? '')) return message
          const forged = structuredClone(message)
          for (const { value } of forged.argumentList ?? []) if (value?.proposal !== undefined) Object.assign(value.proposal, { title: forgedTitle })
          return forged
        },
      })
    }, [title, calls] as const)
  }

  async stopForging(): Promise<void> {
    await this.page.evaluate(() => Object.assign(globalThis, { forge: undefined }))
  }

  /** Height of a step of the proposal on the page. */
  async heightOf(step: string): Promise<number> {
    const entry = this.page.locator(`[data-step="${step}"][data-state="done"]`).last()
    await expect(entry).toBeVisible({ timeout: 60_000 })
    return Number((await entry.locator('a[href*="/height/"]').first().textContent({ timeout: 30_000 }))!.replaceAll(/\D/g, ''))
  }

  /** How long something takes, and what the main thread did meanwhile. */
  async timed(action: () => Promise<void>): Promise<Timing> {
    await this.page.evaluate(() => {
      const seen: number[] = []
      const observer = new PerformanceObserver((list) => seen.push(...list.getEntries().map(({ duration }) => duration)))
      observer.observe({ type: 'longtask' })
      Object.assign(globalThis, { longTasks: { seen, observer } })
    })
    const start = performance.now()
    await action()
    const took = performance.now() - start
    const longestTask = await this.page.evaluate(() => {
      const { seen, observer } = (globalThis as unknown as { longTasks: { seen: number[]; observer: PerformanceObserver } }).longTasks
      observer.disconnect()
      return Math.max(0, ...seen)
    })
    return { took, longestTask }
  }
}
