import type { AgentRecord, AsteroidRecord, Vector } from './state/records.ts'

/** Largest integer whose square is at most `n`, for 0 ≤ n ≤ 2^53 − 1. Exact: the float root is only a first guess. */
export function integerSqrt(n: number): number {
  let root = Math.floor(Math.sqrt(n))
  while (root * root > n) root--
  while ((root + 1) * (root + 1) <= n) root++
  return root
}

/** Squared distance in cm²: below 2^53 within the belt. */
export function squaredDistance(a: Vector, b: Vector): number {
  const dx = a.x - b.x
  const dy = a.y - b.y
  const dz = a.z - b.z
  return dx * dx + dy * dy + dz * dz
}

/** Distance in whole centimetres, rounded down. */
export function distanceCm(a: Vector, b: Vector): number {
  return integerSqrt(squaredDistance(a, b))
}

/** Blocks a way of `distance` takes: at least one. */
export function travelBlocks(distance: number, speedCmPerBlock: number): number {
  return Math.max(1, Math.ceil(distance / speedCmPerBlock))
}

/**
 * Where an agent is at `height`, by integer interpolation, so that moving agents are not written every block. Before departure it
 * stands at the start, after arrival at the end.
 */
export function positionAt(agent: Pick<AgentRecord, 'position' | 'motion'>, height: number): Vector {
  const { motion } = agent
  if (motion === null) return agent.position
  const { from, to, depart_height, arrive_height } = motion
  const total = arrive_height - depart_height
  const done = Math.min(Math.max(height - depart_height, 0), total)
  const along = (start: number, end: number): number => start + Math.trunc(((end - start) * done) / total)
  return { x: along(from.x, to.x), y: along(from.y, to.y), z: along(from.z, to.z) }
}

const COMPONENT_RANGE = 0x10000
/** The length of a direction is taken in so many parts of a unit, which keeps short ones precise and every product a safe integer. */
const LENGTH_PARTS = 512

/** Where an agent docks: a point on the asteroid's surface that its id picks, so that a crowd does not stand in one spot. */
export function dockingPoint(asteroid: Pick<AsteroidRecord, 'position' | 'radius_cm'>, agentId: string): Vector {
  const digits = agentId.slice(agentId.indexOf('/') + 1)
  const component = (at: number): number => 2 * (Number.parseInt(digits.slice(at, at + 4), 16) - COMPONENT_RANGE / 2) + 1 // odd, so never all zero
  const [x, y, z] = [component(0), component(4), component(8)]
  const length = integerSqrt((x * x + y * y + z * z) * LENGTH_PARTS * LENGTH_PARTS) + 1 // rounded up: never above the surface
  const scaled = (value: number): number => Math.trunc((value * asteroid.radius_cm * LENGTH_PARTS) / length)
  const { position } = asteroid
  return { x: position.x + scaled(x), y: position.y + scaled(y), z: position.z + scaled(z) }
}
