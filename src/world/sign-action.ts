import { actionPayload, encodeActionEnvelope, toConsensusAction } from '../codec/index.ts'
import type { NodeConsensusAction, UnsignedAction } from '../codec/index.ts'
import type { Signer } from '../crypto/index.ts'

/** Signs an action and packs it as it travels in blocks and gossip. The payload is built here from the typed action (DESIGN §3.7). */
export async function signAction(unsigned: UnsignedAction, signer: Pick<Signer, 'sign'>): Promise<NodeConsensusAction> {
  const signature = await signer.sign(actionPayload(unsigned))
  return toConsensusAction(encodeActionEnvelope({ ...unsigned, signature }))
}
