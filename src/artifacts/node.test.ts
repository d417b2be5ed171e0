import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { utf8Bytes } from '../codec/index.ts'
import { formatHashIndex, parseHashIndex } from './hash-index.ts'
import { openDirectoryArtifacts } from './node.ts'
import type { DirectoryArtifacts } from './node.ts'
import { hashOf } from './testing/memory-artifacts.ts'

const bytes = utf8Bytes('module')
const HASH = hashOf(bytes)
const OTHER = hashOf(utf8Bytes('other'))
let directory = ''
let damage: string[] = []
const open = (): DirectoryArtifacts => openDirectoryArtifacts(directory, (message) => void damage.push(message))
const indexFile = (): string => join(directory, 'module_hash_index.txt')

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'aw-artifacts-')), 'builtin_wasm')
  damage = []
})
afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }))

describe('a directory of modules', () => {
  it('begins empty and keeps what it is given, across openings', async () => {
    const { store, index } = open()
    expect([await store.get(HASH), await index.get('m1.rule.move')]).toEqual([null, null])
    await store.put(HASH, bytes)
    await index.set('m1.rule.move', HASH)
    const again = open()
    expect(await again.store.get(HASH)).toEqual(bytes)
    expect(await again.index.get('m1.rule.move')).toBe(HASH)
    await again.store.remove(HASH)
    await again.store.remove(HASH)
    expect(await again.store.get(HASH)).toBeNull()
  })

  it('has the layout that is documented, and leaves no drafts', async () => {
    const { store, index } = open()
    await store.put(HASH, bytes)
    await Promise.all([index.set('m4.recipe.gear', OTHER), index.set('m1.rule.move', HASH), index.set('m1.rule.move', OTHER)])
    expect((await readdir(directory, { recursive: true })).sort()).toEqual(['blobs', `blobs/${HASH}`, 'module_hash_index.txt'])
    expect(await readFile(indexFile(), 'utf8')).toBe(`m1.rule.move ${OTHER}\nm4.recipe.gear ${OTHER}\n`)
  })

  it('reports damaged index lines once, uses the others, and drops them with the next write', async () => {
    await mkdir(directory, { recursive: true })
    await writeFile(indexFile(), `m1.rule.move ${HASH}\nnonsense\nm1.rule.transfer ${HASH.slice(2)}\nm4.recipe.gear ${OTHER}\nm5.war.core ${HASH}`)
    const { index } = open()
    expect(await index.get('m4.recipe.gear')).toBe(OTHER)
    expect([await index.get('m1.rule.transfer'), await index.get('m5.war.core')]).toEqual([null, null])
    expect(damage).toHaveLength(1)
    expect(damage[0]).toContain('line 2, 3, 5')
    await index.set('m5.war.core', OTHER)
    expect(await readFile(indexFile(), 'utf8')).toBe(`m1.rule.move ${HASH}\nm4.recipe.gear ${OTHER}\nm5.war.core ${OTHER}\n`)
  })

  it('says what is wrong when it cannot be read or written', async () => {
    await writeFile(directory, 'a file where the directory should be')
    const { store, index } = open()
    await expect(store.put(HASH, bytes)).rejects.toMatchObject({ code: 'IO_ERROR' })
    await expect(index.set('m1.rule.move', HASH)).rejects.toMatchObject({ code: 'IO_ERROR' })
    await rm(directory)
    await index.set('m1.rule.move', HASH) // a failed write does not stand in the way of the next
    expect(await index.get('m1.rule.move')).toBe(HASH)
  })
})

describe('the index text', () => {
  it('survives writing and reading', () => {
    const hashes = new Map([['m4.b', OTHER], ['m1.a', HASH]])
    expect(parseHashIndex(formatHashIndex(hashes))).toEqual({ hashes, damaged: [] })
    expect(parseHashIndex('')).toEqual({ hashes: new Map(), damaged: [] })
  })

  it.each([
    [`m1.a ${HASH}`, [1]], [`m1.a ${HASH} \n`, [1]], [`m1.a  ${HASH}\n`, [1]], [`m1.a ${HASH.toUpperCase()}\n`, [1]], ['\n', [1]], [`../x ${HASH}\n`, [1]],
    [`m1.a ${HASH}\r\n`, [1]], [`m1.a ${HASH}\n\u0000\n`, [2]],
  ])('%j has damaged lines %j', (text, expected) => {
    expect(parseHashIndex(text).damaged).toEqual(expected)
  })
})
