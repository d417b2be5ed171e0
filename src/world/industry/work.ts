import { reject } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'
import type { AgentRecord } from '../state/records.ts'

/** Why an agent cannot work with its hands now; null when it is docked and free. */
export function whyCannotWork({ motion, task, location }: AgentRecord): Rejection | null {
  if (motion !== null) return reject('ALREADY_MOVING', { to: motion.to_asteroid, arrive_height: motion.arrive_height })
  if (task !== null) return reject('BUSY', { task: task.kind, until_height: task.until_height })
  return location === null ? reject('NOT_AT_ASTEROID') : null
}
