/** Size budgets of the built page (gzip, level 9): fails when one is exceeded. Run after `npm run build`. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { AppError, errorInfo } from '../codec/index.ts'

const ASSETS = join('dist', 'assets')

interface Budget {
  readonly name: string
  readonly maxBytes: number
  readonly entries: () => readonly string[]
}

const BUDGETS: readonly Budget[] = [
  { name: 'first view, main thread', maxBytes: 130 * 1000, entries: entryScripts },
  { name: 'node worker', maxBytes: 250 * 1000, entries: () => workerScripts('node') },
  { name: 'executor worker', maxBytes: 120 * 1000, entries: () => workerScripts('executor') },
  { name: 'render worker', maxBytes: 15 * 1000, entries: () => workerScripts('render') },
]

function entryScripts(): readonly string[] {
  const html = readFileSync(join('dist', 'index.html'), 'utf8')
  return [...html.matchAll(/<script[^>]*type="module"[^>]*src="([^"]+)"/g)].map((match) => basename(match[1]!))
}

function workerScripts(name: string): readonly string[] {
  const scripts = readdirSync(ASSETS).filter((file) => new RegExp(`^${name}-[\\w-]+\\.js$`).test(file))
  if (scripts.length !== 1) throw new AppError('SIZE_ENTRY', `Expected one script of the ${name} worker in ${ASSETS}, found ${scripts.length}. Run "npm run build" first.`)
  return scripts
}

/** The entry scripts and everything they import statically: what must arrive before they run. */
function staticClosure(entries: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    const code = readFileSync(join(ASSETS, file), 'utf8')
    for (const match of code.matchAll(/(?:^|[;}\s])(?:import|export)\s*(?:[\w*{}\s,$]+\s*from\s*)?["']\.\/([\w.-]+\.js)["']/g)) visit(match[1]!)
  }
  for (const entry of entries) visit(entry)
  return [...seen]
}

function main(): number {
  let over = 0
  for (const { name, maxBytes, entries } of BUDGETS) {
    const files = staticClosure(entries())
    const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(ASSETS, file)), { level: 9 }).length, 0)
    const fits = bytes <= maxBytes
    if (!fits) over++
    console.log(`${fits ? '✔' : '✖'} ${name.padEnd(24)} ${(bytes / 1000).toFixed(1).padStart(6)} kB gz of ${(maxBytes / 1000).toFixed(0)} kB (${files.length} files)`)
  }
  return over === 0 ? 0 : 1
}

try {
  process.exitCode = main()
} catch (error) {
  console.error(errorInfo(error).message)
  process.exitCode = 1
}
