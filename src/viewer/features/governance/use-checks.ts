/** Runs every check that can be run, again whenever what it looks at is another. */
import { useMemo, useState } from 'react'
import type { LightBlock } from '../../../light/index.ts'
import { isBadManifest, manifestHash as hashOfManifest, recentBlockKey, trustedSignersOf } from '../../../world/index.ts'
import type { BadManifest, RecentBlock, ShadowReport, WorldManifest } from '../../../world/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { nodeStore } from '../../stores/node.ts'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { blockByRerun, checkArtifacts, checkBase, checkBlock, checkNext, checkOwnKey, checkProposalId, checkReport, checkRerun, checkSignerSet, checkTime, modulesBrought } from './checks.ts'
import type { Finding, Rerun } from './checks.ts'
import { provenRecords, provenValue } from './load.ts'
import { nextManifest, recordKeysOf } from './next-manifest.ts'
import type { Records } from './next-manifest.ts'
import type { OwnKeys } from './own-keys.ts'
import type { ProposalViewProps } from './ProposalPage.tsx'
import { contentOf } from './proposals.ts'

export interface CheckRun {
  readonly findings: readonly Finding[]
  /** Registered versions and checkpoints the proposal refers to; null while they are read. */
  readonly records: Records | null
  /** What the manifest becomes; null while that is not known or the proposal is over. */
  readonly next: WorldManifest | BadManifest | null
  readonly again: () => void
}

export function useChecks({ id, record, manifest, manifestHash, head, report, rerun, keys }: ProposalViewProps & { report: ShadowReport | null; rerun: Rerun; keys: OwnKeys | null }): CheckRun {
  const [round, setRound] = useState(0)
  const stage = `${id} ${record.state} ${record.shadow?.block_hash ?? ''} ${manifestHash}`
  const records = resultOf(useAsync(`records ${stage}`, round, () => provenRecords(recordKeysOf(record))))
  const found = resultOf(useAsync(`found ${stage} ${String(records !== null)}`, round, async () => {
    const { pinnedWorld } = nodeStore.getState()
    const height = record.shadow?.height ?? 0
    const [block, recent] = record.shadow === null ? [null, null] : await Promise.all([blockOf(height), provenValue<RecentBlock>(recentBlockKey(height))])
    return { block: await checkBlock(record, block, recent, pinnedWorld), artifacts: records === null ? null : await artifacts() }
  }))
  async function artifacts(): Promise<Finding | null> {
    const modules = modulesBrought(contentOf(record), records!)
    const node = await whenNode()
    const bytes = await Promise.all(modules.map(async ({ wasm_hash }) => [wasm_hash, await node.moduleWasm(wasm_hash)] as const))
    return checkArtifacts(modules, new Map(bytes), trustedSignersOf(Object.entries(manifest.trusted_signers).map(([node_id, public_key]) => ({ node_id, public_key }))))
  }
  const next = useMemo(() => (records === null || record.closed_height !== null || record.base_manifest_hash !== manifestHash ? null : nextManifest(manifest, contentOf(record), records)), [records, record, manifest, manifestHash])
  const nextHash = next === null || isBadManifest(next) ? null : hashOfManifest(next)
  const findings = useMemo(() => {
    const all: readonly (Finding | null)[] = [
      checkProposalId(id, record), checkBase(record, manifestHash), records === null ? null : checkNext(record, manifest, records), checkReport(record, report), checkRerun(record, rerun),
      found?.artifacts ?? null, checkSignerSet(record, manifest), found === null ? null : blockByRerun(found.block, record, rerun), checkTime(record, manifest, head.height), checkOwnKey(manifest, keys?.hex ?? null),
    ]
    return all.filter((finding) => finding !== null)
  }, [id, record, manifest, manifestHash, records, nextHash, report, rerun, found, head.height, keys])
  return { findings, records, next, again: () => setRound(round + 1) }
}

async function blockOf(height: number): Promise<LightBlock | null> {
  return (await whenNode()).lightBlockAt(height)
}
