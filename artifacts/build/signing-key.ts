import { randomBytes } from 'node:crypto'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { equalBytes, fromHex, toHex } from '../../src/codec/index.ts'
import { createPortableSigner } from '../../src/crypto/index.ts'
import type { PortableSigner } from '../../src/crypto/index.ts'
import type { TrustedSigner } from '../../src/world/index.ts'
import { BuildError } from './errors.ts'
import { writeOutputs } from './outputs.ts'
import { formatTrustedSigners, NODE_ID, readTrustedSigners, TRUSTED_SIGNERS_PATH } from './trusted-signers.ts'

/** Where the key of this machine lies unless told otherwise; ignored by version control. */
const DEFAULT_KEY_PATH = '.agent-world/keys/artifact-signer.key'

/** A key that may sign modules. */
export interface ArtifactSigner {
  readonly node_id: string
  readonly signer: PortableSigner
}

/** The key file: `--key`, else AGENT_WORLD_ARTIFACT_KEY, else the default below `root`. */
export function keyPath(root: string, flag: string | null, environment: string | undefined): string {
  if (flag !== null) return resolve(flag)
  return environment === undefined || environment === '' ? join(root, DEFAULT_KEY_PATH) : resolve(environment)
}

/** The signer whose key is in `path`. Throws `SIGNER_KEY_MISSING`, `SIGNER_KEY_INVALID`, or `SIGNER_NOT_ENROLLED` when the project does not trust it. */
export async function loadSigner(root: string, path: string): Promise<ArtifactSigner> {
  const signer = await readKey(path)
  if (signer === null) {
    throw new BuildError('SIGNER_KEY_MISSING', `Modules changed and must be signed, but there is no key at ${path}. Pass --key FILE, set AGENT_WORLD_ARTIFACT_KEY, or make a key of your own with "npm run artifacts -- --enroll NODE_ID".`, { path })
  }
  const trusted = (await readTrustedSigners(root)).find(({ public_key }) => equalBytes(public_key, signer.publicKey))
  if (trusted === undefined) {
    throw new BuildError('SIGNER_NOT_ENROLLED', `The key at ${path} belongs to nobody in ${TRUSTED_SIGNERS_PATH}. Enroll it with "npm run artifacts -- --enroll NODE_ID", or use the key of a trusted signer.`, { path })
  }
  return { node_id: trusted.node_id, signer }
}

/**
 * Makes a key in `path` unless there is one, and adds it to the trusted signers as `nodeId`. Returns the files written. Throws
 * `SIGNER_TAKEN` when that name stands for another key.
 */
export async function enroll(root: string, path: string, nodeId: string): Promise<readonly string[]> {
  if (!NODE_ID.test(nodeId)) throw new BuildError('SIGNER_KEY_INVALID', `"${nodeId.slice(0, 64)}" is no node id: use up to 64 of a-z, 0-9, dot, dash and underscore.`)
  const signers = await readTrustedSigners(root)
  const existing = await readKey(path)
  const holder = signers.find(({ node_id }) => node_id === nodeId)
  if (holder !== undefined && (existing === null || !equalBytes(holder.public_key, existing.publicKey))) {
    throw new BuildError('SIGNER_TAKEN', `"${nodeId}" is trusted already, with another key than the one at ${path}. Use that key, or choose another node id.`, { node_id: nodeId })
  }
  const signer = existing ?? (await makeKey(path))
  const next: readonly TrustedSigner[] = [...signers.filter(({ node_id }) => node_id !== nodeId), { node_id: nodeId, public_key: signer.publicKey }]
  const written = await writeOutputs(root, [{ path: TRUSTED_SIGNERS_PATH, bytes: new TextEncoder().encode(formatTrustedSigners(next)) }])
  return existing === null ? [path, ...written] : written
}

/** Null when there is no file. */
async function readKey(path: string): Promise<PortableSigner | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new BuildError('SIGNER_KEY_INVALID', `${path} cannot be read (${error.message}).`, { path }, { cause: error })
  })
  if (text === null) return null
  if (!/^[0-9a-f]{64}\n?$/.test(text)) throw new BuildError('SIGNER_KEY_INVALID', `${path} does not hold a key: 64 hex digits are expected. Restore it or choose another file.`, { path })
  if (process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0) {
    throw new BuildError('SIGNER_KEY_INVALID', `${path} can be read by others. Run "chmod 600 ${path}"; if others had access, enroll a new key.`, { path })
  }
  return createPortableSigner(fromHex(text.trim()))
}

async function makeKey(path: string): Promise<PortableSigner> {
  const seed = randomBytes(32)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, `${toHex(seed)}\n`, { mode: 0o600, flag: 'wx' })
  return createPortableSigner(seed)
}
