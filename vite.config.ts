import { createHash } from 'node:crypto'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import type { Plugin } from 'vite'
import { ISOLATION_HEADERS, STATIC_CONNECT, metaTag } from './src/viewer/policy.ts'

/**
 * Writes into the built page an import map with the integrity of every script and the page policy that allows exactly that map.
 * It works on the written files: only they have their final bytes. The development server goes without, it needs inline scripts of its own.
 */
function pagePolicy(): Plugin {
  let outDir = 'dist'
  return {
    name: 'page-policy',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir)
    },
    async closeBundle() {
      const page = join(outDir, 'index.html')
      const html = await readFile(page, 'utf8')
      const scripts = (await readdir(join(outDir, 'assets'))).filter((name) => name.endsWith('.js')).sort()
      const integrity: Record<string, string> = {}
      for (const name of scripts) {
        integrity[`./assets/${name}`] = `sha384-${createHash('sha384').update(await readFile(join(outDir, 'assets', name))).digest('base64')}`
      }
      const map = JSON.stringify({ integrity })
      const hash = `sha256-${createHash('sha256').update(map).digest('base64')}`
      const head = `${metaTag({ connect: STATIC_CONNECT, scriptHashes: [hash] })}\n    <script type="importmap">${map}</script>`
      await writeFile(page, html.replace('<meta charset="utf-8">', `<meta charset="utf-8">\n    ${head}`))
    },
  }
}

export default defineConfig({
  base: './',
  plugins: [react(), pagePolicy()],
  build: {
    target: 'es2024',
    outDir: 'dist',
    /** Everything is a file of this origin: no data: scripts or styles. */
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  server: { headers: { ...ISOLATION_HEADERS } },
  preview: { headers: { ...ISOLATION_HEADERS } },
})
