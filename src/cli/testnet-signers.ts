/**
 * Who governs a testnet: three signers of whom two must agree, a guardian who may stop them, and who signs modules. Their keys are made with the
 * world and kept beside it, so that one person can play all of them; a testnet of several people names their public keys in a file instead.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromHex, GOVERNANCE_SIGNER_ID, MAX_GOVERNANCE_SIGNERS, schema, toHex } from '../codec/index.ts'
import type { Infer, Schema, Value } from '../codec/index.ts'
import { generateKey, platformCrypto, sealKeystore } from '../vault/index.ts'
import type { Argon2Params, FreshKey } from '../vault/index.ts'
import type { Genesis, GovernanceConfig, TrustedSigner } from '../world/index.ts'
import { ConfigError } from './node-config.ts'

const { array, int, object, optional, text } = schema

export const TESTNET_ARTIFACT_SIGNER = 'testnet.artifacts.1'
const TESTNET_SIGNERS = ['ann', 'ben', 'cleo'] as const
const TESTNET_GUARDIAN = 'gus'
const PASSPHRASE_FILE = 'passphrase.txt'

/** The passphrase is 128 random bits and lies beside the files: a costly derivation would protect nothing and slow every start down. */
const LIGHT_ARGON2: Argon2Params = { memory_kib: 1024, iterations: 1, parallelism: 1 }

const publicKey: Schema<Uint8Array> = { parse: (value, path) => fromHex(text(64, /^[0-9a-f]{64}$/).parse(value, path)) }
const NODE_ID = text(64, /^[a-z0-9][a-z0-9_.-]*$/)

/** A file for `--signers`; public keys are hex as `aw keys list` prints them. */
const signersFileSchema = object({
  signers: array(object({ signer_id: GOVERNANCE_SIGNER_ID, public_key: publicKey }), MAX_GOVERNANCE_SIGNERS),
  threshold: int(2, MAX_GOVERNANCE_SIGNERS),
  guardians: optional(array(object({ guardian_id: GOVERNANCE_SIGNER_ID, public_key: publicKey }), MAX_GOVERNANCE_SIGNERS)),
  guardian_threshold: optional(int(1, MAX_GOVERNANCE_SIGNERS)),
  /** Who signs modules besides those who signed the built-in ones. */
  artifact_signers: optional(array(object({ node_id: NODE_ID, public_key: publicKey }), 16)),
})
type SignersFile = Infer<typeof signersFileSchema>

export interface TestnetGovernance {
  readonly governance: Pick<GovernanceConfig, 'signers' | 'threshold' | 'guardians' | 'guardian_threshold'>
  readonly artifactSigners: readonly TrustedSigner[]
  /** Those made here, by the name of their file; empty where others' keys were named. */
  readonly keys: ReadonlyMap<string, FreshKey>
}

/** Where the keys of a testnet lie. */
export interface SignerFiles {
  readonly directory: string
  readonly passphrase: string
  readonly signers: readonly string[]
}

export async function makeGovernance(): Promise<TestnetGovernance> {
  const { subtle } = platformCrypto()
  const names = [...TESTNET_SIGNERS, TESTNET_GUARDIAN, 'artifacts']
  const keys = new Map(await Promise.all(names.map(async (name) => [name, await generateKey(subtle)] as const)))
  const keyOf = (name: string): Uint8Array => keys.get(name)!.publicKey
  return {
    governance: {
      signers: TESTNET_SIGNERS.map((signer_id) => ({ signer_id, public_key: keyOf(signer_id) })), threshold: 2,
      guardians: [{ guardian_id: TESTNET_GUARDIAN, public_key: keyOf(TESTNET_GUARDIAN) }], guardian_threshold: 1,
    },
    artifactSigners: [{ node_id: TESTNET_ARTIFACT_SIGNER, public_key: keyOf('artifacts') }],
    keys,
  }
}

/** The governance a `--signers` file names. Throws `SIGNERS_FILE_INVALID`. */
export function readGovernance(path: string): TestnetGovernance {
  let file: SignersFile
  try {
    file = signersFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')) as Value, 'signers')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError('SIGNERS_FILE_INVALID', `${path} names no signers (${why}). It holds {"signers": [{"signer_id", "public_key"}], "threshold", and if you like "guardians", "guardian_threshold", "artifact_signers"}.`, { path }, { cause })
  }
  const { signers, threshold, guardians = [], guardian_threshold = 1, artifact_signers = [] } = file
  const ascending = <T>(list: readonly T[], idOf: (entry: T) => string): T[] => [...list].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  return {
    governance: {
      signers: ascending(signers, ({ signer_id }) => signer_id), threshold,
      guardians: ascending(guardians, ({ guardian_id }) => guardian_id), guardian_threshold,
    },
    artifactSigners: artifact_signers,
    keys: new Map(),
  }
}

/** Whether the world is governed by those the file names. */
export function isGovernedBy({ governance, trusted_signers }: Genesis, expected: TestnetGovernance): boolean {
  const plain = ({ signers, threshold, guardians, guardian_threshold }: TestnetGovernance['governance']): string => JSON.stringify([
    signers.map(({ signer_id, public_key }) => [signer_id, toHex(public_key)]), threshold,
    guardians.map(({ guardian_id, public_key }) => [guardian_id, toHex(public_key)]), guardian_threshold,
  ])
  const trusts = ({ node_id, public_key }: TrustedSigner): boolean => trusted_signers.some((known) => known.node_id === node_id && toHex(known.public_key) === toHex(public_key))
  return plain(governance) === plain(expected.governance) && expected.artifactSigners.every(trusts)
}

/** Writes the keystores, which open for this world alone, and their passphrase; each for the eyes of its owner. */
export async function writeSignerKeys(directory: string, worldId: string, keys: ReadonlyMap<string, FreshKey>): Promise<void> {
  if (keys.size === 0) return
  const crypto = platformCrypto()
  const passphrase = toHex(crypto.randomBytes(16))
  const target = join(directory, 'signers')
  mkdirSync(target, { recursive: true, mode: 0o700 })
  // Before there is a genesis nothing here belongs to a world: what an interrupted start left is written anew.
  writeFileSync(join(target, PASSPHRASE_FILE), `${passphrase}\n`, { mode: 0o600 })
  for (const [name, key] of keys) {
    const text = await sealKeystore(crypto, key, { label: name, world_id: worldId, passphrase, params: LIGHT_ARGON2 })
    writeFileSync(join(target, `${name}.awkey.json`), text, { mode: 0o600 })
  }
}

/** The key files of a world that has some. */
export function signerFiles(directory: string): SignerFiles | null {
  const target = join(directory, 'signers')
  const passphrase = join(target, PASSPHRASE_FILE)
  return existsSync(passphrase) ? { directory: target, passphrase, signers: TESTNET_SIGNERS } : null
}
