import { verifyEd25519 } from '../crypto/index.ts'
import type { NodeConsensusAction } from '../codec/index.ts'
import { readAction, signedPayload } from './received-action.ts'
import type { BlockContext, BlockResult, Kernel } from './types.ts'

/** Verdict of one action's signature on the fast path; undefined when there is nothing to verify yet: the kernel decides then. */
function verdictOf(kernel: Kernel, action: NodeConsensusAction): Promise<boolean> | undefined {
  const { envelope } = readAction(action)
  if (envelope === undefined) return undefined
  const publicKey = kernel.actorKey(envelope.actor, envelope.action)
  return publicKey === null ? undefined : verifyEd25519(publicKey, signedPayload(envelope, action.payload_cbor), envelope.signature)
}

/** Signature verdicts by action id, worked out on the fast path; for `executeBlock` and `checkAction`. */
export async function verifyActions(kernel: Kernel, actions: readonly NodeConsensusAction[]): Promise<Map<string, boolean>> {
  const verdicts = await Promise.all(actions.map((action) => verdictOf(kernel, action)))
  const known = new Map<string, boolean>()
  for (const [index, verdict] of verdicts.entries()) if (verdict !== undefined) known.set(actions[index]!.action_id, verdict)
  return known
}

/**
 * `executeBlock` with signatures verified on other threads at the same time: the block is executed as if all of them were good, which
 * they are in any block of an honest proposer; if one is not, it is executed again with the true verdicts. The result is the same in
 * any case, and staged only with true verdicts when this resolves. Nothing else may stage a block meanwhile.
 */
export async function executeSigned(kernel: Kernel, context: BlockContext, actions: readonly NodeConsensusAction[]): Promise<BlockResult> {
  const pending = actions.map((action) => verdictOf(kernel, action))
  const assumed = new Map<string, boolean>()
  for (const [index, verdict] of pending.entries()) if (verdict !== undefined) assumed.set(actions[index]!.action_id, true)
  const result = kernel.executeBlock(context, actions, assumed)
  const verdicts = await Promise.all(pending)
  const forged = actions.filter((_, index) => verdicts[index] === false)
  if (forged.length === 0) return result
  for (const { action_id } of forged) assumed.set(action_id, false)
  return kernel.executeBlock(context, actions, assumed)
}
