import type { NodeConsensusAction } from '../codec/index.ts'
import type { ActionContext } from './actions/action-rule.ts'
import { admit } from './admission.ts'
import type { WorldSetup } from './execute-block.ts'
import { isRejection, problemOf } from './rejections.ts'
import type { StateReader } from './state/state.ts'
import type { ActionProblem } from './types.ts'

/** What the kernel's own checks say about an action if it came first in the next block. Rule modules are not asked. */
export function checkAction(
  { worldId, params, asteroids }: WorldSetup, state: StateReader & { readonly height: number },
  action: NodeConsensusAction, verdict: boolean | undefined,
): ActionProblem | null {
  const height = state.height + 1
  const admitted = admit({ state, worldId, height, maxValidityBlocks: params.max_action_validity_blocks }, action, verdict)
  if (isRejection(admitted)) return problemOf(admitted)
  const { rule, envelope, agent } = admitted
  // Looking around takes the whole world and decides nothing here.
  const context: ActionContext = { state, worldId, height, params, asteroids, actor: envelope.actor, agent, observe: () => [] }
  const examined = rule.examine(context, admitted.action)
  return isRejection(examined) ? problemOf(examined) : null
}
