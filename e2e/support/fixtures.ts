import { test as base } from '@playwright/test'
import { Conduct } from './conduct.ts'
import { WorldPage } from './world-page.ts'

interface Fixtures {
  readonly conduct: Conduct
  readonly world: WorldPage
}

/** Every test with a page goes through this: its conduct is watched from the first request and judged at the end. */
export const test = base.extend<Fixtures>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright wants a destructured first parameter even where nothing of it is needed.
  conduct: [async ({}, use) => {
    const conduct = new Conduct()
    await use(conduct)
    conduct.verify()
  }, { auto: true }],
  context: async ({ context, conduct }, use) => {
    await conduct.watch(context)
    await use(context)
  },
  world: async ({ page, conduct }, use) => use(new WorldPage(page, conduct)),
})

export { expect } from '@playwright/test'
