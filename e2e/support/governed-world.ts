import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '../../src/codec/index.ts'
import { parseKeystore } from '../../src/vault/index.ts'
import { aw } from './aw.ts'
import { Testnet } from './testnet.ts'

export const MOVE = 'm1.rule.move'
const PRICE = '(distance + CM_PER_ELECTRICITY - 1) / CM_PER_ELECTRICITY'
const PASSPHRASE = 'correct horse battery staple e2e'
const ARTIFACT_SIGNER = 'e2e.artifacts'
const NAMES = ['ann', 'ben', 'cleo', 'dana', 'gus', 'smith', 'artifacts'] as const
export type KeyName = (typeof NAMES)[number]

/**
 * A testnet that ann, ben and cleo govern together, with gus as its guardian; dana has a key that counts for nothing, smith is an agent who puts modules on record.
 * All keys are made by the command line, and lie in files.
 */
export class GovernedWorld {
  readonly directory: string
  readonly testnet: Testnet
  readonly passphrase = PASSPHRASE

  private constructor(directory: string, testnet: Testnet) {
    this.directory = directory
    this.testnet = testnet
  }

  static async start(blockIntervalMs: number): Promise<GovernedWorld> {
    const directory = mkdtempSync(join(tmpdir(), 'aw-governed-'))
    writeFileSync(join(directory, 'passphrase.txt'), `${PASSPHRASE}\n`)
    for (const name of NAMES) await aw('keys', 'new', '--label', name, '--passphrase-file', join(directory, 'passphrase.txt'), '--out', keyFile(directory, name))
    const key = (name: KeyName): string => publicKeyOf(directory, name)
    writeFileSync(join(directory, 'signers.json'), JSON.stringify({
      signers: ['ann', 'ben', 'cleo'].map((signer_id) => ({ signer_id, public_key: key(signer_id as KeyName) })), threshold: 3,
      guardians: [{ guardian_id: 'gus', public_key: key('gus') }],
      artifact_signers: [{ node_id: ARTIFACT_SIGNER, public_key: key('artifacts') }],
    }))
    try {
      const testnet = await Testnet.start({ blockIntervalMs, args: ['--signers', join(directory, 'signers.json'), '--agents', '12', '--validators', '2'] })
      return new GovernedWorld(directory, testnet)
    } catch (error) {
      rmSync(directory, { recursive: true, force: true })
      throw error
    }
  }

  async dispose(): Promise<void> {
    await this.testnet.dispose()
    rmSync(this.directory, { recursive: true, force: true })
  }

  file(name: string): string {
    return join(this.directory, name)
  }

  keyFile(name: KeyName): string {
    return keyFile(this.directory, name)
  }

  /** Hex. */
  publicKey(name: KeyName): string {
    return publicKeyOf(this.directory, name)
  }

  /** Arguments that have somebody sign. */
  signing(name: KeyName): string[] {
    return ['--key', this.keyFile(name), '--passphrase-file', this.file('passphrase.txt'), '--yes']
  }

  /** Arguments that name this world. */
  get node(): string[] {
    return ['--node', this.testnet.url]
  }

  /** Builds `m1.rule.move` with twice its price from a changed copy of its source, has it signed, and has an agent put it on record. */
  async deployDoubledMove(): Promise<void> {
    const root = this.file('changed')
    mkdirSync(root, { recursive: true })
    for (const part of ['artifacts', 'package.json', 'package-lock.json']) cpSync(part, join(root, part), { recursive: true })
    const source = join(root, `artifacts/modules/m1/${MOVE}/module.ts`)
    const text = readFileSync(source, 'utf8')
    if (!text.includes(PRICE)) throw new Error(`${MOVE} no longer says what a move costs as this test expects`)
    writeFileSync(source, text.replace(PRICE, `2 * (${PRICE})`))
    const wasm = this.file('move.wasm')
    await aw('artifact', 'build', MOVE, '--root', root, '--out', wasm)
    await aw('artifact', 'sign', wasm, '--id', MOVE, '--version', '1.1.0', '--signer', ARTIFACT_SIGNER, '--from', 'builtin', '--key', this.keyFile('artifacts'), '--passphrase-file', this.file('passphrase.txt'))
    await aw('act', 'register', '--name', 'Smith', ...this.signing('smith'), ...this.node)
    await aw('act', 'deploy', wasm, ...this.signing('smith'), ...this.node)
  }

  /** The guardian proposes the upgrade to what was put on record; gives the id of the proposal. */
  async proposeDoubledMove(title: string): Promise<string> {
    const proposed = await aw('proposal', 'new', '--title', title, '--upgrade', MOVE, '--wasm', this.file('move.wasm'), '--json', ...this.signing('gus'), ...this.node)
    return (JSON.parse(proposed) as { proposal_id: string }).proposal_id
  }
}

const keyFile = (directory: string, name: KeyName): string => join(directory, `${name}.awkey.json`)
const publicKeyOf = (directory: string, name: KeyName): string => toHex(parseKeystore(readFileSync(keyFile(directory, name), 'utf8')).public_key)
