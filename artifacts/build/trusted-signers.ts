import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fromHex, toHex } from '../../src/codec/index.ts'
import { isValidPublicKey } from '../../src/crypto/index.ts'
import type { TrustedSigner } from '../../src/world/index.ts'
import { BuildError } from './errors.ts'

export const TRUSTED_SIGNERS_PATH = 'artifacts/trusted_signers.json'
export const NODE_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** Who may sign built-in modules, sorted by node id; nobody while there is no file. Throws `SIGNERS_INVALID`. */
export async function readTrustedSigners(root: string): Promise<readonly TrustedSigner[]> {
  const text = await readFile(join(root, TRUSTED_SIGNERS_PATH), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}'
    throw error
  })
  const invalid = (problem: string): never => {
    throw new BuildError('SIGNERS_INVALID', `${TRUSTED_SIGNERS_PATH}: ${problem} Restore it from version control.`)
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    return invalid(`${(error as Error).message}.`)
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return invalid('it must hold an object of node ids and public keys.')
  return Object.entries(parsed).sort(([a], [b]) => (a < b ? -1 : 1)).map(([node_id, key]) => {
    if (!NODE_ID.test(node_id) || typeof key !== 'string' || !/^[0-9a-f]{64}$/.test(key) || !isValidPublicKey(fromHex(key))) return invalid(`"${node_id.slice(0, 64)}" has no valid Ed25519 public key.`)
    return { node_id, public_key: fromHex(key) }
  })
}

/** The text of the file that names `signers`. */
export function formatTrustedSigners(signers: readonly TrustedSigner[]): string {
  const sorted = [...signers].sort((a, b) => (a.node_id < b.node_id ? -1 : 1))
  return `${JSON.stringify(Object.fromEntries(sorted.map(({ node_id, public_key }) => [node_id, toHex(public_key)])), null, 2)}\n`
}
