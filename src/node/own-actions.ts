import type { NodeConsensusAction } from '../codec/index.ts'

/** Blocks an action submitted here may wait before it is sent again: long enough that every validator had a turn in a small set. */
export const RESEND_AFTER_BLOCKS = 4

/**
 * Actions submitted to this node that no block contains yet. Gossip is best effort: one sent while nobody was connected, or lost on
 * the way, is sent again until it is in a block or expires.
 */
export class OwnActions {
  private readonly sent = new Map<string, { readonly action: NodeConsensusAction; height: number }>()

  add(action: NodeConsensusAction, height: number): void {
    this.sent.set(action.action_id, { action, height })
  }

  /** Those to send again at this height. `waiting` says whether an action is still in the mempool; the rest is forgotten. */
  due(height: number, waiting: (actionId: string) => boolean): NodeConsensusAction[] {
    const due: NodeConsensusAction[] = []
    for (const [id, entry] of this.sent) {
      if (!waiting(id)) this.sent.delete(id)
      else if (height - entry.height >= RESEND_AFTER_BLOCKS) {
        entry.height = height
        due.push(entry.action)
      }
    }
    return due
  }
}
