/** Number and time of the next action of an actor, from its proven record. */
import { CONFIG_KEY, governanceSignerKey } from '../../../world/index.ts'
import type { ConfigRecord } from '../../../world/index.ts'
import { provenRecords } from './load.ts'
import type { Frame } from './intent.ts'

/** Time to read, to compare on a second device and to carry a file to an air-gapped one: about an hour at a block a second. */
const VALID_BLOCKS = 3_600

const keyOf = (actor: string): string => (actor.startsWith('signer/') ? governanceSignerKey(actor.slice('signer/'.length)) : actor)

/** `height` is that of the head; null for an actor the state does not know. */
export async function frameOf(worldId: string, actor: string, height: number): Promise<Frame | null> {
  const records = await provenRecords([keyOf(actor), CONFIG_KEY])
  const record = records.get(keyOf(actor)) as { readonly nonce: number } | undefined
  if (record === undefined) return null
  const config = records.get(CONFIG_KEY) as unknown as ConfigRecord
  const longest = config.params.max_action_validity_blocks
  return { world_id: worldId, actor, nonce: record.nonce + 1, valid_until_height: height + Math.min(VALID_BLOCKS, longest) }
}
