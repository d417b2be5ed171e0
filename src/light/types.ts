import type { BlockHeader, CommitCertificate, ValidatorSet } from '../codec/index.ts'

/** A header with what proves it: the certificate and the set that signed it (CometBFT light-client spec, `LightBlock`). */
export interface LightBlock {
  readonly header: BlockHeader
  readonly certificate: CommitCertificate
  /** The validators of this height, whose hash is `header.validators_hash`. */
  readonly validators: ValidatorSet
}

/** Where light blocks come from: a peer, an HTTP server, a file. Nothing it says is trusted. */
export interface LightSource {
  /** The light block of `height`, or of the newest height when null. Null when the source does not have it. */
  lightBlock(height: number | null): Promise<LightBlock | null>
}

/** Trust in the beginning of a world: `world_id` binds the genesis, the genesis names the first validators. */
export interface GenesisCheckpoint {
  readonly world_id: string
  readonly height: 0
  /** When the world began, milliseconds since 1970 UTC: the trusting period counts from here. */
  readonly time: number
  readonly validators: ValidatorSet
}

/** Trust in a block by its hash, got from somewhere other than the source being verified. */
export interface BlockCheckpoint {
  readonly world_id: string
  /** ≥ 1. */
  readonly height: number
  readonly block_hash: Uint8Array
}

/** What the user trusts to begin with. A `LightBlock` (kept from an earlier session) needs no fetch. */
export type Checkpoint = GenesisCheckpoint | BlockCheckpoint | LightBlock

/** Share of a trusted set's stake that must have signed a later header before skipping to it. */
export interface TrustLevel {
  readonly numerator: number
  readonly denominator: number
}

/** What every rule that compares against trusted data needs to know. Times in milliseconds. */
export interface VerificationOptions {
  /** How long validators can be punished for what they signed; must be shorter than the unbonding time. */
  readonly trustingPeriodMs: number
  /** How far a header's time may lie ahead of `now`. */
  readonly clockDriftMs: number
  readonly trustLevel: TrustLevel
  /** Milliseconds since 1970 UTC. */
  readonly now: number
}

/** What a verified block, or a genesis, lends to the next verification. */
export interface TrustedState {
  readonly world_id: string
  readonly height: number
  readonly time: number
  /** Null at genesis. */
  readonly block_hash: Uint8Array | null
  readonly validators: ValidatorSet
  readonly next_validators_hash: Uint8Array
}

/** Both sides of a fork, each provable to anyone who trusts the block at `common_height`. */
export interface ConflictEvidence {
  /** Highest height both sides agree on. */
  readonly common_height: number
  readonly primary: LightBlock
  readonly witness: LightBlock
  /** Position in the list of witnesses. */
  readonly witness_index: number
  /** Validators whose keys signed both certificates. */
  readonly double_signers: readonly string[]
}
