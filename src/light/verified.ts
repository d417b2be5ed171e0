/** How one header vouched for another: next to it, some heights later, or as its descendant. */
export type LinkKind = 'adjacent' | 'skipping' | 'backwards'

/** One check that was made on the way to a verified value, in the order made. */
export type VerificationStep =
  | { readonly kind: 'checkpoint'; readonly height: number }
  /** A run of headers from one height to another, each verified by the one before: `headers` of them. */
  | { readonly kind: LinkKind; readonly from: number; readonly to: number; readonly headers: number }
  | { readonly kind: 'certificate'; readonly signed_stake: number; readonly total_stake: number }
  | { readonly kind: 'cross-check'; readonly witnesses: number }
  | { readonly kind: 'execution' }
  | { readonly kind: 'state-proof'; readonly key: string; readonly depth: number }
  | { readonly kind: 'derived'; readonly rule: string }

/** Which finalized block a value was verified against, and how. Plain data. */
export interface Provenance {
  readonly world_id: string
  readonly height: number
  readonly block_hash: Uint8Array
  readonly state_root: Uint8Array
  readonly steps: readonly VerificationStep[]
}

const CONSTRUCTION = Symbol('constructed by the verifier')

/**
 * A value that was checked, with the trail of checks. The constructor needs a token that never leaves this file, and the
 * private field makes look-alikes fail both the type check and `isVerified`: only the functions of this folder make one.
 */
export class Verified<T> {
  readonly #token: symbol
  readonly value: T
  readonly provenance: Provenance

  constructor(token: symbol, value: T, provenance: Provenance) {
    if (token !== CONSTRUCTION) throw new TypeError('Verified values are made by the verifier only; use claimed() for anything else.')
    this.#token = token
    this.value = value
    this.provenance = provenance
    Object.freeze(this)
  }

  static is(candidate: unknown): candidate is Verified<unknown> {
    return typeof candidate === 'object' && candidate !== null && #token in candidate && candidate.#token === CONSTRUCTION
  }
}

/** Anything that was not checked: said by a peer, a server or a file. Rendered as a claim, never as a fact. */
export interface Claimed<T> {
  readonly claimed: T
  /** Who says so, for people: "peer 12D3…", "this server". */
  readonly claimant: string
}

export type Trusted<T> = Verified<T> | Claimed<T>

/** Not exported from the folder's door: the one way to make a `Verified`. */
export function seal<T>(value: T, provenance: Provenance): Verified<T> {
  return new Verified(CONSTRUCTION, value, provenance)
}

export function isVerified<T>(value: Trusted<T>): value is Verified<T> {
  return Verified.is(value)
}

export function claimed<T>(value: T, claimant: string): Claimed<T> {
  return { claimed: value, claimant }
}

/**
 * A value computed from a verified one by a rule worth naming ("position at this height"). The result is as verified as
 * its input as long as `compute` uses nothing else, so it should be a pure function of its argument.
 */
export function derive<T, U>(source: Verified<T>, rule: string, compute: (value: T) => U): Verified<U> {
  const { provenance } = source
  return seal(compute(source.value), { ...provenance, steps: [...provenance.steps, { kind: 'derived', rule }] })
}

/** A verified value as plain data, for a message port. */
export interface VerifiedMessage<T> {
  readonly value: T
  readonly provenance: Provenance
}

export function toMessage<T>(verified: Verified<T>): VerifiedMessage<T> {
  return { value: verified.value, provenance: verified.provenance }
}

/**
 * The other end of `toMessage`. Structured cloning strips the class, so the receiving realm seals it again: call it only on
 * what came over the private port to this origin's own verifier worker, never on data from the network, a file or a URL.
 */
export function fromOwnVerifier<T>(message: VerifiedMessage<T>): Verified<T> {
  return seal(message.value, message.provenance)
}
