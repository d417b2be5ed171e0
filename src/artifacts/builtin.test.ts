import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { sha256, toHex } from '../codec/index.ts'
import { publicKeyOf } from '../crypto/index.ts'
import { validateModule } from '../wasm/index.ts'
import { createGenesis, createKernel, identityHash } from '../world/index.ts'
import { decodeBase64, manifestOf, verifiedModule } from './builtin.ts'
import { BUILTIN_SIGNERS, builtinModule, builtinModules, MODULE_SETS } from './index.ts'
import { M1_MODULES } from './generated/m1.ts'

const artifact = (path: string): URL => new URL(`../../artifacts/${path}`, import.meta.url)
const text = (path: string): Promise<string> => readFile(artifact(path), 'utf8')

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'accepted'
}

describe.each(MODULE_SETS)('the modules of %s', (set) => {
  it('are exactly those of the hash list and the identity manifest, with the bytes checked in', async () => {
    const list = new Map((await text(`${set}_builtin_modules.sha256`)).trim().split('\n').map((line) => line.split(' ') as [string, string]))
    const { modules: identities } = JSON.parse(await text(`${set}_builtin_modules.identity.json`)) as { modules: { module_id: string; identity_hash: string; signer_node_id: string }[] }
    const modules = await builtinModules([set])
    const ids = modules.map(({ manifest }) => manifest.module_id)
    expect(ids.length).toBeGreaterThan(0)
    expect(ids).toEqual(ids.toSorted())
    expect([...list.keys()]).toEqual(ids)
    expect(identities.map(({ module_id }) => module_id)).toEqual(ids)
    for (const [index, { manifest, wasm }] of modules.entries()) {
      expect(toHex(sha256(wasm))).toBe(list.get(manifest.module_id))
      expect(new Uint8Array(await readFile(artifact(`modules/${set}/${manifest.module_id}.wasm`)))).toEqual(wasm)
      expect(identityHash(manifest.module_id, manifest.artifact_identity)).toBe(identities[index]!.identity_hash)
    }
  })

  it('are modules that a node accepts', async () => {
    for (const { wasm } of await builtinModules([set])) expect(validateModule(wasm)).toMatchObject({ ok: true, errors: [] })
  })
})

describe('builtinModules', () => {
  it('gives all sets, sorted by id, and a world starts from them with their signers', async () => {
    const modules = await builtinModules()
    const ids = modules.map(({ manifest }) => manifest.module_id)
    expect(new Set(ids.map((id) => id.slice(0, 2)))).toEqual(new Set(MODULE_SETS))
    expect(ids).toEqual(ids.toSorted())
    const genesis = createGenesis({
      name: 'modules', demo: false, time: 0, scenario: 'belt-small', seed: new Uint8Array(32), agents: [], modules, trustedSigners: BUILTIN_SIGNERS,
      validators: [{ validator_id: 'validator-1', public_key: publicKeyOf(new Uint8Array(32)), stake: 1 }],
    })
    const kernel = createKernel(genesis)
    expect(genesis.modules).toHaveLength(modules.length)
    expect(kernel.query('signer/agent-world.builtin.1').value).toEqual({ public_key: BUILTIN_SIGNERS[0]!.public_key })
  })

  it('trusts the signers checked in, and no others', async () => {
    expect(Object.fromEntries(BUILTIN_SIGNERS.map(({ node_id, public_key }) => [node_id, toHex(public_key)]))).toEqual(JSON.parse(await text('trusted_signers.json')))
  })

  it('refuses bytes that are not those of the manifest, text that is no base64, and another signature', () => {
    const embedded = M1_MODULES[3]!
    const manifest = manifestOf(embedded)
    const wasm = decodeBase64(embedded.wasm_base64)
    expect(codeOf(() => verifiedModule(manifest, wasm))).toBe('accepted')
    expect(codeOf(() => verifiedModule(manifest, wasm.slice(1)))).toBe('HASH_MISMATCH')
    expect(codeOf(() => verifiedModule(manifest, decodeBase64('%%%')))).toBe('HASH_MISMATCH')
    expect(codeOf(() => verifiedModule({ ...manifest, limits: { ...manifest.limits, max_gas: 1 } }, wasm))).toBe('SIGNATURE_INVALID')
    const { artifact_identity: identity } = manifest
    expect(codeOf(() => verifiedModule({ ...manifest, artifact_identity: { ...identity, signature_scheme: 'unsigned:dev' } }, wasm))).toBe('SIGNATURE_SCHEME_REFUSED')
    expect(codeOf(() => verifiedModule({ ...manifest, artifact_identity: { ...identity, signer_node_id: 'nobody' } }, wasm))).toBe('SIGNER_UNKNOWN')
  })

  it('names what there is when asked for what there is not', async () => {
    expect((await builtinModule('m1.rule.move')).manifest.version).toMatch(/^\d+\.\d+\.\d+$/)
    await expect(builtinModule('m1.rule.dance')).rejects.toThrow(/m1\.rule\.move/)
    await expect(builtinModule('m1.rule.dance')).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' })
  })
})
