import { expect } from '@playwright/test'
import type { BrowserContext, Page } from '@playwright/test'

/** How the page's own report of a refused load is told from other messages. */
const VIOLATION_MARK = 'securitypolicyviolation'

/**
 * What a well-behaved page never does: talk to an origin that is not on the list, report an error, break its own policy.
 * Every page of every test is watched; `verify` fails the test that saw any of it.
 */
export class Conduct {
  /** Addresses of websockets the pages opened, workers included. */
  readonly sockets: string[] = []
  readonly requests: string[] = []
  private readonly problems: string[] = []
  private readonly origins = new Set<string>()
  private readonly expected: RegExp[] = []

  /** Origins such as `http://127.0.0.1:8080` and `ws://127.0.0.1:8081`. */
  allow(...origins: readonly string[]): void {
    for (const origin of origins) this.origins.add(origin)
  }

  /** A console error that the test causes on purpose, such as a refused connection to a process it killed. */
  expectConsole(pattern: RegExp): void {
    this.expected.push(pattern)
  }

  /** Every page that `context` has and will have. To be called before the first navigation. */
  async watch(context: BrowserContext): Promise<void> {
    await context.addInitScript((mark) => {
      addEventListener('securitypolicyviolation', (event) => {
        const { effectiveDirective, blockedURI } = event as SecurityPolicyViolationEvent
        console.error(`${mark}: ${effectiveDirective} ${blockedURI}`)
      })
    }, VIOLATION_MARK)
    for (const page of context.pages()) this.watchPage(page)
    context.on('page', (page) => this.watchPage(page))
  }

  verify(): void {
    const foreign = [...this.requests, ...this.sockets].filter((url) => !this.origins.has(originOf(url)))
    expect(foreign, 'requests outside of the origin list').toEqual([])
    expect(this.problems, 'errors on the page').toEqual([])
  }

  private watchPage(page: Page): void {
    page.on('request', (request) => {
      if (!/^(blob|data):/.test(request.url())) this.requests.push(request.url())
    })
    page.on('websocket', (socket) => this.sockets.push(socket.url()))
    page.on('pageerror', (error) => this.problems.push(`exception: ${error.stack ?? error.message}`))
    page.on('crash', () => this.problems.push('the page crashed'))
    page.on('console', (message) => {
      const text = message.text()
      if (message.type() !== 'error' && !text.startsWith(VIOLATION_MARK)) return
      if (!this.expected.some((pattern) => pattern.test(text))) this.problems.push(`console: ${text} (${message.location().url})`)
    })
  }
}

function originOf(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}
