import type { ActionContext } from '../actions/action-rule.ts'
import { newId } from '../new-id.ts'

/**
 * Id of what the action makes; null when another thing has it. Ids are short enough for somebody with many keys to find two alike, and
 * then the first one keeps it.
 */
export function freshId({ state, actor, agent }: ActionContext, prefix: string): string | null {
  const id = newId(prefix, actor, agent!.nonce + 1)
  return state.get(id) === null ? id : null
}
