import { createHash } from 'node:crypto'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { build, defineConfig } from 'vite'
import type { Plugin } from 'vite'
import { PACK_POLICY_NAME, packedScript } from './src/audit/page/pack.ts'
import { ISOLATION_HEADERS, STATIC_CONNECT, metaTag, standalonePolicy } from './src/viewer/policy.ts'

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

/**
 * Builds verify.html into one file that works from any disk: script and style inline, under a policy that allows them by hash and reaches nothing. A build of its own,
 * since the app's shares chunks between pages; modules there are taken for what they export, which keeps signers and key stores out of a page that only verifies.
 */
function verifyPage(): Plugin {
  let root = ''
  let outDir = ''
  return {
    name: 'verify-page',
    apply: 'build',
    configResolved(config) {
      root = config.root
      outDir = resolve(root, config.build.outDir)
    },
    async closeBundle() {
      const folder = join(root, 'src/audit/page')
      const result = await build({
        root, configFile: false, logLevel: 'warn', publicDir: false,
        resolve: { alias: { 'cbor-x/decode-no-eval': join(folder, 'cbor-decoder.ts') } },
        build: {
          write: false, target: 'es2024', modulePreload: { polyfill: false },
          rolldownOptions: {
            input: { script: join(folder, 'main.ts'), style: join(folder, 'page.css') },
            treeshake: { moduleSideEffects: (id) => /\/page\/(main\.ts|page\.css)$/.test(id) },
          },
        },
      })
      const { output } = Array.isArray(result) ? result[0]! : (result as Exclude<typeof result, { on: unknown }>)
      const script = output.find((file) => file.type === 'chunk' && file.name === 'script')
      const style = output.find((file) => file.type === 'asset' && file.fileName.endsWith('.css'))
      if (script?.type !== 'chunk' || script.imports.length > 0 || style?.type !== 'asset') throw new Error('verify.html must come to one script and one style.')
      await writeFile(join(outDir, 'verify.html'), standalone(await readFile(join(root, 'verify.html'), 'utf8'), script.code.trim(), String(style.source).trim()))
    },
  }
}

function standalone(html: string, script: string, style: string): string {
  const loader = packedScript(script)
  if (/<\/(script|style)|<!--/i.test(loader + style)) throw new Error('Text of verify.html would end its own script or style. Write it otherwise.')
  const [loaderHash, scriptHash, styleHash] = [loader, script, style].map((text) => `sha256-${createHash('sha256').update(text).digest('base64')}`) as [string, string, string]
  const policy = standalonePolicy({ scriptHashes: [loaderHash, scriptHash], styleHash, trustedTypes: PACK_POLICY_NAME, delivery: 'meta' })
  return html
    .replace('<meta charset="utf-8">', () => `<meta charset="utf-8">\n    <meta http-equiv="Content-Security-Policy" content="${policy}">`)
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${style}</style>`)
    .replace(/<script type="module"[^>]*><\/script>/, () => `<script type="module">${loader}</script>`)
}

export default defineConfig({
  base: './',
  plugins: [react(), pagePolicy(), verifyPage()],
  resolve: { alias: { '@noble/curves/secp256k1.js': resolve(import.meta.dirname, 'src/network/no-secp256k1.ts') } },
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
