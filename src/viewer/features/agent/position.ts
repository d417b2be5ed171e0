/** Where an agent is and how far its task is, at a height. Only for showing; the kernel's own integers decide. */
import type { AgentRecord } from '../../../world/index.ts'

export interface Vector {
  readonly x: number
  readonly y: number
  readonly z: number
}

/** Centimetres; between two asteroids on the straight line of the journey. */
export function shownPosition(agent: Pick<AgentRecord, 'position' | 'motion'>, height: number): Vector {
  const { motion } = agent
  if (motion === null) return agent.position
  const part = partDone(motion.depart_height, motion.arrive_height, height)
  const between = (from: number, to: number): number => Math.round(from + (to - from) * part)
  return { x: between(motion.from.x, motion.to.x), y: between(motion.from.y, motion.to.y), z: between(motion.from.z, motion.to.z) }
}

/** From 0 to 1. A span without length is done. */
export function partDone(since: number, until: number, height: number): number {
  if (until <= since) return 1
  return Math.min(1, Math.max(0, (height - since) / (until - since)))
}
