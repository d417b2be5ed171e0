import type { NodeApi } from '../node/api.ts'
import type { AuditSource } from './source.ts'

/** Reads from the node of a page. `genesis` is what the page started its node with; null when it has none at hand. */
export async function pageSource(node: Pick<NodeApi, 'status' | 'blockAt' | 'lightBlockAt'>, genesis: Uint8Array | null): Promise<AuditSource> {
  const { world_id } = await node.status()
  return {
    worldId: world_id,
    genesis,
    range: async () => {
      const { head, storage } = await node.status()
      return head === null || storage.earliest_height === null ? null : { earliest: storage.earliest_height, latest: head.height }
    },
    lightBlock: (height) => node.lightBlockAt(height),
    events: async (height) => (await node.blockAt(height))?.events ?? null,
  }
}
