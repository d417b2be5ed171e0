import type { StatusResponse } from '../network/index.ts'

export interface PeerClaim extends StatusResponse {
  readonly peer: string
  /** When it said so, milliseconds since 1970 UTC. */
  readonly at: number
}

/** How far clocks of honest machines may be apart, milliseconds. */
const CLOCK_DRIFT_MS = 60_000

/**
 * No chain can be higher than this at `now`: block times rise by at least a millisecond, from the genesis time on, and validators
 * refuse blocks from the future. A higher claim is a lie that needs no further look.
 */
export function highestPossible(genesisTime: number, now: number): number {
  return Math.max(0, now + CLOCK_DRIFT_MS - genesisTime)
}

/** True when a peer says it holds the block of this height. */
export function claimsBlock({ height, earliest_height }: StatusResponse, wanted: number): boolean {
  return height >= wanted && earliest_height <= wanted && earliest_height > 0
}

/** Highest height among the claims, or null. */
export function highestClaim(claims: Iterable<StatusResponse>): number | null {
  let highest: number | null = null
  for (const { height } of claims) if (highest === null || height > highest) highest = height
  return highest
}
