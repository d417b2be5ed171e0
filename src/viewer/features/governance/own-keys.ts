/** Keys in this browser's vault, and what they are in this world. */
import { useMemo } from 'react'
import { agentIdOf, toHex } from '../../../codec/index.ts'
import type { KeyInfo } from '../../../vault/index.ts'
import type { WorldManifest } from '../../../world/index.ts'
import { vault } from '../../vault-client/client.ts'
import { resultOf, useAsync } from '../../ui/use-async.ts'

export interface OwnKeys {
  readonly keys: readonly KeyInfo[]
  /** Public keys in hex. */
  readonly hex: readonly string[]
  /** Actors these keys can sign as: signers and guardians of the world, and agents that may not be registered. */
  readonly actors: readonly string[]
}

/** Null until the vault answered; a vault that does not open has no keys. */
export function useOwnKeys(manifest: WorldManifest | null): OwnKeys | null {
  const keys = resultOf(useAsync('own keys', 0, () => vault().list().catch((): readonly KeyInfo[] => [])))
  return useMemo(() => (keys === null ? null : { keys, hex: keys.map(({ public_key }) => toHex(public_key)), actors: actorsOf(keys, manifest) }), [keys, manifest])
}

export function actorsOf(keys: readonly Pick<KeyInfo, 'public_key'>[], manifest: WorldManifest | null): string[] {
  const own = new Set(keys.map(({ public_key }) => toHex(public_key)))
  const { signers, guardians } = manifest?.governance ?? { signers: [], guardians: [] }
  const officials = [...signers.map(({ signer_id, public_key }) => ({ name: signer_id, public_key })), ...guardians.map(({ guardian_id, public_key }) => ({ name: guardian_id, public_key }))]
  const names = officials.filter(({ public_key }) => own.has(toHex(public_key))).map(({ name }) => `signer/${name}`)
  return [...new Set(names), ...keys.map(({ public_key }) => agentIdOf(public_key))]
}
