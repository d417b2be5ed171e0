import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { builtinModules } from '../artifacts/index.ts'
import { storedModules } from './stored-modules.ts'

const PROJECT = join(import.meta.dirname, '../..')
const ID = 'm1.rule.move'
let directory = ''
let root = ''

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aw-stored-'))
  root = await mkdtemp(join(tmpdir(), 'aw-project-'))
  await cp(join(PROJECT, 'artifacts/modules'), join(root, 'artifacts/modules'), { recursive: true })
  await cp(join(PROJECT, 'package-lock.json'), join(root, 'package-lock.json'))
})
afterEach(async () => {
  await rm(directory, { recursive: true })
  await rm(root, { recursive: true })
})

it('gives the built-in modules from the files of the project, and keeps them with an index', async () => {
  const expected = await builtinModules()
  expect(await storedModules(directory, root)).toEqual(expected)
  expect((await readdir(join(directory, 'blobs'))).sort()).toEqual(expected.map(({ manifest }) => manifest.wasm_hash).sort())
  expect(await readFile(join(directory, 'module_hash_index.txt'), 'utf8')).toBe(expected.map(({ manifest }) => `${manifest.module_id} ${manifest.wasm_hash}\n`).join(''))
  await rm(root, { recursive: true })
  expect(await storedModules(directory, root)).toEqual(expected) // the store alone is enough
  await cp(join(PROJECT, 'package-lock.json'), join(root, 'package-lock.json'))
})

it('builds what is missing or damaged, and takes nothing else for it', async () => {
  const expected = await builtinModules()
  await writeFile(join(root, `artifacts/modules/m1/${ID}.wasm`), 'tampered')
  await rm(join(root, 'artifacts/modules/m1/m1.rule.transfer.wasm'))
  expect(await storedModules(directory, root)).toEqual(expected)
})

it('refuses a build that nobody signed', async () => {
  await rm(join(root, `artifacts/modules/m1/${ID}.wasm`))
  const source = join(root, `artifacts/modules/m1/${ID}/module.ts`)
  await writeFile(source, (await readFile(source, 'utf8')).replace('CM_PER_ELECTRICITY: i64 = 100_000', 'CM_PER_ELECTRICITY: i64 = 1'))
  await expect(storedModules(directory, root)).rejects.toMatchObject({ code: 'UNLISTED_BUILD', detail: { module_id: ID } })
})
