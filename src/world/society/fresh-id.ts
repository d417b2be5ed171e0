import type { ActionContext } from '../actions/action-rule.ts'
import { newId } from '../new-id.ts'
import { reject } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'

/** Id of what the action makes. */
export function idOf({ actor, agent }: ActionContext, prefix: string): string {
  return newId(prefix, actor, agent!.nonce + 1)
}

/** Ids are short enough for somebody with very many keys to find two alike; then the first one keeps it. */
export function whyTaken(context: ActionContext, prefix: string): Rejection | null {
  const id = idOf(context, prefix)
  return context.state.get(id) === null ? null : reject('ID_TAKEN', { id })
}
