import { useState } from 'react'
import { useStore } from 'zustand'
import { fromHex, sha256, toHex } from '../../../codec/index.ts'
import type { Value } from '../../../codec/index.ts'
import type { Intent, KeyInfo, Review } from '../../../vault/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { nodeStore } from '../../stores/node.ts'
import { STANDSTILL_INTERVALS, trustOf } from '../../trust/trust-state.ts'
import type { TrustState } from '../../trust/trust-state.ts'
import { useNow } from '../../ui/clock.ts'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import type { Loadable } from '../../ui/use-async.ts'
import { vault } from '../../vault-client/client.ts'
import { watchedStore } from '../keys/public-keys.ts'
import type { ChosenKey } from './ceremony.ts'
import type { SigningRequestFile } from './RequestOut.tsx'
import { actorRecordKey } from './world-checks.ts'
import type { WorldView } from './world-checks.ts'

/** What the vault makes of the intent for that key. The intent never changes while a sheet is open. */
export function useReview(intent: Intent, publicKey: Uint8Array | null): Loadable<Review> {
  return useAsync(publicKey === null ? '' : toHex(publicKey), 0, () => vault().review(intent, publicKey))
}

/** The request for that key, made once for a ceremony, since an answer fits the one it was made for alone. Null without a key. */
export function useRequest(intent: Intent, publicKey: Uint8Array | null): Loadable<SigningRequestFile | null> {
  const [made] = useState(() => new Map<string, Promise<Uint8Array>>())
  const reason = intent.kind === 'approve_proposal' ? (intent.reason ?? '') : ''
  const subject = publicKey === null ? '' : `${toHex(publicKey)} ${reason}`
  return useAsync(subject, 0, async () => {
    if (publicKey === null) return null
    const making = made.get(subject) ?? vault().makeRequest(intent, publicKey)
    made.set(subject, making)
    const bytes = await making
    return { name: `${intent.kind}-${toHex(sha256(bytes)).slice(0, 8)}.awsign`, bytes }
  })
}

/** What this tab knows of the world now, read again with every block; null while it follows none. */
export function useWorldView(intent: Intent): WorldView | null {
  const { boot, status } = useStore(nodeStore)
  const now = useNow(1000)
  const height = status?.head?.height ?? 0
  const records = resultOf(useAsync(String(height > 0), height, async () => (height === 0 ? null : readRecords(intent))))
  if (status === null || height === 0 || records === null) return null
  return { worldId: status.world_id, height, trust: settledness(trustOf(boot, status, now), status.block_interval_ms), ...records }
}

async function readRecords(intent: Intent): Promise<Omit<WorldView, 'worldId' | 'height' | 'trust'>> {
  const node = await whenNode()
  const read = (key: string): Promise<Value | undefined> => node.query(key).then(({ value }) => value, () => undefined)
  const certificate = 'certificate' in intent ? intent.certificate : null
  const [actor, manifest, proposal, block] = await Promise.all([
    read(actorRecordKey(intent.actor)), read('manifest'), 'proposal_id' in intent ? read(`proposal/${intent.proposal_id}`) : undefined,
    certificate === null ? undefined : node.blockAt(certificate.consensus_height).then((found) => found?.head.block_hash ?? null, () => undefined),
  ])
  const known = proposal as unknown as (WorldView['proposal'] & { readonly shadow: { readonly height: number; readonly block_hash: string | null } | null }) | null | undefined
  // A tab that started from a snapshot never had the block; the certified state names it as well.
  const recorded = known?.shadow?.height === certificate?.consensus_height ? known?.shadow?.block_hash : undefined
  return { actor: actor as WorldView['actor'], manifest, proposal: known, blockHash: block ?? recorded }
}

function settledness(trust: TrustState, intervalMs: number): WorldView['trust'] {
  switch (trust.kind) {
    case 'finalized': case 'demo': return 'settled'
    case 'stale': return trust.forMs <= STANDSTILL_INTERVALS * intervalMs ? 'settled' : 'behind'
    case 'conflict': return 'conflict'
    default: return 'behind'
  }
}

export interface Candidate {
  readonly key: ChosenKey
  readonly label: string
  /** Null for a key on another device. */
  readonly keyInfo: KeyInfo | null
}

export interface Candidates {
  readonly fitting: readonly Candidate[]
  /** Keys of this browser that cannot sign this. */
  readonly others: number
}

/** The keys that can sign the intent: those of this browser whose public key is the one the world and the intent name, and that key itself, wherever its secret is. */
export function useCandidates(intent: Intent, actorKey: Uint8Array | null): Loadable<Candidates> {
  const watched = useStore(watchedStore, ({ value }) => value)
  return useAsync(`${actorKey === null ? '' : toHex(actorKey)} ${watched.map(({ public_key }) => public_key).join(' ')}`, 0, async () => {
    const own = await vault().list()
    const elsewhere = new Map(watched.map(({ public_key, label }) => [public_key, label]))
    if (actorKey !== null && !elsewhere.has(toHex(actorKey))) elsewhere.set(toHex(actorKey), '')
    for (const { public_key } of own) elsewhere.delete(toHex(public_key))
    const all: Candidate[] = [
      ...own.map((keyInfo) => ({ key: { kind: 'vault', key_id: keyInfo.key_id, publicKey: keyInfo.public_key } as const, label: keyInfo.label, keyInfo })),
      ...[...elsewhere].map(([hex, label]) => ({ key: { kind: 'elsewhere', publicKey: fromHex(hex) } as const, label, keyInfo: null })),
    ]
    const fits = await Promise.all(all.map((candidate) => doesFit(intent, candidate, actorKey)))
    return { fitting: all.filter((_, index) => fits[index]), others: all.filter((_, index) => !fits[index]).length }
  })
}

async function doesFit(intent: Intent, { key, keyInfo }: Candidate, actorKey: Uint8Array | null): Promise<boolean> {
  if (keyInfo !== null && keyInfo.world_id !== null && keyInfo.world_id !== intent.world_id) return false
  if (actorKey !== null && toHex(actorKey) !== toHex(key.publicKey)) return false
  const { checks } = await vault().review(intent, key.publicKey)
  return checks.every(({ check, passed }) => check !== 'registered_key' || passed)
}
