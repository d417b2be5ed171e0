/** A record of the state, fetched with its proof and verified again here whenever a new block stands. */
import { useStore } from 'zustand'
import type { Value } from '../../../codec/index.ts'
import type { Verified } from '../../../light/index.ts'
import { whenNode } from '../../node-client/client.ts'
import type { ProvenRecord } from '../../../node/index.ts'
import { nodeStore } from '../../stores/node.ts'
import { verifyRecord } from '../../trust/verify-record.ts'
import { useAsync } from '../../ui/use-async.ts'
import type { Loadable } from '../../ui/use-async.ts'

export interface CheckedRecord {
  readonly record: ProvenRecord
  readonly verified: Verified<Value>
}

export function useRecord(key: string): Loadable<CheckedRecord> {
  const height = useStore(nodeStore, (node) => node.status?.head?.height ?? 0)
  return useAsync(key, height, async () => {
    const record = await (await whenNode()).query(key)
    return { record, verified: await verifyRecord(record, nodeStore.getState().pinnedWorld) }
  })
}
