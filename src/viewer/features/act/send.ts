/** Signs an intent, hands it to the node and follows it until its block is final. */
import { currentView } from '../../app/location.ts'
import { text } from '../../i18n/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { errorInfoOf } from '../../node-client/errors.ts'
import { nodeStore } from '../../stores/node.ts'
import { toast } from '../../stores/toasts.ts'
import type { AgentRecord } from '../../../world/index.ts'
import { demoIdentity, signIntent } from './demo-key.ts'
import { addSent, historyStore, nextNonce, settle } from './history.ts'
import type { FormIntent } from './forms.ts'
import type { Intent } from './intents.ts'

/** Long enough for a stalled world to come back, short enough that a forgotten action does not surprise anyone. */
export const VALIDITY_BLOCKS = 60

export async function send(intent: Intent | FormIntent): Promise<void> {
  const identity = demoIdentity()
  const status = nodeStore.getState().status
  if (identity === null || status === null || status.head === null) return
  const node = await whenNode()
  const validUntilHeight = status.head.height + VALIDITY_BLOCKS
  let nonce = 1
  try {
    const record = (await node.query(identity.agentId)).value as AgentRecord | null
    nonce = nextNonce(record?.nonce ?? 0, historyStore.getState().sent)
    const { action_id } = await node.submit(await signIntent(intent, { worldId: status.world_id, nonce, validUntilHeight }))
    addSent({ action_id, intent, nonce, validUntilHeight, outcome: { state: 'pending' } })
  } catch (error) {
    addSent({ action_id: null, intent, nonce, validUntilHeight, outcome: { state: 'refused', error: errorInfoOf(error) } })
  }
}

let checking = false

/** Looks for receipts of what is still waiting; called for every new block. */
export async function followPending(height: number): Promise<void> {
  const pending = historyStore.getState().sent.filter((entry) => entry.outcome.state === 'pending' && entry.action_id !== null)
  if (checking || pending.length === 0) return
  checking = true
  try {
    const node = await whenNode()
    for (const entry of pending) {
      const at = await node.receipt(entry.action_id!)
      if (at !== null) {
        settle(entry.number, { state: 'finalized', at })
        if (currentView().page === 'act') continue // the history there says it already
        const { copy } = text()
        const applied = at.receipt.status === 'applied'
        toast(applied ? 'ok' : 'bad', applied ? copy.toast.accepted : copy.toast.rejected, { link: { href: `#/receipt/${entry.action_id!}`, label: copy.act.openReceipt } })
      } else if (height > entry.validUntilHeight) settle(entry.number, { state: 'expired' })
    }
  } catch {
    // The node stopped or moved to another tab; the next block asks again.
  } finally {
    checking = false
  }
}

nodeStore.subscribe(({ status }, before) => {
  const height = status?.head?.height ?? 0
  if (height > (before.status?.head?.height ?? 0)) void followPending(height)
})
