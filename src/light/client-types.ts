import type { Verified } from './verified.ts'
import type { StateProof } from './state-proof.ts'
import type { Checkpoint, LightBlock, LightSource, TrustLevel } from './types.ts'

export interface LightClientInit {
  /** What the user trusts to begin with. */
  readonly checkpoint: Checkpoint
  /** The clock, milliseconds since 1970 UTC. A plain number verifies as of that time. */
  readonly now: number | (() => number)
  /** Where blocks come from; nothing it says is trusted. */
  readonly source: LightSource
  /** Other, independent sources to compare the head with; at least one must confirm it when any are given. Default none. */
  readonly witnesses?: readonly LightSource[]
  /** Default `DEFAULT_TRUSTING_PERIOD_MS`. */
  readonly trustingPeriodMs?: number
  /** Default `DEFAULT_CLOCK_DRIFT_MS`. */
  readonly clockDriftMs?: number
  /** Default one third; between one third and one. */
  readonly trustLevel?: TrustLevel
}

/** What the state holds under a key: the hash of its value's canonical bytes, null when there is nothing. */
export interface StateValue {
  readonly key: string
  readonly value_hash: Uint8Array | null
}

export interface LightClient {
  /**
   * Verifies and returns the block of `height`, or the newest the source has (the current head when there is none newer).
   * Blocks above the head are verified forwards by skipping and bisection, blocks below by hash links.
   * Throws `LightError`; what was trusted before stays. Calls are served one after another.
   */
  sync(height?: number): Promise<Verified<LightBlock>>
  /** Verifies a block at hand (gossip, HTTP) the same way; the source serves only what bisection needs. */
  verify(block: LightBlock): Promise<Verified<LightBlock>>
  /** Highest verified block; null before the first sync. */
  head(): Verified<LightBlock> | null
  /** Verified block of exactly this height, if it is among those still kept. */
  block(height: number): Verified<LightBlock> | null
  /** Positions of witnesses that contradicted a verified block without proof; they are not asked again. */
  faultyWitnesses(): readonly number[]
  /**
   * What the state with this root holds under `key`. The root must be that of a block this client verified
   * (`UNKNOWN_STATE_ROOT` otherwise); use `verifyStateProof` to check a proof without such a claim.
   */
  verifyProof(stateRoot: Uint8Array, key: string, proof: StateProof): Verified<StateValue>
}
