import { createServer } from 'node:http'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright'
import type { Page } from 'playwright'
import { build } from 'vite'
import { resolveStatic, sendFile } from '../static-files.ts'

/** As a laptop without a GPU shows it. */
const WINDOW = { width: 1280, height: 720 }

/** Builds the bench page, opens it in a headless Chromium without a GPU and hands it to `use`. */
export async function withBenchPage<T>(chromiumPath: string, use: (page: Page) => Promise<T>): Promise<T> {
  mkdirSync('.bench', { recursive: true })
  const folder = mkdtempSync(join('.bench', 'page-'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><meta charset="utf-8"><body><script type="module" src="../../src/cli/bench/in-page.ts"></script>')
  const out = resolve(folder, 'dist')
  await build({
    configFile: false, logLevel: 'error', base: './', root: resolve(folder),
    worker: { format: 'es' }, build: { target: 'es2024', outDir: out, emptyOutDir: true },
  })
  const server = createServer((request, response) => {
    const path = resolveStatic(out, new URL(request.url ?? '/', 'http://localhost').pathname)
    if (path === null) response.writeHead(404).end()
    else sendFile(path, request, response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const page = await browser.newPage({ viewport: WINDOW })
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.waitForFunction('globalThis.bench !== undefined')
    return await use(page)
  } finally {
    await browser.close()
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
