/** What a key is in this world, from records of the verified state. */
import { agentIdOf, equalBytes } from '../../../codec/index.ts'
import type { Value } from '../../../codec/index.ts'

export interface Roles {
  /** Names under which the key signs changes, and under which it may stop them. */
  readonly signer: readonly string[]
  readonly guardian: readonly string[]
  /** Name of the agent of that key; null while none is registered. */
  readonly agent: string | null
}

/** Signers and guardians of the world; null for a world whose rules never change. */
export interface Roster {
  readonly signers: readonly { readonly signer_id: string; readonly public_key: Uint8Array }[]
  readonly guardians: readonly { readonly guardian_id: string; readonly public_key: Uint8Array }[]
  readonly threshold: number
}

/** The roster in the record `manifest`. */
export function rosterOf(manifest: Value): Roster | null {
  const governance = (manifest as { readonly governance?: unknown } | null)?.governance
  return typeof governance === 'object' && governance !== null ? (governance as Roster) : null
}

export function rolesOf(publicKey: Uint8Array, roster: Roster | null, agentName: string | null): Roles {
  return {
    signer: (roster?.signers ?? []).filter(({ public_key }) => equalBytes(public_key, publicKey)).map(({ signer_id }) => signer_id),
    guardian: (roster?.guardians ?? []).filter(({ public_key }) => equalBytes(public_key, publicKey)).map(({ guardian_id }) => guardian_id),
    agent: agentName,
  }
}

export const agentOf = (publicKey: Uint8Array): string => agentIdOf(publicKey)
