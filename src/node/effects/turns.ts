import { mayExecute } from '../../world/index.ts'
import type { EffectRecord, ListedExecutor } from '../../world/index.ts'

/** Blocks each of several executors has to itself: enough to fetch and to be in a block. */
export const BLOCKS_PER_TURN = 4

/** Who is to see to an effect, and for which executor of the state. */
export interface Turn {
  readonly executor: ListedExecutor
  /** Id of a node: the executor itself, or one participant of it. */
  readonly node: string
}

/**
 * Whose turn it is: executors that may, one after the other, so that an effect is not carried out as often as there are executors, and
 * somebody else takes over where one is away. `executors` ascending by id. Null when nobody may.
 */
export function turnAt(executors: readonly ListedExecutor[], { kind, height: asked }: Pick<EffectRecord, 'kind' | 'height'>, height: number): Turn | null {
  const able = executors.filter(({ executor }) => mayExecute(executor, kind))
  if (able.length === 0) return null
  const slot = Math.floor((height - asked) / BLOCKS_PER_TURN)
  const listed = able[(asked + slot) % able.length]!
  const { executor_id, executor } = listed
  if (executor.kind === 'node') return { executor: listed, node: executor_id }
  const { participants } = executor
  return { executor: listed, node: participants[(asked + Math.floor(slot / able.length)) % participants.length]! }
}
