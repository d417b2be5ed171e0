import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
/** What the vault is made of: whatever else it imported would be a signer, too (R19). */
const FOLDERS = ['workers/vault.ts', 'src/vault/', 'src/codec/', 'src/crypto/']
const PACKAGES = /^(@noble\/(curves|ed25519|hashes)(\/.*)?|cbor-x\/decode-no-eval|comlink|idb)$/

function importsOf(file: string): string[] {
  const code = readFileSync(file, 'utf8').replace(/^(import|export) type [^;'"]*?from '[^']+'$/gm, '')
  return [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!)
}

/** Every file that running `entry` loads, and every package. */
function graphOf(entry: string): { readonly files: readonly string[]; readonly packages: readonly string[] } {
  const files = new Set([entry])
  const packages = new Set<string>()
  for (const file of files) {
    for (const target of importsOf(file)) {
      if (!target.startsWith('.')) packages.add(target)
      else if (existsSync(resolve(dirname(file), target))) files.add(resolve(dirname(file), target))
      else throw new Error(`${relative(ROOT, file)} imports ${target}, which is not there`)
    }
  }
  return { files: [...files].map((file) => relative(ROOT, file)), packages: [...packages] }
}

describe('the worker that holds the keys', () => {
  const { files, packages } = graphOf(join(ROOT, 'workers/vault.ts'))

  it('is made of vault, codec and crypto, and of nothing else', () => {
    expect(files).toContain('src/vault/check-intent.ts')
    expect(files).toContain('src/codec/governance.ts')
    expect(files.filter((file) => !FOLDERS.some((folder) => file.startsWith(folder)))).toEqual([])
  })

  it('brings audited cryptography, a decoder, a store and a way to be called, and no other package', () => {
    expect(packages.length).toBeGreaterThan(3)
    expect(packages.filter((name) => !PACKAGES.test(name))).toEqual([])
  })
})
