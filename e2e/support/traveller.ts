import { expect } from '@playwright/test'
import type { WorldPage } from './world-page.ts'

export interface Fee {
  readonly electricity: number
  readonly data: number
}

/** An agent of a demo key that moves to another asteroid and back, by the page where visitors act. */
export class Traveller {
  private readonly world: WorldPage
  private home = ''

  constructor(world: WorldPage) {
    this.world = world
  }

  /** Registers. */
  async settle(name: string): Promise<void> {
    const { page } = this.world
    await this.world.go('Act')
    await page.getByRole('button', { name: 'Create a demo key' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill(name)
    await page.getByRole('button', { name: 'Sign and send' }).click()
    const registered = this.world.panel('Your actions').getByRole('listitem').filter({ hasText: `Register an agent named ${name}` })
    await expect(registered).toContainText(/joined the world at Asteroid \d+/, { timeout: 60_000 })
    this.home = /joined the world at Asteroid (\d+)/.exec((await registered.textContent())!)![1]!
  }

  /** To where the page suggests; gives what the way cost. */
  move(): Promise<Fee> {
    return this.moveTo(null)
  }

  /** The same way back, as soon as the agent has arrived. */
  async moveBack(): Promise<Fee> {
    return this.moveTo(this.home)
  }

  private async moveTo(asteroid: string | null): Promise<Fee> {
    const { page } = this.world
    await this.world.go('Act')
    await page.getByRole('radio', { name: 'Move' }).check()
    const target = page.getByRole('textbox', { name: 'Asteroid' })
    await expect(target).toHaveValue(/^\d+$/)
    if (asteroid !== null) await target.fill(asteroid)
    const to = Number(await target.inputValue())
    const sent = this.world.panel('Your actions').getByRole('listitem').filter({ hasText: new RegExp(`^Move to Asteroid 0*${to}(?!\\d)`) })
    await expect(async () => {
      await page.getByRole('button', { name: 'Sign and send' }).click()
      await expect(sent.first()).toContainText(/final at height \d+/, { timeout: 30_000 })
    }).toPass({ timeout: 120_000 })
    await sent.filter({ hasText: /final at height \d+/ }).getByRole('link').first().click()
    await expect(page.getByText('✓ applied')).toBeVisible()
    const [, electricity, data] = /paid ([\d,]+) electricity, ([\d,]+) data/.exec((await this.world.fact('Fees').textContent())!)!
    return { electricity: Number(electricity!.replaceAll(',', '')), data: Number(data!.replaceAll(',', '')) }
  }
}
