import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeCanonical, governanceCertificatePayload, governanceCertificateSchema, toHex } from '../../codec/index.ts'
import type { GovernanceFinalityCertificate, Value } from '../../codec/index.ts'
import { frost, verifyEd25519Portable } from '../../crypto/index.ts'
import { checkIntent, encodeRequest, importSeed, platformCrypto, sealKeystore } from '../../vault/index.ts'
import { GovernedWorld } from '../../world/governance/testing/governed-world.ts'
import { seedOf, signerOf } from '../../world/testing/test-world.ts'
import { run } from './frost.ts'
import { decodeCeremony, decodeGroup } from './frost/ceremony.ts'
import { post, readMail } from './frost/mail.ts'
import { readJson } from './json.ts'
import { applyIntent, approveIntent } from './proposal/intents.ts'

const AW = fileURLToPath(new URL('../aw.ts', import.meta.url))
const IDS = ['s1', 's2', 's3'] as const
const PASSPHRASE = 'correct horse battery staple'
const CHEAP = { memory_kib: 1024, iterations: 1, parallelism: 1 }

let directory: string
let printed: string[]
const at = (...parts: string[]): string => join(directory, ...parts)
const world = new GovernedWorld()

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'aw-frost-'))
  printed = []
  writeFileSync(at('pass'), `${PASSPHRASE}\n`)
  mkdirSync(at('mail'))
  for (const id of [...IDS, 'stranger']) {
    const { publicKey } = signerOf(id)
    const key = await importSeed(crypto.subtle, seedOf(id), publicKey)
    writeFileSync(at(`${id}.awkey.json`), await sealKeystore(platformCrypto(), key, { label: id, world_id: null, passphrase: PASSPHRASE, params: CHEAP }))
  }
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const participants = IDS.map((id) => `${id}=${toHex(signerOf(id).publicKey)}`).join(',')
const SETUP = (out = 'ceremony'): string[] => ['dkg', 'setup', '--world', world.kernel.worldId, '--threshold', '2', '--participants', participants, '--out', at(out)]
const keyed = (id: string, mail: string): string[] => ['--key', at(`${id}.awkey.json`), '--passphrase-file', at('pass'), '--mail', at(mail)]
const step = (name: string, id: string, mail = 'mail'): string[] => ['dkg', name, at('ceremony'), ...keyed(id, mail), '--progress', at(`${id}.progress`), ...(name === 'confirm' ? ['--out', at(`${id}.share`)] : [])]
const using = (name: string, id: string, ...more: readonly string[]): string[] => [name, at('r.awsign'), ...keyed(id, 'mail'), '--share', at(`${id}.share`), ...more]

type Outcome = { readonly code: string | null; readonly output: string }
/** In this process. */
async function aw(args: readonly string[]): Promise<Outcome> {
  const terminal = { print: (text: string) => void printed.push(text), secret: async () => PASSPHRASE, line: async () => 'sign' }
  try {
    await run(args, terminal)
    return { code: null, output: printed.join('\n') }
  } catch (error) {
    return { code: (error as { code: string }).code, output: (error as Error).message }
  }
}
/** As a program of its own. */
function awProcess(args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', AW, 'frost', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [output, errors] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    child.on('error', reject)
    child.on('close', (status) => resolve(status === 0 ? { code: null, output } : { code: /^([A-Z_]+):/m.exec(errors)?.[1] ?? errors, output: errors }))
  })
}
async function all(name: string, execute: (args: readonly string[]) => Promise<Outcome> = aw, ids: readonly string[] = IDS): Promise<void> {
  for (const outcome of await Promise.all(ids.map((id) => execute(step(name, id))))) expect(outcome.code, outcome.output).toBeNull()
}
async function makeKey(execute = aw): Promise<Uint8Array> {
  expect((await execute(SETUP())).code).toBeNull()
  for (const name of ['start', 'deal', 'finish', 'confirm']) await all(name, execute)
  return decodeGroup(readFileSync(at('s1.share.group'))).group.publicKey
}

/** Makes a key that of the world by a proposal, asks for another change, and for its approval. A world of the same genesis has the same id. */
async function proposalUnder(group_key: Uint8Array, governed = new GovernedWorld()): Promise<{ readonly governed: GovernedWorld; readonly id: string }> {
  await governed.passes(await governed.proposeAndShadow({ patch: [{ op: 'set', path: ['governance', 'group_key'], value: group_key }] }))
  const id = await governed.proposeAndShadow({ patch: [{ op: 'set', path: ['governance', 'shadow_blocks'], value: 5 }] })
  const frame = { world_id: governed.kernel.worldId, actor: 'signer/s2', nonce: 2, valid_until_height: 900 }
  const intent = approveIntent({ get: (key: string) => governed.read(key) as Value } as never, frame, id)
  rmSync(at('r.awsign'), { force: true })
  writeFileSync(at('r.awsign'), encodeRequest(intent, signerOf('s2').publicKey, platformCrypto().randomBytes))
  compared = id.slice(0, 8)
  return { governed, id }
}
let compared = ''
const signing = (id: string, ...more: readonly string[]): string[] => using('sign', id, '--yes', '--compared', compared, ...more)
const aggregating = (...more: readonly string[]): string[] => ['aggregate', at('r.awsign'), '--group', at('s2.share.group'), '--mail', at('mail'), '--out', at('certificate.json'), ...more]
const certificateIn = (file: string): Extract<GovernanceFinalityCertificate, { readonly scheme: 'frost' }> => governanceCertificateSchema.parse(readJson(at(file)), '') as never
const messages = (type: string): string[] => readdirSync(at('mail')).filter((name) => name.includes(type))

describe('a ceremony of three in processes of their own', () => {
  it('makes a key and a certificate the kernel applies', async () => {
    const publicKey = await makeKey(awProcess)
    for (const id of IDS) {
      expect(decodeGroup(readFileSync(at(`${id}.share.group`))).group.publicKey).toEqual(publicKey)
      expect(statSync(at(`${id}.share`)).mode & 0o777).toBe(0o600)
      expect(existsSync(at(`${id}.progress`))).toBe(false)
    }
    expect(messages('secret-share')).toHaveLength(6)
    const { governed, id } = await proposalUnder(publicKey)
    for (const args of [using('commit', 's1'), using('commit', 's3'), signing('s1'), signing('s3'), aggregating()]) {
      const outcome = await awProcess(args)
      expect(outcome.code, outcome.output).toBeNull()
    }
    const certificate = certificateIn('certificate.json')
    expect(verifyEd25519Portable(publicKey, governanceCertificatePayload(certificate), certificate.aggregate)).toBe(true)
    const frame = { world_id: governed.kernel.worldId, actor: 'signer/s2', nonce: 2, valid_until_height: 900 }
    const applying = applyIntent({ get: (key: string) => governed.read(key) as Value } as never, frame, id, certificate)
    expect((await checkIntent(applying, signerOf('s2').publicKey)).filter(({ passed }) => !passed)).toEqual([])
    expect((await governed.applyWith(id, certificate)).receipt.code).toBeNull()
    while (governed.proposal(id).state !== 'applied') governed.block()
    expect(governed.manifest().governance.shadow_blocks).toBe(5)
    expect(readdirSync(at('s1.share.nonces'))).toEqual([])
  }, 300_000)
})

describe('making a key', () => {
  it('goes on where it was interrupted, and takes no step in two ways', async () => {
    await aw(SETUP())
    await all('start')
    const before = messages('').map((name) => readFileSync(at('mail', name), 'hex'))
    await all('start')
    expect(messages('').map((name) => readFileSync(at('mail', name), 'hex'))).toEqual(before)
    await all('deal')
    rmSync(at('mail'), { recursive: true })
    mkdirSync(at('mail'))
    await all('deal')
    expect(messages('secret-share')).toHaveLength(6)
    await all('finish')
    await all('confirm')
  })

  it('waits for everyone and says whom it waits for', async () => {
    await aw(SETUP())
    await all('start', aw, ['s1', 's2'])
    const waiting = await aw(step('deal', 's1'))
    expect(waiting).toMatchObject({ code: 'MESSAGE_MISSING', output: expect.stringContaining('s3') as string })
    expect((await aw(step('finish', 's1'))).code).toBe('WRONG_ROUND')
    await all('start', aw, ['s3'])
    await all('deal')
  })

  it('passes over messages nobody signed, of other ceremonies, and what is none', async () => {
    await aw(SETUP())
    await all('start')
    const [name] = messages('key-commitment-s2')
    const forged = readFileSync(at('mail', name!))
    forged[forged.length - 1]! ^= 1
    writeFileSync(at('mail', 'x-forged.awfrost'), forged)
    writeFileSync(at('mail', 'x-nonsense.awfrost'), 'nonsense')
    mkdirSync(at('mail', 'x-directory.awfrost'))
    cpSync(at('mail', name!), at('mail', 'x-copy.awfrost'))
    await all('deal')
  })

  it('names who told different things', async () => {
    await aw(SETUP())
    await all('start')
    // s3 begins again with another secret, and tells s1 one thing and s2 the other.
    mkdirSync(at('other'))
    for (const name of messages('key-commitment')) if (!name.includes('-s3')) cpSync(at('mail', name), at('other', name))
    cpSync(at('s3.progress'), at('s3.first'))
    rmSync(at('s3.progress'))
    expect((await aw(step('start', 's3', 'other'))).code).toBeNull()
    for (const name of messages('key-commitment-s3')) cpSync(at('mail', name), at('mail', 'x-first.awfrost'))
    const name = readdirSync(at('other')).find((each) => each.includes('key-commitment-s3'))!
    cpSync(at('other', name), at('mail', 'x-second.awfrost'))
    expect(await aw(step('deal', 's1'))).toMatchObject({ code: 'MESSAGE_DUPLICATE', output: expect.stringContaining('s3') as string })
  })

  it('names who sent a share that cannot be opened', async () => {
    await aw(SETUP())
    await all('start')
    await all('deal', aw, ['s1', 's2'])
    await all('deal', aw, ['s3'])
    // s3 writes to s1 what was meant for s2: signed by s3, and of no use.
    const ceremony = decodeCeremony(readFileSync(at('ceremony')))
    const mailbox = { directory: at('mail'), world_id: ceremony.world_id, session: ceremony.id, members: ceremony.members }
    const [toS2] = messages('secret-share-s3-to-s2')
    const { body } = (await readMail(mailbox, readFileSync(at('mail', toS2!))))!
    rmSync(at('mail', messages('secret-share-s3-to-s1')[0]!))
    await post(mailbox, { id: 's3', sign: signerOf('s3').sign }, { to: 's1', type: 'secret_share', box_key: null, body })
    expect(await aw(step('finish', 's1'))).toMatchObject({ code: 'SHARE_INVALID', output: expect.stringContaining('s3') as string })
    expect((await aw(step('finish', 's2'))).code).toBeNull()
  })

  it('is for participants with their passphrase, and for valid ceremonies', async () => {
    await aw(SETUP())
    expect((await aw(step('start', 's1').map((arg) => (arg === at('s1.awkey.json') ? at('stranger.awkey.json') : arg)))).code).toBe('NOT_A_PARTICIPANT')
    await all('start', aw, ['s1'])
    writeFileSync(at('pass'), 'another passphrase')
    expect((await aw(step('deal', 's1'))).code).toBe('KEYSTORE_NOT_OPENED')
    writeFileSync(at('ceremony'), 'nonsense')
    expect((await aw(step('deal', 's1'))).code).toBe('CEREMONY_INVALID')
    for (const [change, code] of [[['--threshold', '4'], 'CEREMONY_INVALID'], [['--participants', 's1=00'], 'FLAG_VALUE'], [['--threshold', '1'], 'FLAG_VALUE']] as const) {
      const args = SETUP('c2')
      args[args.indexOf(change[0]) + 1] = change[1]
      expect((await aw(args)).code).toBe(code)
    }
    expect((await aw(['dkg', 'guess'])).code).toBe('COMMAND_UNKNOWN')
  })
})

describe('signing together', () => {
  it('never uses nonces twice, and begins anew where a try failed', async () => {
    await proposalUnder(await makeKey())
    for (const who of ['s1', 's2']) expect((await aw(using('commit', who))).code).toBeNull()
    expect((await aw(using('commit', 's1'))).code).toBe('COMMITTED_ALREADY')
    expect((await aw(signing('s1'))).code).toBeNull()
    expect((await aw(signing('s1'))).code).toBe('NONCE_USED')
    expect(await aw(aggregating())).toMatchObject({ code: 'MESSAGE_MISSING', output: expect.stringContaining('s2') as string })
    const again = ['--attempt', '2']
    for (const args of [using('commit', 's1', ...again), using('commit', 's3', ...again), signing('s1', ...again), signing('s3', ...again), aggregating(...again)]) expect((await aw(args)).code).toBeNull()
    expect(certificateIn('certificate.json').scheme).toBe('frost')
  })

  it('takes enough signers, and the same for everyone', async () => {
    await proposalUnder(await makeKey())
    await aw(using('commit', 's1'))
    expect((await aw(signing('s1'))).code).toBe('TOO_FEW_SIGNERS')
    for (const who of ['s2', 's3']) await aw(using('commit', who))
    const two = ['--signers', 's1,s2']
    for (const who of ['s1', 's2']) expect((await aw(signing(who, ...two))).code).toBeNull()
    expect((await aw(signing('s3', ...two))).code).toBe('NOT_A_PARTICIPANT')
    expect((await aw(aggregating(...two))).code).toBeNull()
  })

  it('names whose part is wrong', async () => {
    await proposalUnder(await makeKey())
    for (const who of ['s1', 's2']) await aw(using('commit', who))
    await aw(signing('s1'))
    const { world_id, members } = decodeGroup(readFileSync(at('s1.share.group')))
    const { session } = decodeCanonical(readFileSync(at('mail', messages('signature-share-s1')[0]!))) as { readonly session: string }
    const body = frost.encodeFrostMessage({ type: 'signature_share', participant: 's2', share: new Uint8Array(32).fill(1) })
    await post({ directory: at('mail'), world_id, members, session }, { id: 's2', sign: signerOf('s2').sign }, { to: null, type: 'signature_share', box_key: null, body })
    expect(await aw(aggregating())).toMatchObject({ code: 'SIGNATURE_SHARE_INVALID', output: expect.stringContaining('s2') as string })
  })

  it('is of approvals under the group\'s own key, by who has seen them, with the right passphrase', async () => {
    await makeKey()
    await proposalUnder(signerOf('another group').publicKey)
    expect((await aw(using('commit', 's1'))).code).toBe('GROUP_KEY_OTHER')
    await proposalUnder(decodeGroup(readFileSync(at('s1.share.group'))).group.publicKey)
    for (const who of ['s1', 's2']) expect((await aw(using('commit', who))).code).toBeNull()
    expect((await aw(using('sign', 's1', '--yes', '--compared', '00000000'))).code).toBe('NOT_COMPARED')
    expect((await aw(using('commit', 's1').map((arg) => (arg === at('s1.share') ? at('s2.share') : arg)))).code).toBe('NOT_A_PARTICIPANT')
    const { governed } = await proposalUnder(decodeGroup(readFileSync(at('s1.share.group'))).group.publicKey, new GovernedWorld({ shadow_blocks: 3 }))
    expect(governed.kernel.worldId).not.toBe(world.kernel.worldId)
    expect((await aw(using('commit', 's1'))).code).toBe('OTHER_WORLD')
    writeFileSync(at('pass'), 'another passphrase')
    expect((await aw(using('commit', 's1'))).code).toBe('KEYSTORE_NOT_OPENED')
  })
})
