/** Records of governance, each fetched with its proof and verified in this tab. */
import type { Value } from '../../../codec/index.ts'
import type { ProposalRecord } from '../../../world/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { nodeStore } from '../../stores/node.ts'
import { verifyRecord, verifyRecords } from '../../trust/verify-record.ts'
import { provenList } from '../modules/records.ts'
import type { Records } from './next-manifest.ts'
import { byAge } from './proposals.ts'
import type { Proposal } from './proposals.ts'

/** More than the state holds: 16 open ones and the newest 64 that are over. */
const MAX_LISTED = 128

export interface ProposalList {
  readonly height: number
  readonly complete: boolean
  readonly proposals: readonly Proposal[]
}

export async function loadProposals(): Promise<ProposalList> {
  const { height, complete, records } = await provenList('proposal/', MAX_LISTED)
  const proposals = [...records].map(([key, record]) => ({ id: key.slice('proposal/'.length), record: record as unknown as ProposalRecord })).sort(byAge)
  return { height, complete, proposals }
}

/** The verified value under a key; null proves that there is none. */
export async function provenValue<T>(key: string): Promise<T | null> {
  const record = await (await whenNode()).query(key)
  return (await verifyRecord(record, nodeStore.getState().pinnedWorld)).value as unknown as T | null
}

/** Several of them; absent ones are left out. */
export async function provenRecords(keys: readonly string[]): Promise<Records> {
  const node = await whenNode()
  const records = await Promise.all(keys.map((key) => node.query(key)))
  const verified = await verifyRecords(records, nodeStore.getState().pinnedWorld)
  return new Map(keys.map((key, index): readonly [string, Value] => [key, verified[index]!.value]).filter(([, value]) => value !== null))
}
