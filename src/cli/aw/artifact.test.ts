import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256, toHex, utf8Bytes } from '../../codec/index.ts'
import { builtinModule } from '../../artifacts/index.ts'
import { trustedSignersOf, verifyArtifactIdentity } from '../../world/index.ts'
import { answering } from '../../world/testing/hand-made.ts'
import { signerOf, testGenesis } from '../../world/testing/test-world.ts'
import { run } from './artifact.ts'
import { hashOfSource } from './artifact/origin.ts'
import { readModuleManifest } from './module-files.ts'
import { run as proposalRun } from './proposal.ts'
import { GovernedChain, Shell } from './testing/governed-chain.ts'

const refusal = (code: string): unknown => expect.objectContaining({ code })
const MOVE = 'm1.rule.move'

let shell: Shell
let key: readonly string[]
beforeEach(async () => {
  const trustedSigners = [...testGenesis().trusted_signers, { node_id: 'release.1', public_key: signerOf('release').publicKey }]
  shell = new Shell(new GovernedChain({}, { trustedSigners }))
  key = (await shell.keyOf('release')).slice(0, -1)
  writeFileSync(shell.at('move.wasm'), (await builtinModule(MOVE)).wasm)
  writeFileSync(shell.at('source.ts'), 'export const price = 2')
})
afterEach(() => shell.dispose())

const artifact = (...args: readonly string[]): Promise<number> => run(args, shell.components)
const signMove = (...args: readonly string[]): Promise<number> =>
  artifact('sign', shell.at('move.wasm'), '--id', MOVE, '--version', '1.1.0', '--signer', 'release.1', '--source', shell.at('source.ts'), ...key, ...args)

describe('aw artifact', () => {
  it('signs bytes with the manifest of the active version, and what it asked for differently', async () => {
    writeFileSync(shell.at('changes.json'), JSON.stringify({ limits: { max_mem_bytes: 524_288, max_gas: 300_000, max_call_rate: 20_000, max_output_bytes: 4_096, max_effects: 0, max_emits: 2 } }))
    expect(await signMove('--changes', shell.at('changes.json'))).toBe(0)
    const manifest = readModuleManifest(shell.at('move.manifest.json'))
    const { manifest: before, wasm } = await builtinModule(MOVE)
    verifyArtifactIdentity(manifest, trustedSignersOf([{ node_id: 'release.1', public_key: signerOf('release').publicKey }]), wasm)
    expect(manifest).toMatchObject({
      module_id: MOVE, version: '1.1.0', subscriptions: before.subscriptions, limits: { max_gas: 300_000 },
      artifact_identity: { source_hash: toHex(sha256(utf8Bytes('export const price = 2'))), build_manifest_hash: before.artifact_identity.build_manifest_hash, signer_node_id: 'release.1' },
    })
    expect(await artifact('check', shell.at('move.manifest.json'), '--json')).toBe(0)
    expect(JSON.parse(shell.last())).toMatchObject({ ok: true })
    expect(await artifact('check', shell.at('move.manifest.json'), '--signer-key', toHex(signerOf('release').publicKey))).toBe(0)
  })

  it('says what a world would refuse', async () => {
    expect(await signMove('--out', shell.at('old.manifest.json'), '--version', '1.0.0')).toBe(0)
    expect(await artifact('check', shell.at('old.manifest.json'), '--wasm', shell.at('move.wasm'))).toBe(1)
    expect(shell.last()).toContain('FAIL  version: 1.0.0 is the newest registered')
    expect(await signMove('--out', shell.at('other.manifest.json'), '--signer', 'nobody')).toBe(0)
    expect(await artifact('check', shell.at('other.manifest.json'), '--wasm', shell.at('move.wasm'))).toBe(1)
    expect(shell.last()).toContain('FAIL  identity: SIGNER_UNKNOWN')
    writeFileSync(shell.at('bytes.wasm'), answering('m9.rule.x', new Uint8Array(8)).wasm)
    expect(await artifact('check', shell.at('old.manifest.json'), '--wasm', shell.at('bytes.wasm'))).toBe(1)
    expect(shell.last()).toContain('FAIL  bytes')
    const changed = readFileSync(shell.at('other.manifest.json'), 'utf8').replace('"max_emits": 2', '"max_emits": 9')
    writeFileSync(shell.at('changed.manifest.json'), changed.replace('"nobody"', '"release.1"'))
    expect(await artifact('check', shell.at('changed.manifest.json'), '--wasm', shell.at('move.wasm'))).toBe(1)
    expect(shell.last()).toContain('FAIL  identity: SIGNATURE_INVALID')
  })

  it('signs nothing that no node would run, or whose origin nobody knows', async () => {
    writeFileSync(shell.at('bad.wasm'), 'no module')
    const sign = (file: string, ...args: readonly string[]): Promise<number> => artifact('sign', shell.at(file), '--id', MOVE, '--version', '1.1.0', '--signer', 'release.1', ...key, ...args)
    await expect(sign('bad.wasm', '--source', shell.at('source.ts'))).rejects.toThrowError(refusal('MODULE_INVALID'))
    await expect(sign('move.wasm')).rejects.toThrowError(refusal('SOURCE_UNKNOWN'))
    writeFileSync(shell.at('move.build.json'), JSON.stringify({ module_id: MOVE, wasm_hash: '1'.repeat(64), source_hash: '2'.repeat(64), build_manifest_hash: '3'.repeat(64) }))
    await expect(sign('move.wasm')).rejects.toThrowError(refusal('BUILD_FILE_STALE'))
    await expect(artifact('sign', shell.at('move.wasm'), '--id', 'm9.rule.none', '--version', '1.0.0', '--signer', 'release.1', ...key)).rejects.toThrowError(refusal('MODULE_NOT_ACTIVE'))
    await expect(artifact('sign', shell.at('move.wasm'), ...key)).rejects.toThrowError(refusal('FLAG_VALUE'))
    await expect(artifact('forge', 'x')).rejects.toThrowError(refusal('COMMAND_UNKNOWN'))
    await expect(artifact('check', shell.at('source.ts'))).rejects.toThrowError(refusal('JSON_INVALID'))
  })

  it('needs no world where the manifest to begin with is at hand', async () => {
    shell.components.openChain = () => Promise.reject(new Error('no chain is needed'))
    expect(await signMove('--from', 'builtin')).toBe(0)
    expect(await signMove('--from', shell.at('move.manifest.json'), '--out', shell.at('next.manifest.json'), '--version', '1.2.0')).toBe(0)
    expect(readModuleManifest(shell.at('next.manifest.json'))).toMatchObject({ module_id: MOVE, version: '1.2.0' })
  })

  it('names a folder of sources by paths and contents', () => {
    mkdirSync(shell.at('src/deep'), { recursive: true })
    writeFileSync(shell.at('src/b.c'), 'b')
    writeFileSync(shell.at('src/deep/a.c'), 'a')
    const lines = `agent-world/foreign-source/v1\nfile b.c ${toHex(sha256(utf8Bytes('b')))}\nfile deep/a.c ${toHex(sha256(utf8Bytes('a')))}\n`
    expect(hashOfSource(shell.at('src'))).toBe(toHex(sha256(utf8Bytes(lines))))
    expect(() => hashOfSource(shell.at('none'))).toThrowError(refusal('FILE_UNREADABLE'))
  })

  it('goes into the world by a proposal that puts the bytes on record first', async () => {
    const { wasm } = answering('m9.rule.new', utf8Bytes('new'))
    const { manifest } = await builtinModule(MOVE)
    writeFileSync(shell.at('new.wasm'), wasm)
    writeFileSync(shell.at('from.json'), JSON.stringify({ ...manifest, artifact_identity: undefined }))
    expect(await artifact(
      'sign', shell.at('new.wasm'), '--id', 'm9.rule.new', '--version', '1.0.0', '--signer', 'release.1', '--from', shell.at('from.json'), '--source', shell.at('source.ts'), '--recipe-hash', 'a'.repeat(64), ...key,
    )).toBe(0)
    const propose = async (...args: readonly string[]): Promise<number> =>
      proposalRun(['new', '--title', 'A new rule', '--register', 'm9.rule.new', '--wasm', shell.at('new.wasm'), '--activate', 'm9.rule.new@1.0.0', '--json', ...(await shell.keyOf('s1')), ...args], shell.components)
    await expect(propose()).rejects.toThrowError(refusal('ARTIFACT_MISSING'))
    await shell.keyOf('ann')
    expect(await propose('--agent-key', shell.at('ann.awkey.json'), '--agent-passphrase-file', shell.at('pass'))).toBe(0)
    const { proposal_id } = JSON.parse(shell.last()) as { proposal_id: string }
    expect(await proposalRun(['watch', proposal_id, '--until', 'shadowed'], shell.components)).toBe(0)
    expect(shell.chain.report(proposal_id).errors).toEqual([])
    writeFileSync(shell.at('new.wasm'), 'other bytes')
    await expect(propose()).rejects.toThrowError(refusal('HASH_MISMATCH'))
  })
})
