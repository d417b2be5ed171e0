import {
  decodeBlock, decodeCommit, decodeProposal, decodeVote, encodeBlock, encodeCommit, encodeProposal, encodeVote,
} from '../../codec/index.ts'
import type { Block, Commit, Proposal, Vote } from '../../codec/index.ts'
import type { Prng } from './prng.ts'
import type { VirtualTime } from './virtual-time.ts'

export type Message =
  | { readonly kind: 'vote'; readonly vote: Vote }
  | { readonly kind: 'proposal'; readonly proposal: Proposal }
  | { readonly kind: 'fetch_commit'; readonly height: number }
  | { readonly kind: 'commit'; readonly commit: Commit }
  | { readonly kind: 'fetch_block'; readonly height: number; readonly block_hash: Uint8Array }
  | { readonly kind: 'block'; readonly block: Block }

/** How the network behaves for a while. */
export interface Weather {
  readonly lossPermille: number
  /** Besides, by kind of message: what keeps a proof-of-lock or a decision from all but a few. */
  readonly lossByKind: { readonly proposal: number; readonly prevote: number; readonly precommit: number }
  readonly duplicatePermille: number
  /** Delays are drawn from this range, so messages overtake each other. Virtual milliseconds. */
  readonly delayMs: readonly [number, number]
  /** Group of each node; messages between groups are lost. Null: everyone reaches everyone. */
  readonly groups: readonly number[] | null
}

export const NO_TARGET: Weather['lossByKind'] = { proposal: 0, prevote: 0, precommit: 0 }

/** What a network does after it healed. */
export const CALM: Weather = { lossPermille: 0, lossByKind: NO_TARGET, duplicatePermille: 0, delayMs: [1, 30], groups: null }

/** Delivers between simulated nodes as badly as the weather says. */
export class SimNetwork {
  weather: Weather = CALM
  delivered = 0
  lost = 0
  readonly #time: VirtualTime
  readonly #prng: Prng
  readonly #receivers: ((from: number, message: Message) => void)[] = []

  constructor(time: VirtualTime, prng: Prng) {
    this.#time = time
    this.#prng = prng
  }

  attach(receive: (from: number, message: Message) => void): void {
    this.#receivers.push(receive)
  }

  send(from: number, to: number, message: Message): void {
    const { lossPermille, lossByKind, duplicatePermille, delayMs, groups } = this.weather
    const kind = message.kind === 'vote' ? message.vote.type : message.kind
    const targeted = kind === 'proposal' || kind === 'prevote' || kind === 'precommit' ? lossByKind[kind] : 0
    if ((groups !== null && groups[from] !== groups[to]) || this.#prng.chance(lossPermille) || this.#prng.chance(targeted)) {
      this.lost++
      return
    }
    const wire = toWire(message)
    const copies = this.#prng.chance(duplicatePermille) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      this.#time.after(this.#prng.between(delayMs[0], delayMs[1]), () => {
        this.delivered++
        this.#receivers[to]?.(from, wire())
      })
    }
  }

  broadcast(from: number, message: Message): void {
    for (let to = 0; to < this.#receivers.length; to++) if (to !== from) this.send(from, to, message)
  }
}

/** The message as bytes, and back at the other end: what is sent must survive strict decoding. */
function toWire(message: Message): () => Message {
  switch (message.kind) {
    case 'vote': {
      const bytes = encodeVote(message.vote)
      return () => ({ kind: 'vote', vote: decodeVote(bytes) })
    }
    case 'proposal': {
      const bytes = encodeProposal(message.proposal)
      return () => ({ kind: 'proposal', proposal: decodeProposal(bytes) })
    }
    case 'commit': {
      const bytes = encodeCommit(message.commit)
      return () => ({ kind: 'commit', commit: decodeCommit(bytes) })
    }
    case 'block': {
      const bytes = encodeBlock(message.block)
      return () => ({ kind: 'block', block: decodeBlock(bytes) })
    }
    default:
      return () => message
  }
}
