import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { checkSet } from './build/index.ts'
import type { Difference } from './build/index.ts'
import { MODULE_ID, ProjectCopy } from './testing/project-copy.ts'

const LIST = 'artifacts/m1_builtin_modules.sha256'
const IDENTITY = 'artifacts/m1_builtin_modules.identity.json'
const WASM = `artifacts/modules/m1/${MODULE_ID}.wasm`
const HASH = 'ab'.repeat(32)

let synced: ProjectCopy
let copy: ProjectCopy

beforeAll(async () => {
  synced = await ProjectCopy.make()
  await synced.sync()
})
afterAll(() => synced.dispose())
beforeEach(async () => {
  copy = await synced.fork()
})
afterEach(() => copy.dispose())

const check = (): Promise<readonly Difference[]> => checkSet(copy.root, 'm1', () => undefined)
const codes = async (): Promise<readonly string[]> => (await check()).map(({ code }) => code)
const replaceIn = (path: string, pattern: RegExp | string, by: string) => (): Promise<void> => copy.edit(path, (text) => text.replace(pattern, by))

describe('the check names what changed', () => {
  it.each<[string, () => Promise<void>, string, string]>([
    ['a source', () => copy.edit(copy.module('module.ts'), (text) => text.replace('double(3)', 'double(4)')), 'SOURCE_CHANGED', `m1/${MODULE_ID}/module.ts changed`],
    ['a source by a comment alone', () => copy.edit(copy.module('module.ts'), (text) => `${text}// more\n`), 'SOURCE_CHANGED', `m1/${MODULE_ID}/module.ts changed`],
    ['a new source', () => copy.write(copy.module('more.ts'), ''), 'SOURCE_CHANGED', `m1/${MODULE_ID}/more.ts is new`],
    ['a manifest', () => copy.edit(copy.module('manifest.json'), (text) => text.replace('400000', '500000')), 'MANIFEST_CHANGED', `m1/${MODULE_ID}/manifest.json changed`],
    ['shared code of the set', () => copy.write('artifacts/modules/m1/shared/double.ts', 'export function double(x: i64): i64 { return x + x }\n'), 'SHARED_CHANGED', 'm1/shared/double.ts changed'],
    ['the SDK', () => copy.edit('artifacts/modules/sdk/index.ts', (text) => `${text}// more\n`), 'SDK_CHANGED', 'sdk/index.ts changed'],
    ['the compiler\'s content', replaceIn('package-lock.json', /("node_modules\/binaryen".*?"integrity":")[^"]+/, '$1sha512-other'), 'TOOLCHAIN_CHANGED', 'binaryen'],
    ['the compiler version it was built with', replaceIn(IDENTITY, /"compiler_version": "[^"]+"/, '"compiler_version": "0.1.2"'), 'RECIPE_CHANGED', 'compiler_version'],
    ['a flag that is new', replaceIn(IDENTITY, '      "--noColors",\n', ''), 'RECIPE_CHANGED', '"--noColors" is new'],
    ['a flag that is gone', replaceIn(IDENTITY, '      "--noColors",\n', '      "--noColors",\n      "--unused",\n'), 'RECIPE_CHANGED', '"--unused"'],
    ['the target', replaceIn(IDENTITY, '"target": "wasm32"', '"target": "wasm64"'), 'RECIPE_CHANGED', 'target'],
    ['the canonicalizer', replaceIn(IDENTITY, 'strip-custom-sections-v1', 'strip-custom-sections-v0'), 'RECIPE_CHANGED', 'canonicalizer_version'],
  ])('%s', async (_what, change, code, words) => {
    await change()
    const found = await check()
    expect(found.map((difference) => difference.code)).toContain(code)
    expect(found.find((difference) => difference.code === code)!.message).toContain(words)
    expect(found.map((difference) => difference.code)).not.toContain('IDENTITY_STALE') // the cause is named; what follows from it is not
  })

  it('bytes that changed by a single bit', async () => {
    const bytes = await readFile(join(copy.root, WASM))
    bytes[bytes.length - 1]! ^= 1
    await copy.write(WASM, bytes)
    expect(await codes()).toEqual(['BYTES_DIFFER'])
  })

  it('bytes that are missing, and bytes nobody can build', async () => {
    await copy.remove(WASM)
    await copy.write('artifacts/modules/m1/m1.gone.rule.wasm', '')
    expect(await codes()).toEqual(['WASM_MISSING', 'WASM_EXTRA'])
  })

  it('a custom section added to the bytes', async () => {
    await copy.write(WASM, Buffer.concat([await readFile(join(copy.root, WASM)), Buffer.from([0, 2, 1, 0x61])]))
    expect(await codes()).toEqual(['BYTES_DIFFER'])
  })

  it('a module that is new, and one that is gone', async () => {
    await copy.edit(copy.module('manifest.json'), (text) => text.replace(MODULE_ID, 'm1.second.rule'))
    await copy.write('artifacts/modules/m1/m1.second.rule/manifest.json', await copy.read(copy.module('manifest.json')))
    await copy.write('artifacts/modules/m1/m1.second.rule/module.ts', await copy.read(copy.module('module.ts')))
    await copy.remove(`artifacts/modules/m1/${MODULE_ID}`)
    const found = await codes()
    for (const code of ['SOURCE_CHANGED', 'WASM_MISSING', 'WASM_EXTRA', 'LIST_MODULE_MISSING', 'LIST_MODULE_EXTRA', 'IDENTITY_MODULE_MISSING', 'IDENTITY_MODULE_EXTRA']) expect(found).toContain(code)
  })

  it('writes nothing', async () => {
    await copy.remove(WASM)
    await copy.remove(LIST)
    await check()
    await expect(copy.read(WASM)).rejects.toThrow('ENOENT')
    await expect(copy.read(LIST)).rejects.toThrow('ENOENT')
  })
})

describe('the hash list', () => {
  const line = async (): Promise<string> => (await copy.read(LIST)).trim()

  it.each<[string, (line: string) => string, readonly string[]]>([
    ['with a hash that is too short', (text) => `${text.slice(0, -1)}\n`, ['LIST_MALFORMED', 'LIST_MODULE_MISSING', 'IDS_DIFFER']],
    ['with capital digits', (text) => `${text.split(' ')[0]} ${'AB'.repeat(32)}\n`, ['LIST_MALFORMED', 'LIST_MODULE_MISSING', 'IDS_DIFFER']],
    ['with an empty line', (text) => `${text}\n\n`, ['LIST_MALFORMED', 'LIST_COUNT_DIFFERS']],
    ['with a word too many', (text) => `${text} ${HASH}\n`, ['LIST_MALFORMED', 'LIST_MODULE_MISSING', 'IDS_DIFFER']],
    ['with Windows line ends', (text) => `${text}\r\n`, ['LIST_MALFORMED', 'LIST_MODULE_MISSING', 'IDS_DIFFER']],
    ['that mixes in hashes by platform', (text) => `${text}\nm1.zeta.rule linux-x86_64=${HASH}\n`, ['LIST_MIXED', 'LIST_COUNT_DIFFERS']],
    ['with a line twice', (text) => `${text}\n${text}\n`, ['LIST_DUPLICATE', 'LIST_COUNT_DIFFERS']],
    ['with a module too many', (text) => `${text}\nm1.zeta.rule ${HASH}\n`, ['LIST_COUNT_DIFFERS', 'LIST_MODULE_EXTRA', 'IDS_DIFFER']],
    ['out of order', (text) => `${text}\nm1.alpha.rule ${HASH}\n`, ['LIST_UNSORTED', 'LIST_COUNT_DIFFERS', 'LIST_MODULE_EXTRA', 'IDS_DIFFER']],
    ['without the module', () => '', ['LIST_COUNT_DIFFERS', 'LIST_MODULE_MISSING', 'IDS_DIFFER']],
    ['with another hash', (text) => `${text.split(' ')[0]} ${HASH}\n`, ['LIST_HASH_DIFFERS']],
  ])('%s is refused', async (_what, change, expected) => {
    await copy.write(LIST, change(await line()))
    expect(await codes()).toEqual(expected)
  })

  it('that is missing is named', async () => {
    await copy.remove(LIST)
    expect(await codes()).toEqual(['LIST_MISSING'])
  })

  it('names file and line', async () => {
    await copy.write(LIST, `${await line()}\nnonsense\n`)
    expect((await check())[0]!.message).toContain(`${LIST}:2:`)
  })
})

describe('the identity manifest', () => {
  it.each<[string, RegExp | string, string, readonly string[]]>([
    ['with another source hash', /"source_hash": "[0-9a-f]{4}/, '"source_hash": "0000', ['IDENTITY_STALE', 'GENERATED_STALE']],
    ['with another build hash', /"build_manifest_hash": "[0-9a-f]{4}/, '"build_manifest_hash": "0000', ['IDENTITY_STALE', 'GENERATED_STALE']],
    ['with another identity hash', /"identity_hash": "[0-9a-f]{4}/, '"identity_hash": "0000', ['IDENTITY_STALE']],
    ['with another wasm hash', /"wasm_hash": "[0-9a-f]{4}/, '"wasm_hash": "0000', ['IDENTITY_STALE']],
    ['with another version', '"version": "1.0.0",\n      "wasm', '"version": "1.0.1",\n      "wasm', ['IDENTITY_STALE']],
    ['with another signature', /"artifact_signature": "../, '"artifact_signature": "ff', ['SIGNATURE_INVALID', 'GENERATED_STALE']],
    ['without a key behind its scheme', '"signature_scheme": "ed25519"', '"signature_scheme": "unsigned:dev"', ['SIGNATURE_SCHEME_REFUSED', 'GENERATED_STALE']],
    ['by the identity hash alone', '"signature_scheme": "ed25519"', '"signature_scheme": "identity_hash_v1"', ['SIGNATURE_SCHEME_REFUSED', 'GENERATED_STALE']],
    ['by a signer nobody trusts', '"signer_node_id": "test.signer"', '"signer_node_id": "other.signer"', ['SIGNER_UNKNOWN', 'GENERATED_STALE']],
    ['of another set', '"module_set": "m1"', '"module_set": "m4"', ['IDENTITY_FILE_INVALID']],
    ['of another format', '"schema_version": 1', '"schema_version": 2', ['IDENTITY_FILE_INVALID']],
    ['with a malformed hash', /"wasm_hash": "[0-9a-f]{4}/, '"wasm_hash": "', ['IDENTITY_FILE_INVALID']],
    ['that is no JSON', '{', '', ['IDENTITY_FILE_INVALID']],
  ])('%s is refused', async (_what, pattern, by, expected) => {
    await copy.edit(IDENTITY, (text) => text.replace(pattern, by))
    expect(await codes()).toEqual(expected)
  })

  it('that is missing is named', async () => {
    await copy.remove(IDENTITY)
    expect(await codes()).toEqual(['IDENTITY_FILE_MISSING'])
  })

  it('with a module twice, and without its module', async () => {
    const file = JSON.parse(await copy.read(IDENTITY)) as { modules: unknown[] }
    await copy.write(IDENTITY, JSON.stringify({ ...file, modules: [...file.modules, ...file.modules] }))
    expect(await codes()).toEqual(['IDENTITY_DUPLICATE'])
    await copy.write(IDENTITY, JSON.stringify({ ...file, modules: [] }))
    expect(await codes()).toEqual(['IDENTITY_MODULE_MISSING', 'IDS_DIFFER'])
  })

  it('does not hold once its signer is trusted no longer, or has another key', async () => {
    await copy.write('artifacts/trusted_signers.json', '{}')
    expect(await codes()).toEqual(['SIGNER_UNKNOWN', 'GENERATED_STALE'])
  })
})

describe('generated code', () => {
  it.each(['src/artifacts/generated/m1.ts', 'src/artifacts/generated/signers.ts'])('%s must be what the modules give', async (path) => {
    await copy.edit(path, (text) => `${text}// more\n`)
    const found = await check()
    expect(found.map(({ code }) => code)).toEqual(['GENERATED_STALE'])
    expect(found[0]!.message).toContain(path)
  })
})
