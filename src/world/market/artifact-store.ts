import type { Value } from '../../codec/index.ts'
import type { EventInit } from '../part.ts'
import { unschedule } from '../schedule.ts'
import type { StagedState, StateReader } from '../state/state.ts'
import type { ArtifactBidCancelled } from './events.ts'
import { artifactKey, ARTIFACTS_KEY, artifactsOfKey, artifactUsersKey } from './keys.ts'
import type { ArtifactBidRecord, ArtifactRecord, ArtifactTotals } from './records.ts'

/** What is scheduled for a bid: its end, if it still stands by then. */
export const BID_EXPIRY = 'artifact_bid_expiry'

export const readArtifact = (state: StateReader, hash: string): ArtifactRecord | null => state.get(artifactKey(hash)) as unknown as ArtifactRecord | null
export const readBid = (state: StateReader, id: string): ArtifactBidRecord | null => state.get(id) as unknown as ArtifactBidRecord | null
export const readArtifactsOf = (state: StateReader, agent: string): readonly string[] => (state.get(artifactsOfKey(agent)) ?? []) as readonly string[]
export const readArtifactTotals = (state: StateReader): ArtifactTotals => (state.get(ARTIFACTS_KEY) ?? { bytes: 0, count: 0 }) as unknown as ArtifactTotals

/** Ids of the modules of the world that run an artifact. */
export const readArtifactUsers = (state: StateReader, hash: string): readonly string[] => (state.get(artifactUsersKey(hash)) ?? []) as readonly string[]

/** The artifact after the change; the record must exist. */
export function updateArtifact(state: StagedState, hash: string, change: Partial<ArtifactRecord>): void {
  state.set(artifactKey(hash), { ...readArtifact(state, hash)!, ...change } as unknown as Value)
}

export function addToOwner(state: StagedState, agent: string, hash: string): void {
  state.set(artifactsOfKey(agent), [...readArtifactsOf(state, agent), hash])
}

export function removeFromOwner(state: StagedState, agent: string, hash: string): void {
  const left = readArtifactsOf(state, agent).filter((own) => own !== hash)
  state.set(artifactsOfKey(agent), left.length === 0 ? null : left)
}

export function addToTotals(state: StagedState, count: number, bytes: number): void {
  const totals = readArtifactTotals(state)
  state.set(ARTIFACTS_KEY, { count: totals.count + count, bytes: totals.bytes + bytes })
}

/** Takes a bid away; its artifact may be gone already. */
export function removeBid(state: StagedState, id: string, hash: string): void {
  unschedule(state, readBid(state, id)!.expires_height, BID_EXPIRY, id)
  state.set(id, null)
  const artifact = readArtifact(state, hash)
  if (artifact !== null) updateArtifact(state, hash, { bids: artifact.bids.filter((bid) => bid !== id) })
}

/** The bid of one agent for an artifact; there is at most one. */
export function bidOf(state: StateReader, { bids }: ArtifactRecord, agent: string): string | null {
  return bids.find((id) => readBid(state, id)!.bidder === agent) ?? null
}

/** The event that ends a bid without a sale. */
export function bidCancelled(state: StateReader, bid_id: string, reason: ArtifactBidCancelled['reason'], capacity: number): EventInit {
  const { bidder, wasm_hash, price } = readBid(state, bid_id)!
  return { event: 'artifact.bid_cancelled', payload: { agent: bidder, bid_id, wasm_hash, reason, refund: price, capacity } }
}
