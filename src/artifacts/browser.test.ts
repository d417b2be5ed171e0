import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { utf8Bytes } from '../codec/index.ts'
import { embeddedBlobs, openBrowserArtifacts } from './browser.ts'
import { builtinModules, materializedModules, Materializer } from './index.ts'
import { hashOf } from './testing/memory-artifacts.ts'

const bytes = utf8Bytes('module')
const HASH = hashOf(bytes)
let databases = 0
const fresh = (): string => `artifacts-${databases++}`
afterEach(() => vi.unstubAllGlobals())

describe('modules in IndexedDB', () => {
  it('are kept across openings, with their index', async () => {
    const name = fresh()
    const first = await openBrowserArtifacts(name)
    expect([await first.store.get(HASH), await first.index.get('m1.rule.move')]).toEqual([null, null])
    await first.store.put(HASH, bytes)
    await first.index.set('m1.rule.move', HASH)
    first.close()
    const again = await openBrowserArtifacts(name)
    expect(await again.store.get(HASH)).toEqual(bytes)
    expect(await again.index.get('m1.rule.move')).toBe(HASH)
    await again.store.remove(HASH)
    expect(await again.store.get(HASH)).toBeNull()
    again.close()
  })

  it('that were replaced by other things count as missing', async () => {
    const name = fresh()
    ;(await openBrowserArtifacts(name)).close()
    const database = await openDB(name, 1)
    await database.put('blobs', 'text', HASH)
    await database.put('module_hash_index', 'no hash', 'm1.rule.move')
    database.close()
    const { store, index } = await openBrowserArtifacts(name)
    expect([await store.get(HASH), await index.get('m1.rule.move')]).toEqual([null, null])
  })

  it('live as long as the page where the browser stores nothing', async () => {
    vi.stubGlobal('indexedDB', undefined)
    const { store, index } = await openBrowserArtifacts(fresh())
    await store.put(HASH, bytes)
    await index.set('m1.rule.move', HASH)
    expect([await store.get(HASH), await index.get('m1.rule.move')]).toEqual([bytes, HASH])
    await store.remove(HASH)
    expect(await store.get(HASH)).toBeNull()
  })
})

describe('the modules of a page', () => {
  it('come with it the first time and from its store afterwards; damaged ones come with it again', async () => {
    const name = fresh()
    const expected = await builtinModules(['m1'])
    const load = async (): Promise<Materializer> => {
      const artifacts = await openBrowserArtifacts(name)
      const materializer = new Materializer({ ...artifacts, fetchBlob: embeddedBlobs(['m1']) })
      expect(await materializedModules(materializer, ['m1'])).toEqual(expected)
      artifacts.close()
      return materializer
    }
    expect((await load()).counts()).toMatchObject({ peer: expected.length, store: 0 })
    expect((await load()).counts()).toMatchObject({ peer: 0, store: expected.length })
    const database = await openDB(name, 1)
    await database.put('blobs', bytes, expected[2]!.manifest.wasm_hash)
    database.close()
    expect((await load()).counts()).toMatchObject({ peer: 1, store: expected.length - 1, damaged: 1 })
  })

  it('are found by hash, and nothing else is', async () => {
    const [first] = await builtinModules(['m1'])
    expect(await embeddedBlobs(['m1'])(first!.manifest.wasm_hash)).toEqual(first!.wasm)
    expect(await embeddedBlobs(['m1'])(HASH)).toBeNull()
  })
})
