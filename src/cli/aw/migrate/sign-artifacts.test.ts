import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256, toHex, utf8Bytes } from '../../../codec/index.ts'
import { generateKey, platformCrypto, sealKeystore, signNative } from '../../../vault/index.ts'
import { trustedSignersOf, verifyArtifactIdentity } from '../../../world/index.ts'
import { answering } from '../../../world/testing/hand-made.ts'
import type { ModuleSigner } from '../artifact/sign.ts'
import { formatManifest, readModuleManifest } from '../module-files.ts'
import type { Terminal } from '../terminal.ts'
import { run } from '../migrate.ts'
import { applyMigration, JOURNAL_NAME, planMigration } from './sign-artifacts.ts'
import type { AfterStep, FileReport } from './sign-artifacts.ts'

const SOURCE = '1'.repeat(64)
const BUILD = '2'.repeat(64)
const refusal = (code: string): unknown => expect.objectContaining({ code })

let root = ''
let signer: ModuleSigner
const at = (...names: string[]): string => join(root, ...names)
const legacy = (): string => at('legacy')

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'aw-migrate-'))
  mkdirSync(legacy())
  const { subtle } = platformCrypto()
  const { publicKey, secret } = await generateKey(subtle)
  signer = { node_id: 'release.1', publicKey, sign: (payload) => signNative(subtle, secret, payload) }
})
afterEach(() => rmSync(root, { recursive: true }))

/** A module as the earlier system kept it: `change` lies over the manifest. */
function put(name: string, change: Record<string, unknown> = {}, seed = name): string {
  const { manifest, wasm } = answering(`m9.rule.${name}`, utf8Bytes(seed))
  const { artifact_identity: _, abi_version: __, subscriptions, ...fields } = manifest
  const json = {
    ...fields, name: `The rule ${name}`, subscriptions: [{ ...subscriptions, stage: undefined }], abi_contract: { abi_version: 1, input_schema: null, output_schema: null, cap_slots: {}, policy_hooks: [], gameplay: null },
    artifact_identity: { source_hash: SOURCE, build_manifest_hash: BUILD, signer_node_id: 'unsigned', signature_scheme: 'unsigned', artifact_signature: 'unsigned:none' }, ...change,
  }
  writeFileSync(join(legacy(), `${name}.json`), JSON.stringify(json))
  writeFileSync(join(legacy(), `${name}.wasm`), wasm)
  return manifest.wasm_hash
}

const identity = (scheme: string, signature: string): Record<string, unknown> => ({ artifact_identity: { source_hash: SOURCE, build_manifest_hash: BUILD, signer_node_id: 'builtin.module.release.signer', signature_scheme: scheme, artifact_signature: signature } })
const brief = (files: readonly FileReport[]): unknown[] => files.map(({ file, was, action, code }) => [file, was, action, code])

function treeOf(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).sort().map((name) => [name, toHex(sha256(readFileSync(join(folder, name))))]))
}

describe('signing legacy modules anew', () => {
  it('tells apart what vouched for each, and signs all of them over the whole manifest', async () => {
    put('bare', { artifact_identity: { source_hash: SOURCE, build_manifest_hash: BUILD } })
    put('keyless', identity('identity_hash_v1', `idhash:${'3'.repeat(64)}`))
    put('old', identity('ed25519', `modsig:ed25519:v1:${'4'.repeat(128)}`))
    put('strange', identity('rot13', 'abc'))
    put('unsigned')
    const plan = planMigration(legacy(), [])
    expect(brief(plan.files)).toEqual([
      ['bare.json', 'unknown_scheme', 'sign', null], ['keyless.json', 'keyless', 'sign', null], ['old.json', 'old_ed25519', 'sign', null], ['strange.json', 'unknown_scheme', 'sign', null],
      ['unsigned.json', 'unsigned', 'sign', null],
    ])
    expect(plan).toMatchObject({ applied: false, counts: { sign: 5, keep: 0, done: 0, fail: 0 } })
    const report = await applyMigration(legacy(), at('out'), signer)
    expect(report.counts).toEqual({ sign: 5, keep: 0, done: 0, fail: 0 })
    for (const { out } of report.files) {
      const manifest = readModuleManifest(at('out', out!))
      const wasm = readFileSync(at('out', out!.replace('.manifest.json', '.wasm')))
      verifyArtifactIdentity(manifest, trustedSignersOf([{ node_id: 'release.1', public_key: signer.publicKey }]), wasm)
      expect(manifest).toMatchObject({ abi_version: 1, subscriptions: { stage: 'pre_action' }, artifact_identity: { source_hash: SOURCE, build_manifest_hash: BUILD, signer_node_id: 'release.1' } })
      expect(manifest).not.toHaveProperty('name')
    }
  })

  it('writes nothing in a dry run and never touches an original', async () => {
    put('one')
    const before = treeOf(legacy())
    planMigration(legacy(), [])
    expect(readdirSync(root)).toEqual(['legacy'])
    await applyMigration(legacy(), at('out'), signer)
    expect(treeOf(legacy())).toEqual(before)
  })

  it('names what a person must mend, file by file, and does the rest', async () => {
    put('good')
    put('bytes', { wasm_hash: '5'.repeat(64) })
    put('gone', { wasm_hash: '6'.repeat(64) })
    rmSync(join(legacy(), 'gone.wasm'))
    put('twice', { subscriptions: [{ action_kinds: ['a'] }, { action_kinds: ['b'] }] })
    put('greedy', { limits: { max_mem_bytes: 1e15 } })
    put('nowhere', { artifact_identity: { source_hash: '', build_manifest_hash: '', signature_scheme: 'unsigned', signer_node_id: 'unsigned', artifact_signature: 'unsigned:' } })
    put('same', { module_id: 'm9.rule.good' }, 'good')
    writeFileSync(join(legacy(), 'note.json'), '{"no": "manifest"}')
    writeFileSync(join(legacy(), 'broken.json'), '{')
    const { files, counts } = await applyMigration(legacy(), at('out'), signer)
    expect(brief(files)).toEqual([
      ['bytes.json', 'unsigned', 'fail', 'HASH_MISMATCH'], ['gone.json', 'unsigned', 'fail', 'WASM_MISSING'], ['good.json', 'unsigned', 'sign', null], ['greedy.json', 'unsigned', 'fail', 'MANIFEST_UNFIT'],
      ['nowhere.json', 'unsigned', 'fail', 'ORIGIN_UNKNOWN'], ['same.json', 'unsigned', 'fail', 'VERSION_TWICE'], ['twice.json', 'unsigned', 'fail', 'MANIFEST_UNFIT'],
    ])
    expect(counts).toEqual({ sign: 1, keep: 0, done: 0, fail: 6 })
    expect(readdirSync(at('out')).sort()).toEqual(['m9.rule.good@1.0.0.manifest.json', 'm9.rule.good@1.0.0.wasm', JOURNAL_NAME].sort())
  })

  it('takes origins from an identity manifest whose hashes hold, and bytes from a blob store', async () => {
    const none = { artifact_identity: { signature_scheme: 'unsigned', signer_node_id: 'unsigned', artifact_signature: 'unsigned:' } }
    const hash = put('good', none)
    put('bad', none)
    mkdirSync(join(legacy(), 'blobs'))
    writeFileSync(join(legacy(), 'blobs', `${hash}.blob`), readFileSync(join(legacy(), 'good.wasm')))
    rmSync(join(legacy(), 'good.wasm'))
    const entry = (name: string, identity_hash: string): object => ({ module_id: `m9.rule.${name}`, hash_tokens: [], source_hash: SOURCE, build_manifest_hash: BUILD, identity_hash })
    writeFileSync(join(legacy(), 'm9_builtin_modules.identity.json'), JSON.stringify({
      schema_version: 1, module_set: 'm9', build_recipe: {}, modules: [entry('good', toHex(sha256(utf8Bytes(`m9.rule.good:${SOURCE}:${BUILD}`)))), entry('bad', '7'.repeat(64))],
    }))
    expect(brief(planMigration(legacy(), []).files)).toEqual([['bad.json', 'unsigned', 'fail', 'ORIGIN_UNKNOWN'], ['good.json', 'unsigned', 'sign', null]])
  })

  it('keeps what a trusted signer signed already', async () => {
    put('one')
    await applyMigration(legacy(), at('first'), signer)
    const again = await applyMigration(at('first'), at('second'), signer)
    expect(again.counts).toEqual({ sign: 0, keep: 1, done: 0, fail: 0 })
    const { [JOURNAL_NAME]: _, ...first } = treeOf(at('first'))
    const { [JOURNAL_NAME]: __, ...second } = treeOf(at('second'))
    expect(second).toEqual(first)
  })

  it('turns filters and contracts into their counterparts', async () => {
    put('filtered', {
      subscriptions: [{ event_kinds: ['agent.moved'], action_kinds: [], filters: { event: [{ path: '/distance', gt: 5 }] } }],
      abi_contract: { abi_version: 1, cap_slots: { out: 'http.fetch' }, policy_hooks: [], gameplay: { kind: 'war', game_modes: ['duel'], min_players: 2 } }, required_caps: ['http.fetch'],
    })
    await applyMigration(legacy(), at('out'), signer)
    expect(readModuleManifest(at('out', 'm9.rule.filtered@1.0.0.manifest.json'))).toMatchObject({
      subscriptions: { stage: 'post_event', event_kinds: ['agent.moved'], filters: { all: [{ path: '/distance', gt: 5 }] } },
      abi_contract: { cap_slots: { out: 'http.fetch' }, gameplay: { kind: 'war' } },
    })
  })
})

describe('an interrupted run', () => {
  class Crash extends Error {}
  const dieAt = (step: number): AfterStep => {
    let count = 0
    return () => {
      if (++count === step) throw new Crash()
    }
  }

  it('goes on where it was, whatever moment it died at, and gives the same files', async () => {
    for (const name of ['a', 'b', 'c']) put(name)
    await applyMigration(legacy(), at('whole'), signer)
    const expected = treeOf(at('whole'))
    for (let step = 1; step <= 9; step++) {
      const out = at(`out-${step}`)
      await expect(applyMigration(legacy(), out, signer, dieAt(step))).rejects.toBeInstanceOf(Crash)
      const { counts } = await applyMigration(legacy(), out, signer)
      expect(counts, `died at step ${step}`).toEqual({ sign: 3 - Math.floor(step / 3), keep: 0, done: Math.floor(step / 3), fail: 0 })
      expect(treeOf(out)).toEqual(expected)
    }
  })

  it('passes over a line that was cut off, and does a file again that changed since', async () => {
    put('a')
    put('b')
    await applyMigration(legacy(), at('out'), signer)
    appendFileSync(at('out', JOURNAL_NAME), '{"file":"c.js')
    put('b', { version: '1.0.1' })
    rmSync(at('out', 'm9.rule.a@1.0.0.manifest.json'))
    const { files } = await applyMigration(legacy(), at('out'), signer)
    expect(files.map(({ action, out }) => [action, out])).toEqual([['sign', 'm9.rule.a@1.0.0.manifest.json'], ['sign', 'm9.rule.b@1.0.1.manifest.json']])
    expect(readFileSync(at('out', JOURNAL_NAME), 'utf8')).not.toContain('c.js')
    expect((await applyMigration(legacy(), at('out'), signer)).counts).toMatchObject({ sign: 0, done: 2 })
  })

  it('is not taken up with another key', async () => {
    put('a')
    await applyMigration(legacy(), at('out'), signer)
    await expect(applyMigration(legacy(), at('out'), { ...signer, publicKey: new Uint8Array(32).fill(9) })).rejects.toThrowError(refusal('JOURNAL_DIFFERS'))
    writeFileSync(at('out', JOURNAL_NAME), 'something else\n')
    await expect(applyMigration(legacy(), at('out'), signer)).rejects.toThrowError(refusal('JOURNAL_INVALID'))
  })
})

describe('aw migrate', () => {
  const printed: string[] = []
  const terminal: Terminal = { print: (text) => void printed.push(text), secret: async () => '', line: async () => '' }
  const migrate = (...args: string[]): Promise<number> => run(['sign-artifacts', legacy(), ...args], { terminal, note: () => {}, openChain: () => Promise.reject(new Error('no chain is needed')) })

  it('shows what it would do, then does it with a keystore, and says by its status that files failed', async () => {
    put('good')
    const crypto = platformCrypto()
    writeFileSync(at('pass'), 'correct horse battery staple\n')
    writeFileSync(at('key.awkey.json'), await sealKeystore(crypto, await generateKey(crypto.subtle), {
      label: 'release', world_id: null, passphrase: 'correct horse battery staple', params: { memory_kib: 1024, iterations: 1, parallelism: 1 },
    }))
    expect(await migrate()).toBe(0)
    expect(printed.at(-1)).toContain('1 to sign, 0 kept, 0 done before, 0 failed; nothing was written.')
    await expect(migrate('--apply')).rejects.toThrowError(refusal('FLAG_VALUE'))
    const signing = ['--apply', '--signer', 'release.1', '--key', at('key.awkey.json'), '--passphrase-file', at('pass')]
    await expect(migrate(...signing, '--out', join(legacy(), 'out'))).rejects.toThrowError(refusal('OUT_INSIDE'))
    expect(existsSync(join(legacy(), 'out'))).toBe(false)
    expect(await migrate(...signing, '--out', at('out'))).toBe(0)
    put('bad', { wasm_hash: '5'.repeat(64) })
    expect(await migrate(...signing, '--out', at('out'), '--json')).toBe(3)
    expect(JSON.parse(printed.at(-1)!)).toMatchObject({ ok: false, applied: true, counts: { sign: 0, done: 1, fail: 1 } })
    await expect(run(['sign-artifacts', at('nothing')], { terminal, note: () => {}, openChain: () => Promise.reject(new Error()) })).rejects.toThrowError(refusal('DIRECTORY_UNREADABLE'))
  })

  it('writes manifests that are read back as they were', () => {
    const { manifest } = answering('m9.rule.one', utf8Bytes('one'))
    writeFileSync(at('one.manifest.json'), formatManifest(manifest))
    expect(readModuleManifest(at('one.manifest.json'))).toEqual(manifest)
  })
})
