import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { sha256, toHex } from '../codec/index.ts'
import { publicKeyOf } from '../crypto/index.ts'
import { validateModule } from '../wasm/index.ts'
import { createGenesis } from '../world/index.ts'
import { ArtifactError, builtinModule, builtinModules } from './index.ts'
import { M1_MODULES } from './generated/m1.ts'

const artifact = (path: string): URL => new URL(`../../artifacts/${path}`, import.meta.url)

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(() => undefined, (reason: unknown) => reason)
  expect(error).toBeInstanceOf(ArtifactError)
  return (error as ArtifactError).code
}

describe('builtinModules', () => {
  it('gives the five modules of m1, sorted by id', async () => {
    const ids = (await builtinModules()).map(({ manifest }) => manifest.module_id)
    expect(ids).toEqual(['m1.power.radiation_harvest', 'm1.power.storage', 'm1.rule.move', 'm1.rule.transfer', 'm1.rule.visibility'])
  })

  it('gives exactly the bytes and hashes of the checked-in list', async () => {
    const list = new Map((await readFile(artifact('m1_builtin_modules.sha256'), 'utf8')).trim().split('\n').map((line) => line.split(' ') as [string, string]))
    const modules = await builtinModules()
    expect([...list.keys()]).toEqual(modules.map(({ manifest }) => manifest.module_id))
    for (const { manifest, wasm } of modules) {
      expect(toHex(sha256(wasm))).toBe(list.get(manifest.module_id))
      expect(new Uint8Array(await readFile(artifact(`modules/m1/${manifest.module_id}.wasm`)))).toEqual(wasm)
    }
  })

  it('gives modules that a world can start from', async () => {
    const genesis = createGenesis({
      name: 'modules', demo: false, time: 0, scenario: 'belt-small', seed: new Uint8Array(32), agents: [], modules: await builtinModules(),
      validators: [{ validator_id: 'validator-1', public_key: publicKeyOf(new Uint8Array(32)), stake: 1 }],
    })
    expect(genesis.modules).toHaveLength(5)
  })

  it('gives only modules that a node accepts', async () => {
    for (const { wasm } of await builtinModules()) expect(validateModule(wasm)).toMatchObject({ ok: true, errors: [] })
  })

  it('refuses bytes that are not those of the manifest', async () => {
    const damaged = M1_MODULES.map((module, index) => (index === 3 ? { ...module, wasm_base64: `${module.wasm_base64.slice(0, -8)}AAAAAAA=` } : module))
    expect(await codeOf(builtinModules(async () => damaged))).toBe('HASH_MISMATCH')
  })

  it('refuses text that is no base64', async () => {
    const damaged = M1_MODULES.map((module) => ({ ...module, wasm_base64: '%%%' }))
    expect(await codeOf(builtinModules(async () => damaged))).toBe('HASH_MISMATCH')
  })

  it('tells a set that cannot be loaded from a damaged one', async () => {
    expect(await codeOf(builtinModules(() => Promise.reject(new TypeError('Failed to fetch'))))).toBe('IO_ERROR')
  })

  it('names what there is when asked for what there is not', async () => {
    expect((await builtinModule('m1.rule.move')).manifest.version).toBe('1.0.0')
    await expect(builtinModule('m1.rule.dance')).rejects.toThrow(/m1\.rule\.move/)
    expect(await codeOf(builtinModule('m1.rule.dance'))).toBe('ARTIFACT_MISSING')
  })
})
