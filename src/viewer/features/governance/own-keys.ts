/** Keys in this browser's vault, and those on other devices that it knows of, and what they are in this world. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { agentIdOf, fromHex, toHex } from '../../../codec/index.ts'
import type { KeyInfo } from '../../../vault/index.ts'
import type { WorldManifest } from '../../../world/index.ts'
import { watchedStore } from '../keys/public-keys.ts'
import { vault } from '../../vault-client/client.ts'
import { resultOf, useAsync } from '../../ui/use-async.ts'

export interface OwnKeys {
  readonly keys: readonly KeyInfo[]
  /** Public keys in hex. */
  readonly hex: readonly string[]
  /** Actors these keys can sign as: signers and guardians of the world, and agents that may not be registered. */
  readonly actors: readonly string[]
  /** Actors of keys on other devices that this browser knows of. */
  readonly elsewhere: readonly string[]
}

/** Null until the vault answered; a vault that does not open has no keys. */
export function useOwnKeys(manifest: WorldManifest | null): OwnKeys | null {
  const keys = resultOf(useAsync('own keys', 0, () => vault().list().catch((): readonly KeyInfo[] => [])))
  const watched = useStore(watchedStore, ({ value }) => value)
  return useMemo(() => {
    if (keys === null) return null
    const elsewhere = actorsOf(watched.map(({ public_key }) => ({ public_key: fromHex(public_key) })), manifest)
    return { keys, hex: keys.map(({ public_key }) => toHex(public_key)), actors: actorsOf(keys, manifest), elsewhere }
  }, [keys, watched, manifest])
}

/** Officials first. */
export const knownActors = (keys: OwnKeys | null): readonly string[] => [...(keys?.actors ?? []), ...(keys?.elsewhere ?? [])]

export function actorsOf(keys: readonly Pick<KeyInfo, 'public_key'>[], manifest: WorldManifest | null): string[] {
  const own = new Set(keys.map(({ public_key }) => toHex(public_key)))
  const { signers, guardians } = manifest?.governance ?? { signers: [], guardians: [] }
  const officials = [...signers.map(({ signer_id, public_key }) => ({ name: signer_id, public_key })), ...guardians.map(({ guardian_id, public_key }) => ({ name: guardian_id, public_key }))]
  const names = officials.filter(({ public_key }) => own.has(toHex(public_key))).map(({ name }) => `signer/${name}`)
  return [...new Set(names), ...keys.map(({ public_key }) => agentIdOf(public_key))]
}
