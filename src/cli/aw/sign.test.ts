import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acceptResponse, digestWords, encodeRequest, groupedHex, importSeed, platformCrypto, proposalIdOf, sealKeystore, signingDigest, toChunks } from '../../vault/index.ts'
import type { Intent } from '../../vault/index.ts'
import { ada, approval, bob, moving, OTHER_WORLD, proposing, WORLD } from '../../vault/testing/intents.ts'
import { run } from './sign.ts'
import type { Terminal } from './terminal.ts'

const argon2 = { memory_kib: 1024, iterations: 1, parallelism: 1 } as const
const PASSPHRASE = 'correct horse battery staple'
const refusal = (code: string): unknown => expect.objectContaining({ code })

let directory = ''
let printed: string[] = []
let typed: string[] = []
const terminal: Terminal = { print: (text) => void printed.push(text), secret: async () => typed.shift() ?? '', line: async () => typed.shift() ?? '' }
const at = (name: string): string => join(directory, name)
const output = (): string => printed.join('\n')

async function keyFile(name: string, seed: number, publicKey: Uint8Array, worldId: string | null = null): Promise<void> {
  const crypto = platformCrypto()
  const key = await importSeed(crypto.subtle, new Uint8Array(32).fill(seed), publicKey)
  writeFileSync(at(`${name}.awkey.json`), await sealKeystore(crypto, key, { label: name, world_id: worldId, passphrase: PASSPHRASE, params: argon2 }))
}

function requestFor(intent: Intent, publicKey = ada.publicKey): Uint8Array {
  const request = encodeRequest(intent, publicKey, platformCrypto().randomBytes)
  writeFileSync(at('r.awsign'), request)
  return request
}

const sign = (...args: string[]): Promise<number> => run([at('r.awsign'), '--keys', directory, '--passphrase-file', at('pass'), ...args], terminal)

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'aw-sign-'))
  printed = []
  typed = []
  writeFileSync(at('pass'), `${PASSPHRASE}\n`)
  await keyFile('ada', 1, ada.publicKey)
  await keyFile('bob', 2, bob.publicKey)
})
afterEach(() => rmSync(directory, { recursive: true }))

/** An approval whose patch lowers nothing but touches the rules of signing. */
async function strictApproval(): Promise<Intent> {
  const { proposalOf, reportOf, certificateOf, baseManifest } = await import('../../vault/testing/intents.ts')
  const base = baseManifest()
  const proposal = proposalOf(base, {
    patch: [{ op: 'set', path: ['governance', 'threshold'], value: 3 }], module_changes: { register: [], upgrade: [], activate: [], deactivate: [] },
  })
  const next = { ...base, version: base.version + 1, governance: { ...base.governance, threshold: 3, epoch_id: 2 } }
  const report = reportOf(proposal)
  return { ...approval(), proposal, proposal_id: proposalIdOf(proposal), report: report as never, next_manifest: next as never, certificate: certificateOf(base, next, report) }
}

describe('aw sign', () => {
  it('shows dangers first, asks, and writes a response that the page accepts', async () => {
    const request = requestFor(approval())
    typed = ['sign']
    expect(await sign()).toBe(0)
    expect(output()).toMatch(/^signer\/ada approves: replace module m1\.rule\.move 1\.0\.0 → 1\.1\.0\.\n\nDANGERS\n/)
    expect(output().indexOf('DANGERS')).toBeLessThan(output().indexOf('What changes'))
    expect(output()).toContain('rejection INSUFFICIENT_BALANCE: +2')
    expect(output()).toContain('| Moving costs more')
    expect(output()).not.toContain('FAIL')
    await expect(acceptResponse(request, readFileSync(at('r.awsig')), 20)).resolves.toMatchObject({ public_key: ada.publicKey })
  })

  it('signs nothing unless told to', async () => {
    requestFor(approval())
    typed = ['yes, sure']
    await expect(sign()).rejects.toThrowError(refusal('DECLINED'))
    expect(await sign('--show-only')).toBe(0)
    expect(existsSync(at('r.awsig'))).toBe(false)
  })

  it('picks the key the request names, and refuses another', async () => {
    requestFor({ ...approval(), actor: 'signer/bob' }, bob.publicKey)
    expect(await sign('--yes')).toBe(0)
    await expect(sign('--yes', '--key', at('ada.awkey.json'), '--out', at('x'))).rejects.toThrowError(refusal('KEY_NOT_FOUND'))
  })

  it('refuses a request whose content is not what its hashes say, and says which', async () => {
    const intent = approval()
    requestFor({ ...intent, proposal: { ...intent.proposal, title: 'Nothing to see' } })
    await expect(sign('--yes')).rejects.toThrowError(expect.objectContaining({ code: 'INTENT_MISMATCH', message: expect.stringContaining('proposal_id') }))
    expect(output()).toContain('FAIL  proposal_id')
    expect(existsSync(at('r.awsig'))).toBe(false)
  })

  it('refuses a key outside the signer set', async () => {
    requestFor(approval(), bob.publicKey)
    await expect(sign('--yes')).rejects.toThrowError(refusal('SIGNER_NOT_IN_SET'))
  })

  it('keeps to a world, by flag or by key', async () => {
    requestFor(moving())
    await expect(sign('--yes', '--world', OTHER_WORLD)).rejects.toThrowError(refusal('WRONG_WORLD'))
    expect(await sign('--yes', '--world', WORLD)).toBe(0)
    await keyFile('ada', 1, ada.publicKey, OTHER_WORLD)
    await expect(sign('--yes', '--out', at('x'))).rejects.toThrowError(refusal('WRONG_WORLD'))
  })

  it('wants a change of the rules of signing compared on another device', async () => {
    const intent = await strictApproval()
    requestFor(intent)
    await expect(sign('--yes')).rejects.toThrowError(refusal('NOT_COMPARED'))
    expect(output()).toContain('How many signers a change needs: 2 → 3.')
    const digits = (intent as { proposal_id: string }).proposal_id.slice(0, 8)
    typed = [digits, 'sign']
    expect(await sign()).toBe(0)
    expect(await sign('--yes', '--compared', digits, '--out', at('again.awsig'))).toBe(0)
    const digest = signingDigest(intent, ada.publicKey)!
    expect(output()).toContain(`signing_digest      ${groupedHex(digest)}`)
    expect(output()).toContain(digestWords(digest))
    expect(await sign('--yes', '--compared', digest.slice(0, 8), '--out', at('digest.awsig'))).toBe(0)
    await expect(sign('--yes', '--compared', digest.slice(1, 9), '--out', at('wrong.awsig'))).rejects.toThrowError(refusal('NOT_COMPARED'))
  })

  it('shows and signs a return to a checkpoint, from codes to codes', async () => {
    const { proposalOf } = await import('../../vault/testing/intents.ts')
    const intent = proposing()
    const proposal = proposalOf(intent.base_manifest, {
      author: 'signer/ada', rollback: { height: 200, state_root: '5'.repeat(64) }, module_changes: { register: [], upgrade: [], activate: [], deactivate: [] },
    })
    const request = encodeRequest({ ...intent, proposal, proposal_id: proposalIdOf(proposal) }, ada.publicKey, platformCrypto().randomBytes)
    writeFileSync(at('codes.txt'), toChunks(request).join('\n'))
    const args = [at('codes.txt'), '--keys', directory, '--passphrase-file', at('pass'), '--yes', '--chunks']
    await expect(run(args, terminal)).rejects.toThrowError(refusal('NOT_COMPARED'))
    expect(output()).toContain('signer/ada proposes to take the world back to height 200.')
    expect(output()).toContain('what agents did and earned since is undone')
    expect(await run([...args, '--compared', proposalIdOf(proposal).slice(0, 8)], terminal)).toBe(0)
    await expect(acceptResponse(request, readFileSync(at('codes.awsig')), 20)).resolves.toMatchObject({ public_key: ada.publicKey })
  })

  it('refuses a wrong passphrase and overwrites no response', async () => {
    requestFor(moving())
    writeFileSync(at('wrong'), 'not the passphrase')
    await expect(run([at('r.awsign'), '--keys', directory, '--passphrase-file', at('wrong'), '--yes'], terminal)).rejects.toThrowError(refusal('KEYSTORE_NOT_OPENED'))
    await sign('--yes')
    const before = readFileSync(at('r.awsig'))
    await expect(sign('--yes')).rejects.toThrowError(refusal('FILE_EXISTS'))
    expect(readFileSync(at('r.awsig'))).toEqual(before)
  })

  it('reads requests from codes and prints responses as codes', async () => {
    const request = encodeRequest(approval(), ada.publicKey, platformCrypto().randomBytes)
    const codes = toChunks(request)
    writeFileSync(at('codes.txt'), codes.toReversed().join('\n'))
    expect(await run([at('codes.txt'), '--keys', directory, '--passphrase-file', at('pass'), '--yes', '--chunks'], terminal)).toBe(0)
    expect(printed.at(-1)).toMatch(/^AWQ1\//)
    await expect(acceptResponse(request, readFileSync(at('codes.awsig')), null)).resolves.toBeDefined()
    writeFileSync(at('codes.txt'), codes.slice(1).join('\n'))
    await expect(run([at('codes.txt')], terminal)).rejects.toThrowError(refusal('CHUNKS_MISSING'))
  })

  it('refuses files that are no requests', async () => {
    writeFileSync(at('r.awsign'), 'hello')
    await expect(sign('--yes')).rejects.toThrowError(refusal('REQUEST_INVALID'))
    await expect(run([at('nowhere')], terminal)).rejects.toThrowError(refusal('FILE_UNREADABLE'))
    expect(await run([], terminal)).toBe(2)
    expect(await run(['--help'], terminal)).toBe(0)
  })

  it('shows hidden and imitated characters of the proposer as codes', async () => {
    const { proposalOf, reportOf, certificateOf, nextManifest } = await import('../../vault/testing/intents.ts')
    const intent = approval()
    const proposal = proposalOf(intent.base_manifest, { title: 'pa\u0443 \u202Eevil\u001b[2J', description: 'a\nb' })
    const report = reportOf(proposal)
    requestFor({
      ...intent, proposal, proposal_id: proposalIdOf(proposal), report: report as never,
      certificate: certificateOf(intent.base_manifest, nextManifest(intent.base_manifest), report),
    })
    expect(await sign('--show-only')).toBe(0)
    expect(output()).toContain('| pa\\u{443} \\u{202e}evil\\u{1b}[2J')
  })
})
