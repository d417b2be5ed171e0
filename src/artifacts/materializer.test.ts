import { beforeEach, describe, expect, it } from 'vitest'
import { AppError, utf8Bytes } from '../codec/index.ts'
import { builtinModules, materializedModules, Materializer } from './index.ts'
import type { MaterializerInit } from './index.ts'
import { hashOf, memoryArtifacts } from './testing/memory-artifacts.ts'
import type { MemoryArtifacts } from './testing/memory-artifacts.ts'

const ID = 'm1.rule.move'
const listed = utf8Bytes('what the list names')
const otherListed = utf8Bytes('what the list names too')
const built = utf8Bytes('what this machine builds')
const LIST = [hashOf(listed), hashOf(otherListed)]

let disk: MemoryArtifacts
beforeEach(() => {
  disk = memoryArtifacts()
})
const materializer = (more: Partial<MaterializerInit> = {}): Materializer => new Materializer({ ...disk, ...more })
const never = async (): Promise<never> => {
  throw new Error('asked too early')
}

describe('a module is looked for', () => {
  it('first in the store, under every listed hash', async () => {
    disk.blobs.set(LIST[1]!, otherListed)
    disk.hashes.set(ID, hashOf(built))
    disk.blobs.set(hashOf(built), built)
    const found = await materializer({ fetchBlob: never, build: never }).materialize(ID, LIST)
    expect(found).toEqual({ module_id: ID, wasm: otherListed, wasm_hash: LIST[1], from: 'store', listed: true })
    expect(disk.hashes.get(ID)).toBe(LIST[1])
  })

  it('then under the hash it was last loaded by: what was built here is not built again', async () => {
    disk.hashes.set(ID, hashOf(built))
    disk.blobs.set(hashOf(built), built)
    expect(await materializer({ fetchBlob: never, build: never }).materialize(ID, LIST)).toMatchObject({ from: 'index', wasm_hash: hashOf(built), listed: false })
  })

  it('then with peers, and is kept', async () => {
    const one = materializer({ fetchBlob: async (hash) => (hash === LIST[1] ? otherListed : null), build: never })
    expect(await one.materialize(ID, LIST)).toMatchObject({ from: 'peer', wasm_hash: LIST[1], listed: true })
    expect(disk.hashes.get(ID)).toBe(LIST[1])
    expect(await materializer({ fetchBlob: never, build: never }).materialize(ID, LIST)).toMatchObject({ from: 'store' })
  })

  it('then it is built, kept and recorded, even when its hash is on no list', async () => {
    const one = materializer({ fetchBlob: async () => null, build: async () => built })
    expect(await one.materialize(ID, LIST)).toMatchObject({ from: 'build', wasm_hash: hashOf(built), listed: false })
    expect(disk.hashes.get(ID)).toBe(hashOf(built))
    expect(await materializer({ build: never }).materialize(ID, LIST)).toMatchObject({ from: 'index' })
  })

  it('and a build that gives listed bytes is as good as any', async () => {
    expect(await materializer({ build: async () => listed }).materialize(ID, LIST)).toMatchObject({ from: 'build', listed: true })
  })

  it('and when there is nothing anywhere, it says so', async () => {
    await expect(materializer().materialize(ID, LIST)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING', detail: { module_id: ID } })
    await expect(materializer({ fetchBlob: async () => null, build: async () => null }).materialize(ID, LIST)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' })
  })
})

describe('bytes that are not what they should be', () => {
  it('in the store are dropped, and fetched again', async () => {
    disk.blobs.set(LIST[0]!, utf8Bytes('tampered'))
    const one = materializer({ fetchBlob: async (hash) => (hash === LIST[0] ? listed : null) })
    expect(await one.materialize(ID, LIST)).toMatchObject({ from: 'peer' })
    expect(disk.blobs.get(LIST[0]!)).toEqual(listed)
    expect(one.counts()).toEqual({ store: 0, index: 0, peer: 1, build: 0, damaged: 1, refused: 0 })
  })

  it('behind the index are dropped too', async () => {
    disk.hashes.set(ID, hashOf(built))
    disk.blobs.set(hashOf(built), utf8Bytes('tampered'))
    const one = materializer({ build: async () => built })
    expect(await one.materialize(ID, [])).toMatchObject({ from: 'build' })
    expect(one.counts()).toMatchObject({ damaged: 1 })
  })

  it('from a peer are refused, counted, and never kept', async () => {
    const asked: string[] = []
    const one = materializer({
      fetchBlob: async (hash) => {
        asked.push(hash)
        return utf8Bytes('something unlisted')
      },
    })
    await expect(one.materialize(ID, LIST)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' })
    expect(asked).toEqual(LIST)
    expect(one.counts()).toMatchObject({ refused: 2, peer: 0 })
    expect([disk.blobs.size, disk.hashes.size]).toEqual([0, 0])
  })

  it('listed under another hash than the one asked for are refused as well', async () => {
    const one = materializer({ fetchBlob: async (hash) => (hash === LIST[0] ? otherListed : null) })
    await expect(one.materialize(ID, LIST)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' })
    expect(one.counts()).toMatchObject({ refused: 1 })
  })

  it('are not asked for from peers when nothing is listed', async () => {
    await expect(materializer({ fetchBlob: never }).materialize(ID, [])).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' })
  })
})

it('takes a peer that fails for one that has nothing, but hides no mistake of its own', async () => {
  const failing = materializer({ fetchBlob: () => Promise.reject(new AppError('TIMEOUT', 'no answer')), build: async () => listed })
  expect(await failing.materialize(ID, LIST)).toMatchObject({ from: 'build' })
  await expect(materializer({ fetchBlob: () => Promise.reject(new TypeError('bug')) }).materialize('m1.other.rule', [hashOf(utf8Bytes('x'))])).rejects.toThrow('bug')
})

describe('the built-in modules through a materializer', () => {
  it('are those of the package', async () => {
    const modules = await builtinModules(['m1'])
    for (const { wasm, manifest } of modules) disk.blobs.set(manifest.wasm_hash, wasm)
    expect(await materializedModules(materializer({ build: never }), ['m1'])).toEqual(modules)
  })

  it('are fetched or built anew when those loaded last are of an earlier release', async () => {
    const modules = await builtinModules(['m1'])
    for (const { manifest } of modules) disk.hashes.set(manifest.module_id, hashOf(built))
    disk.blobs.set(hashOf(built), built)
    const fetchBlob = async (hash: string): Promise<Uint8Array | null> => modules.find(({ manifest }) => manifest.wasm_hash === hash)?.wasm ?? null
    expect(await materializedModules(materializer({ fetchBlob, build: never }), ['m1'])).toEqual(modules)
    disk = memoryArtifacts()
    for (const { manifest } of modules) disk.hashes.set(manifest.module_id, hashOf(built))
    disk.blobs.set(hashOf(built), built)
    const build = async (id: string): Promise<Uint8Array | null> => modules.find(({ manifest }) => manifest.module_id === id)?.wasm ?? null
    expect(await materializedModules(materializer({ build }), ['m1'])).toEqual(modules)
  })

  it('are refused when this machine builds other bytes than were signed', async () => {
    await expect(materializedModules(materializer({ build: async () => built }), ['m1'])).rejects.toMatchObject({ code: 'UNLISTED_BUILD' })
    expect(disk.hashes.size).toBe(1) // recorded all the same: it was built, it is only not what a world takes
  })
})
