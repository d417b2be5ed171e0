import { expect } from '@playwright/test'
import type { Locator, Page } from '@playwright/test'
import type { Conduct } from './conduct.ts'

export const FINALIZED = 'Finalized, verified here'
export const DEMO = 'Demo world, verified here'

export type Route = 'World' | 'Events' | 'Economy' | 'Modules' | 'Network' | 'Ledger' | 'Act' | 'About'

/** The page as a visitor uses it: by roles and by what it says, in English. */
export class WorldPage {
  readonly page: Page
  private readonly conduct: Conduct

  constructor(page: Page, conduct: Conduct) {
    this.page = page
    this.conduct = conduct
  }

  /** Opens the page of a server; its own origin and the node addresses it names are the only ones allowed from then on. */
  async open(url: string, hash = ''): Promise<void> {
    this.conduct.allow(new URL(url).origin, ...(await socketOrigins(url)))
    await this.page.goto(url + hash)
  }

  get chip(): Locator {
    return this.page.locator('[data-trust]')
  }

  get statusBar(): Locator {
    return this.page.getByRole('contentinfo', { name: 'Node status' })
  }

  /** Waits until the chip says so. */
  async trusts(text: string | RegExp, timeout = 60_000): Promise<void> {
    await expect(this.chip.getByRole('status')).toHaveText(text, { timeout })
  }

  /** The verified height in the status bar; 0 while there is none. */
  async height(): Promise<number> {
    const shown = this.statusBar.getByText(/^height/).locator('b')
    return (await shown.count()) === 0 ? 0 : Number((await shown.textContent())!.replaceAll(',', ''))
  }

  async reaches(height: number, timeout = 60_000): Promise<void> {
    await expect.poll(() => this.height(), { timeout, message: `the page reaches height ${height}` }).toBeGreaterThanOrEqual(height)
  }

  /** Waits for blocks that come after those on the page now. */
  async advances(blocks: number, timeout = 60_000): Promise<void> {
    await this.reaches((await this.height()) + blocks, timeout)
  }

  async go(route: Route): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Main navigation' }).filter({ visible: true }).getByRole('link', { name: route }).click()
  }

  /** A section of the page by its heading. */
  panel(name: string | RegExp): Locator {
    return this.page.getByRole('region', { name })
  }

  /** The value beside a name in one of the page's lists of facts. */
  fact(name: string): Locator {
    return this.page.getByRole('definition').and(this.page.locator(`dt:text-is("${name}") + dd`))
  }

  /** A counter of the node as the network page shows it; 0 while it was never counted. */
  async counter(name: string): Promise<number> {
    const entry = this.page.locator(`dt:has(code:text-is("${name}")) + dd`)
    return (await entry.count()) === 0 ? 0 : Number((await entry.textContent())!.replaceAll(',', ''))
  }

  /** Opens the list of agents on the map and then the inspector of one of them; gives the agent's name. */
  async inspectSomeone(index = 0): Promise<string> {
    const toggle = this.page.getByRole('button', { name: 'Agents in view' })
    if ((await toggle.getAttribute('aria-expanded')) !== 'true') await toggle.click()
    const links = this.panel('Agents in view').getByRole('link')
    const name = (await links.nth(index).textContent())!
    await links.getByText(name, { exact: true }).first().click()
    await expect(this.inspector.getByRole('heading', { level: 2 })).toHaveText(name)
    return name
  }

  get inspector(): Locator {
    return this.page.getByRole('complementary', { name: 'Agent', exact: true })
  }
}

/** `ws://host:port` of every node a server names in its world file; none where it names no world. */
async function socketOrigins(url: string): Promise<string[]> {
  const file = (await (await fetch(new URL('network.json', url))).json()) as { bootstrap?: string[] }
  return (file.bootstrap ?? []).map((address) => {
    const match = /^\/(?:ip4|dns4)\/([^/]+)\/tcp\/(\d+)\/ws/.exec(address)
    if (match === null) throw new Error(`not a websocket address: ${address}`)
    return `ws://${match[1]}:${match[2]}`
  })
}
