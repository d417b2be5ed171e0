/** What the pages of governance follow. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { ErrorInfo } from '../../../codec/index.ts'
import { MANIFEST_KEY, manifestHash } from '../../../world/index.ts'
import type { WorldManifest } from '../../../world/index.ts'
import { feedStore } from '../../stores/feed.ts'
import { nodeStore } from '../../stores/node.ts'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import type { Loadable } from '../../ui/use-async.ts'
import { useRecord } from '../agent/use-record.ts'
import type { CheckedRecord } from '../agent/use-record.ts'
import { useRecheck } from '../modules/ModulesPage.tsx'
import { loadProposals } from './load.ts'
import type { ProposalList } from './load.ts'

/** Height of the newest block in which governance moved, as far as this tab has seen; 0 before. */
export function useActivity(): number {
  return useStore(feedStore, ({ items }) => items.find(({ event: { kind } }) => kind.startsWith('governance.') || kind === 'manifest.updated')?.height ?? 0)
}

export interface HeadView {
  readonly height: number
  readonly intervalMs: number
  readonly worldId: string
}

/** Null until something is verified. */
export function useHead(): HeadView | null {
  const height = useStore(nodeStore, ({ status }) => status?.head?.height ?? null)
  const intervalMs = useStore(nodeStore, ({ status }) => status?.block_interval_ms ?? 0)
  const worldId = useStore(nodeStore, ({ status }) => status?.world_id ?? '')
  return useMemo(() => (height === null ? null : { height, intervalMs, worldId }), [height, intervalMs, worldId])
}

export interface ManifestView {
  readonly checked: CheckedRecord | null
  readonly manifest: WorldManifest | null
  readonly hash: string | null
  readonly error: ErrorInfo | null
}

export function useManifest(): ManifestView {
  const loaded = useRecord(MANIFEST_KEY)
  const checked = resultOf(loaded)
  const manifest = checked === null ? null : checked.verified.value as unknown as WorldManifest
  const hash = useMemo(() => (manifest === null ? null : manifestHash(manifest)), [manifest])
  return { checked, manifest, hash, error: loaded.state === 'failed' ? loaded.error : null }
}

/** All proposals in the state; read again when governance moved, and now and then. */
export function useProposals(): Loadable<ProposalList> {
  const activity = useActivity()
  const recheck = useRecheck()
  return useAsync('proposals', activity * 1000 + recheck, loadProposals)
}
