import { chmod, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../src/codec/index.ts'
import { publicKeyOf } from '../src/crypto/index.ts'
import { BuildError, buildWasm, checkSet, enroll, keyPath, setsNamed, syncSet } from './build/index.ts'
import { MODULE_ID, ProjectCopy } from './testing/project-copy.ts'

const silent = (): void => undefined
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

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(() => 'nothing was thrown', (reason: unknown) => reason)
  expect(error).toBeInstanceOf(BuildError)
  return (error as BuildError).code
}
const identity = async (): Promise<{ modules: { wasm_hash: string; source_hash: string; artifact_signature: string; signer_node_id: string }[] }> =>
  JSON.parse(await copy.read('artifacts/m1_builtin_modules.identity.json')) as never

describe('syncing a set', () => {
  it('builds, signs and writes every file of it, and passes its own check', async () => {
    const fresh = await ProjectCopy.make()
    const { modules, signed, changed } = await fresh.sync()
    expect({ modules, signed }).toEqual({ modules: 1, signed: [MODULE_ID] })
    expect([...changed].sort()).toEqual([
      'artifacts/m1_builtin_modules.identity.json', 'artifacts/m1_builtin_modules.sha256', `artifacts/modules/m1/${MODULE_ID}.wasm`,
      'src/artifacts/generated/m1.ts', 'src/artifacts/generated/signers.ts',
    ])
    expect(await checkSet(fresh.root, 'm1', silent)).toEqual([])
    await fresh.dispose()
  })

  it('gives the same bytes and identity hashes wherever the tree lies, and the same signature from the same key', async () => {
    const other = await ProjectCopy.make()
    await other.write('signer.key', await copy.read('signer.key'))
    await chmod(other.key, 0o600)
    await other.sync()
    for (const path of ['artifacts/m1_builtin_modules.identity.json', 'artifacts/m1_builtin_modules.sha256', 'src/artifacts/generated/m1.ts']) {
      expect(await other.read(path)).toBe(await copy.read(path))
    }
    await other.dispose()
  })

  it('changes nothing, and needs no key, when nothing changed', async () => {
    await copy.remove('signer.key')
    expect(await syncSet(copy.root, 'm1', copy.key, silent)).toEqual({ modules: 1, signed: [], changed: [] })
  })

  it('signs a module whose source changed', async () => {
    const before = (await identity()).modules[0]!
    await copy.edit(copy.module('module.ts'), (text) => text.replace('double(3)', 'double(4)'))
    expect((await syncSet(copy.root, 'm1', copy.key, silent)).signed).toEqual([MODULE_ID])
    const after = (await identity()).modules[0]!
    expect(after.wasm_hash).not.toBe(before.wasm_hash)
    expect(after.artifact_signature).not.toBe(before.artifact_signature)
    expect(await checkSet(copy.root, 'm1', silent)).toEqual([])
  })

  it('signs a module whose limits changed, though its bytes did not', async () => {
    const before = (await identity()).modules[0]!
    await copy.edit(copy.module('manifest.json'), (text) => text.replace('400000', '400001'))
    expect((await syncSet(copy.root, 'm1', copy.key, silent)).signed).toEqual([MODULE_ID])
    const after = (await identity()).modules[0]!
    expect(after.wasm_hash).toBe(before.wasm_hash)
    expect(after.artifact_signature).not.toBe(before.artifact_signature)
  })

  it('takes no notice of a package the compiler is not made of, or of notes beside the code', async () => {
    await copy.edit('package-lock.json', (text) => text.replace(/("node_modules\/vite":\{"version":")[^"]+/, '$199.0.0'))
    await copy.write(copy.module('README.md'), 'notes')
    await copy.write('artifacts/modules/sdk/NOTES.md', 'notes')
    expect((await syncSet(copy.root, 'm1', copy.key, silent)).changed).toEqual([])
  })

  it('signs anew what carries a signature that does not hold', async () => {
    await copy.edit('artifacts/m1_builtin_modules.identity.json', (text) => text.replace(/("artifact_signature": ")../, '$1ff'))
    expect((await syncSet(copy.root, 'm1', copy.key, silent)).signed).toEqual([MODULE_ID])
  })

  it('removes a built file that has no source', async () => {
    await copy.write('artifacts/modules/m1/m1.gone.rule.wasm', '')
    expect((await syncSet(copy.root, 'm1', copy.key, silent)).changed).toEqual(['artifacts/modules/m1/m1.gone.rule.wasm'])
  })

  it('builds one module alone, and nothing for an id without source', async () => {
    expect(toHex((await buildWasm(await withAllSets(), MODULE_ID))!)).toBe(toHex(await wasm()))
    expect(await buildWasm(copy.root, 'm1.none.rule')).toBeNull()
  })
})

const withAllSets = async (): Promise<string> => {
  for (const set of ['m4', 'm5']) await copy.write(`artifacts/modules/${set}/shared/empty.ts`, '')
  return copy.root
}
const wasm = async (): Promise<Uint8Array> => new Uint8Array(await (await import('node:fs/promises')).readFile(join(copy.root, `artifacts/modules/m1/${MODULE_ID}.wasm`)))

describe('what keeps a set from being built', () => {
  const sync = (): Promise<unknown> => syncSet(copy.root, 'm1', copy.key, silent)

  it('a source that does not compile, with what the compiler says', async () => {
    await copy.write(copy.module('module.ts'), 'export function call(): i64 { return nothing }')
    await expect(sync()).rejects.toThrow("Cannot find name 'nothing'")
    expect(await codeOf(sync())).toBe('COMPILE_FAILED')
  })

  it('code from a folder whose changes its identity would not show', async () => {
    await copy.write('artifacts/modules/m4/shared/far.ts', 'export const far: i64 = 1\n')
    await copy.edit(copy.module('module.ts'), (text) => `import { far } from '../../m4/shared/far'\n${text.replace('double(3)', 'double(far)')}`)
    await expect(sync()).rejects.toThrow('m4/shared/far.ts')
    expect(await codeOf(sync())).toBe('SOURCE_OUTSIDE')
  })

  it('code behind a link, whose changes its identity would not show', async () => {
    await copy.write('elsewhere.ts', 'export const far: i64 = 1\n')
    await symlink(join(copy.root, 'elsewhere.ts'), join(copy.root, copy.module('far.ts')))
    expect(await codeOf(sync())).toBe('SOURCE_OUTSIDE')
    await copy.remove(copy.module('far.ts'))
    await symlink(join(copy.root, 'artifacts/modules/m1', MODULE_ID), join(copy.root, 'artifacts/modules/m1/m1.twin'))
    expect(await codeOf(sync())).toBe('SOURCE_OUTSIDE')
  })

  it('a file whose name would look like two in what is hashed', async () => {
    await copy.write(copy.module(`a.ts ${'0'.repeat(64)}\nfile b.ts`), '')
    expect(await codeOf(sync())).toBe('SOURCE_OUTSIDE')
  })

  it('a module that no node would run', async () => {
    await copy.edit(copy.module('module.ts'), (text) => `${text}\nexport function half(x: f64): f64 { return x / 2 }\n`)
    await expect(sync()).rejects.toThrow('WASM_FLOAT')
    expect(await codeOf(sync())).toBe('MODULE_INVALID')
  })

  it.each([
    ['is no JSON', () => '{', 'MANIFEST_INVALID'],
    ['is null', () => 'null', 'MANIFEST_INVALID'],
    ['names its own hash', (text: string) => text.replace('{', '{"wasm_hash":"00",'), 'MANIFEST_INVALID'],
    ['brings its own identity', (text: string) => text.replace('{', '{"artifact_identity":null,'), 'MANIFEST_INVALID'],
    ['lacks a field', (text: string) => text.replace('"version":"1.0.0",', ''), 'MANIFEST_INVALID'],
    ['is of another module', (text: string) => text.replace(MODULE_ID, 'm1.other.rule'), 'MANIFEST_INVALID'],
    ['lists an export there is not', (text: string) => text.replace('"call"]', '"call","reduce"]'), 'MODULE_INVALID'],
  ])('a manifest that %s', async (_what, change, expected) => {
    await copy.edit(copy.module('manifest.json'), change)
    expect(await codeOf(sync())).toBe(expected)
  })

  it('a missing manifest, a missing set, an unknown set', async () => {
    await copy.remove(copy.module('manifest.json'))
    expect(await codeOf(sync())).toBe('SOURCE_MISSING')
    expect(await codeOf(syncSet(copy.root, 'm5', copy.key, silent))).toBe('SOURCE_MISSING')
    expect(() => setsNamed('m9')).toThrow(BuildError)
    expect(setsNamed('all')).toEqual(['m1', 'm4', 'm5'])
  })

  it('a compiler that is not the one the lock names, and a lock without it', async () => {
    await copy.edit('package-lock.json', (text) => text.replace(/("node_modules\/assemblyscript":\{"version":")[^"]+/, '$10.0.1'))
    expect(await codeOf(sync())).toBe('COMPILER_DIFFERS')
    await copy.edit('package-lock.json', (text) => text.replace('node_modules/assemblyscript', 'node_modules/other'))
    expect(await codeOf(sync())).toBe('LOCK_INVALID')
    await copy.write('package-lock.json', '{')
    expect(await codeOf(sync())).toBe('LOCK_INVALID')
  })
})

describe('keys', () => {
  it('are made readable by their owner alone, once, and enrolled with their public half', async () => {
    const key = join(copy.root, 'keys/own.key')
    expect(await enroll(copy.root, key, 'second.signer')).toEqual([key, 'artifacts/trusted_signers.json'])
    expect((await stat(key)).mode & 0o777).toBe(0o600)
    const signers = JSON.parse(await copy.read('artifacts/trusted_signers.json')) as Record<string, string>
    expect(Object.keys(signers)).toEqual(['second.signer', 'test.signer'])
    expect(signers['second.signer']).toBe(toHex(publicKeyOf(fromHex((await copy.read('keys/own.key')).trim()))))
    expect(await enroll(copy.root, key, 'second.signer')).toEqual([])
  })

  it('are asked for when something must be signed, and say what to do when there is none', async () => {
    await copy.edit(copy.module('module.ts'), (text) => text.replace('double(3)', 'double(4)'))
    const before = await copy.read('artifacts/m1_builtin_modules.identity.json')
    await expect(syncSet(copy.root, 'm1', join(copy.root, 'nowhere.key'), silent)).rejects.toThrow('--enroll')
    expect(await codeOf(syncSet(copy.root, 'm1', join(copy.root, 'nowhere.key'), silent))).toBe('SIGNER_KEY_MISSING')
    expect(await copy.read('artifacts/m1_builtin_modules.identity.json')).toBe(before)
  })

  it('are refused when nobody trusts them, when they are no key, and when others may read them', async () => {
    await copy.edit(copy.module('module.ts'), (text) => text.replace('double(3)', 'double(4)'))
    const sync = (): Promise<unknown> => syncSet(copy.root, 'm1', copy.key, silent)
    await copy.write('signer.key', '00'.repeat(32))
    await chmod(copy.key, 0o600)
    expect(await codeOf(sync())).toBe('SIGNER_NOT_ENROLLED')
    await chmod(copy.key, 0o644)
    expect(await codeOf(sync())).toBe('SIGNER_KEY_INVALID')
    await copy.write('signer.key', 'no key')
    expect(await codeOf(sync())).toBe('SIGNER_KEY_INVALID')
  })

  it('do not take the name of another', async () => {
    expect(await codeOf(enroll(copy.root, join(copy.root, 'other.key'), 'test.signer'))).toBe('SIGNER_TAKEN')
    expect(await codeOf(enroll(copy.root, copy.key, 'Not A Name'))).toBe('SIGNER_KEY_INVALID')
  })

  it('lie where the flag says, else the environment, else below the project', () => {
    expect(keyPath('/p', '/a/b.key', '/c.key')).toBe('/a/b.key')
    expect(keyPath('/p', null, '/c.key')).toBe('/c.key')
    expect(keyPath('/p', null, '')).toBe('/p/.agent-world/keys/artifact-signer.key')
  })

  it.each(['{', '[]', '{"test.signer":"00"}', `{"test.signer":"${'00'.repeat(32)}"}`, `{"Bad Name":"${'11'.repeat(32)}"}`])('trusts nobody by a damaged list: %s', async (text) => {
    await copy.write('artifacts/trusted_signers.json', text)
    expect(await codeOf(syncSet(copy.root, 'm1', copy.key, silent))).toBe('SIGNERS_INVALID')
  })
})
