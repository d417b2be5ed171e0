import { PEER_LIMITS } from './limits.ts'
import type { Metrics } from './metrics.ts'

/**
 * What a peer can do wrong, and what it costs. 40 points demote (not asked any more), 100 disconnect and refuse.
 * Points halve every `HALF_LIFE_MS`. Only what no honest node can do by accident reaches 100 at once.
 */
export const OFFENCE_WEIGHTS = {
  /** No answer in time. Demotes, but never refuses by itself (`SLOWNESS_CAP`). */
  TIMEOUT: 5,
  /** Ended a message half way, with the connection alive. */
  TRUNCATED: 20,
  /** More than the protocol allows at once. */
  SPAM: 20,
  /** Not canonical, or not of the message's shape. */
  BAD_MESSAGE: 25,
  /** Well formed, but for a height or round that cannot be meant. */
  WRONG_HEIGHT: 10,
  OVERSIZED: 35,
  /** Another world's message: usually a wrong configuration, always useless. */
  WRONG_WORLD: 40,
  BAD_SIGNATURE: 50,
  /** Bytes that are not what their hash says. */
  HASH_MISMATCH: 100,
  /** A certificate without 2/3 of the stake, or with a signature that fails. */
  BAD_CERTIFICATE: 100,
  /** A block that its own header or its execution contradicts. */
  BAD_BLOCK: 100,
} as const

export type OffenceCode = keyof typeof OFFENCE_WEIGHTS
export type PeerStanding = 'good' | 'demoted' | 'refused'

export const DEMOTE_AT = 40
export const REFUSE_AT = 100
/** Timeouts alone lead no further: validators on a starved machine must not lock each other out. */
export const SLOWNESS_CAP = 60
export const HALF_LIFE_MS = 60_000
/** First refusal; each further one of the same peer doubles it. */
export const FIRST_REFUSAL_MS = 60_000
export const MAX_REFUSAL_MS = 15 * 60_000
/** A peer that behaved for this long after a refusal starts again from the first. */
export const REFUSAL_MEMORY_MS = 60 * 60_000

/** One refused message, for the network page. `detail` is at most `PEER_LIMITS.maxDetail` characters. */
export interface Refusal {
  readonly at: number
  readonly peer: string
  readonly code: OffenceCode
  readonly detail: string
  readonly score: number
  readonly standing: PeerStanding
}

export interface PeerScore {
  readonly peer: string
  readonly score: number
  readonly standing: PeerStanding
  readonly refusedUntil: number | null
  readonly offences: Readonly<Partial<Record<OffenceCode, number>>>
}

export interface PeerPolicyInit {
  /** Milliseconds; only differences count. */
  readonly now: () => number
  readonly metrics: Metrics
  readonly onRefusal?: (refusal: Refusal) => void
  /** The peer's score reached `REFUSE_AT`: close its connections. */
  readonly onDisconnect?: (peer: string, until: number) => void
}

export interface PeerPolicy {
  /** Counts an offence and says where the peer stands now. */
  readonly report: (peer: string, code: OffenceCode, detail?: string) => PeerStanding
  readonly standing: (peer: string) => PeerStanding
  readonly score: (peer: string) => number
  /** When a refused peer may return (same clock as `now`), or null. */
  readonly refusedUntil: (peer: string) => number | null
  /** Those that may be asked, least guilty first; demoted ones only when nobody else is left, refused ones never. */
  readonly rank: (peers: Iterable<string>) => string[]
  readonly scores: () => PeerScore[]
  /** The newest refusals, oldest first. */
  readonly recent: () => readonly Refusal[]
}

interface Entry {
  score: number
  at: number
  refusals: number
  refusedUntil: number
  offences: Partial<Record<OffenceCode, number>>
}

/** Points left of `score` after `elapsedMs`. */
export function decayed(score: number, elapsedMs: number): number {
  return elapsedMs <= 0 ? score : score * 2 ** (-elapsedMs / HALF_LIFE_MS)
}

/** Score after one more offence. */
export function addOffence(score: number, code: OffenceCode): number {
  const next = score + OFFENCE_WEIGHTS[code]
  return code === 'TIMEOUT' ? Math.max(score, Math.min(next, SLOWNESS_CAP)) : next
}

export function refusalDuration(previousRefusals: number): number {
  return Math.min(FIRST_REFUSAL_MS * 2 ** previousRefusals, MAX_REFUSAL_MS)
}

/** Remembers how peers behaved. Knows nothing of connections: the host acts on `onDisconnect` and asks `standing` before it accepts. */
export function createPeerPolicy(init: PeerPolicyInit): PeerPolicy {
  const entries = new Map<string, Entry>()
  const recent: Refusal[] = []

  function scoreOf(entry: Entry): number {
    return decayed(entry.score, init.now() - entry.at)
  }

  function standingOf(entry: Entry | undefined): PeerStanding {
    if (entry === undefined) return 'good'
    if (entry.refusedUntil > init.now()) return 'refused'
    return scoreOf(entry) >= DEMOTE_AT ? 'demoted' : 'good'
  }

  /** Makes room by forgetting who has least to answer for; a refused peer goes last, or refusals could be washed away. */
  function evictOne(): void {
    let victim: string | undefined
    let least = Infinity
    for (const [peer, entry] of entries) {
      const weight = scoreOf(entry) + (entry.refusedUntil > init.now() ? REFUSE_AT : 0)
      if (weight >= least) continue
      victim = peer
      least = weight
    }
    if (victim !== undefined) entries.delete(victim)
  }

  function entryOf(peer: string): Entry {
    const known = entries.get(peer)
    if (known !== undefined) return known
    if (entries.size >= PEER_LIMITS.maxTracked) evictOne()
    const entry: Entry = { score: 0, at: init.now(), refusals: 0, refusedUntil: 0, offences: {} }
    entries.set(peer, entry)
    return entry
  }

  function refuse(peer: string, entry: Entry, now: number): void {
    if (entry.refusedUntil > 0 && now - entry.refusedUntil > REFUSAL_MEMORY_MS) entry.refusals = 0
    entry.refusedUntil = now + refusalDuration(entry.refusals)
    entry.refusals++
    entry.score = DEMOTE_AT // comes back as a demoted peer and has to earn more by not offending
    entry.at = entry.refusedUntil
    init.metrics.count('peers.refused')
    init.onDisconnect?.(peer, entry.refusedUntil)
  }

  function report(peer: string, code: OffenceCode, detail = ''): PeerStanding {
    const now = init.now()
    const entry = entryOf(peer)
    const before = standingOf(entry)
    if (before !== 'refused') {
      entry.score = addOffence(scoreOf(entry), code)
      entry.at = now
    }
    entry.offences[code] = (entry.offences[code] ?? 0) + 1
    init.metrics.count(`peers.offence.${code}`)
    const score = entry.score
    if (before !== 'refused' && score >= REFUSE_AT) refuse(peer, entry, now)
    const standing = standingOf(entry)
    if (before === 'good' && standing === 'demoted') init.metrics.count('peers.demoted')
    const refusal: Refusal = { at: now, peer, code, detail: detail.slice(0, PEER_LIMITS.maxDetail), score, standing }
    recent.push(refusal)
    if (recent.length > PEER_LIMITS.maxRecentRefusals) recent.shift()
    init.onRefusal?.(refusal)
    return standing
  }

  function rank(peers: Iterable<string>): string[] {
    const known = [...peers].map((peer) => {
      const entry = entries.get(peer)
      return { peer, standing: standingOf(entry), score: entry === undefined ? 0 : scoreOf(entry) }
    })
    const good = known.filter((peer) => peer.standing === 'good')
    const usable = good.length > 0 ? good : known.filter((peer) => peer.standing === 'demoted')
    return usable.sort((a, b) => a.score - b.score).map((entry) => entry.peer)
  }

  return {
    report,
    rank,
    standing: (peer) => standingOf(entries.get(peer)),
    score: (peer) => {
      const entry = entries.get(peer)
      return entry === undefined ? 0 : scoreOf(entry)
    },
    refusedUntil: (peer) => {
      const until = entries.get(peer)?.refusedUntil ?? 0
      return until > init.now() ? until : null
    },
    scores: () =>
      [...entries].map(([peer, entry]) => ({
        peer,
        score: scoreOf(entry),
        standing: standingOf(entry),
        refusedUntil: entry.refusedUntil > init.now() ? entry.refusedUntil : null,
        offences: { ...entry.offences },
      })),
    recent: () => [...recent],
  }
}
