import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

/** DESIGN §2: a folder imports only from folders above it in this list. */
const LAYERS = [
  'codec', 'crypto', 'wasm', 'world', 'consensus', 'light', 'storage', 'replication', 'network', 'node', 'artifacts', 'vault', 'audit', 'compiler', 'viewer', 'cli',
] as const
/** What each pure folder may use beside its own kind; narrower than the order of the list where the design says so. */
const PURE: Readonly<Record<string, readonly string[]>> = {
  codec: [],
  crypto: ['codec'],
  wasm: ['codec'],
  world: ['codec', 'crypto', 'wasm'],
  consensus: ['codec', 'crypto'],
  light: ['codec', 'crypto'],
}
/** The signing path (research/ui.md R19): what it imports is a signer too, so this is all of it. */
const SIGNING = { layers: ['codec', 'crypto'], packages: ['@noble/hashes/argon2.js', 'comlink', 'idb'] }
/** Packages a pure folder may import: data in, data out. */
const PURE_PACKAGES = [/^@noble\//, /^cbor-x\//]
/** Doors besides `index.ts`, for code that must load one part without the rest. */
const SIDE_DOORS = [
  'storage/node.ts', 'storage/browser.ts', 'artifacts/node.ts', 'artifacts/browser.ts', 'audit/node.ts', 'audit/page-source.ts', 'node/api.ts', 'node/stored-blocks.ts', 'node/executor/thread.node.ts', 'node/executor/thread.browser.ts', 'node/executor/index.ts',
  'node/browser/index.ts', 'node/agents/index.ts', 'node/effects/index.ts', 'network/rtc/host.ts', 'network/rtc/worker.ts', 'network/transports/webrtc.ts', 'viewer/policy.ts',
  'consensus/sim/index.ts', 'light/bench/index.ts', 'wasm/bench/index.ts', 'world/bench/index.ts', 'node/agents/bench/index.ts', 'node/executor/bench/index.ts',
]

const SOURCE = resolve(import.meta.dirname)

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : /\.tsx?$/.test(name) ? [path] : []
  })
}

function importsOf(path: string): string[] {
  const code = readFileSync(path, 'utf8')
  return [...code.matchAll(/(?:^|\n)\s*(?:import|export)\s[^'"\n;]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|import\('([^']+)'\)|from '([^']+)'/g)].map(
    (match) => (match[1] ?? match[2] ?? match[3] ?? match[4])!,
  )
}

const isTest = (path: string): boolean => /\.(test|bench)\.tsx?$|[/\\](testing|test-support|testdata|bench|sim)[/\\]/.test(path)
const layerOf = (path: string): string => relative(SOURCE, path).split(sep)[0]!

const edges = filesBelow(SOURCE)
  .filter((path) => !isTest(path) && relative(SOURCE, path).includes(sep))
  .flatMap((path) => importsOf(path).map((target) => ({ path, target })))

describe('dependency direction (DESIGN §2)', () => {
  it('knows every folder', () => {
    const folders = readdirSync(SOURCE).filter((name) => statSync(join(SOURCE, name)).isDirectory())
    expect(folders.filter((name) => !LAYERS.includes(name as (typeof LAYERS)[number]))).toEqual([])
  })

  it('runs one way, top of the list to the bottom', () => {
    const upward = edges.flatMap(({ path, target }) => {
      if (!target.startsWith('.')) return []
      const from = layerOf(path)
      const to = layerOf(resolve(dirname(path), target))
      if (from === to || !LAYERS.includes(to as never)) return []
      const allowed = PURE[from]?.includes(to) ?? LAYERS.indexOf(to as never) < LAYERS.indexOf(from as never)
      return allowed ? [] : [`${relative(SOURCE, path)} → ${to}`]
    })
    expect(upward).toEqual([])
  })

  it('goes through the doors of other folders', () => {
    const intrusions = edges.flatMap(({ path, target }) => {
      if (!target.startsWith('.')) return []
      const full = relative(SOURCE, resolve(dirname(path), target)).split(sep).join('/')
      const [to = '', ...rest] = full.split('/')
      if (to === layerOf(path) || !LAYERS.includes(to as never)) return []
      const isDoor = rest.join('/') === 'index.ts' || SIDE_DOORS.includes(full)
      return isDoor ? [] : [`${relative(SOURCE, path)} → ${full}`]
    })
    expect(intrusions).toEqual([])
  })

  it('keeps pure folders free of other packages and of Node', () => {
    const impure = edges.flatMap(({ path, target }) => {
      if (PURE[layerOf(path)] === undefined || target.startsWith('.')) return []
      return PURE_PACKAGES.some((pattern) => pattern.test(target)) ? [] : [`${relative(SOURCE, path)} → ${target}`]
    })
    expect(impure).toEqual([])
  })

  it('keeps the vault to the codec, audited cryptography and a way to be called', () => {
    const strangers = edges.flatMap(({ path, target }) => {
      if (layerOf(path) !== 'vault') return []
      const to = target.startsWith('.') ? layerOf(resolve(dirname(path), target)) : null
      const allowed = to === null ? SIGNING.packages.includes(target) : to === 'vault' || SIGNING.layers.includes(to)
      return allowed ? [] : [`${relative(SOURCE, path)} → ${target}`]
    })
    expect(strangers).toEqual([])
  })

  it('keeps clock and randomness out of pure folders', () => {
    const offenders = filesBelow(SOURCE)
      .filter((path) => PURE[layerOf(path)] !== undefined && !isTest(path))
      .filter((path) => /\b(Math\.random|Date\.now|performance\.now|new Date\(|setTimeout|getRandomValues)\b/.test(readFileSync(path, 'utf8')))
    expect(offenders.map((path) => relative(SOURCE, path))).toEqual([])
  })
})
