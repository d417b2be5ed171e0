import type { Amounts, Settlement } from '../ledger.ts'
import type { GameplayPolicy } from './params.ts'
import type { Achievement, CrisisKind, CrisisRecord, Delivery, MetaTrack, Payment, Side } from './records.ts'

// Payloads of the events of this part. `Settlement` marks those that carry out an action.

export type ContractOpened = Settlement & {
  readonly agent: string
  readonly contract_id: string
  readonly counterparty: string | null
  readonly deliver: Delivery
  readonly payment: Payment
  readonly reputation_stake: number
  readonly place: string
  readonly description: string
  readonly opened_height: number
  readonly expires_height: number
}
export type ContractAccepted = Settlement & { readonly agent: string; readonly contract_id: string }
/** `agent` delivered to `creator`: it got `payment.amount - tax`, the treasury `tax`. Gains already stand under cap and cooldown. */
export type ContractSettled = Settlement & {
  readonly agent: string
  readonly creator: string
  readonly contract_id: string
  readonly deliver: Delivery
  readonly payment: Payment
  readonly tax: number
  readonly creator_reputation: number
  readonly counterparty_reputation: number
  /** Contracts `agent` has kept, this one included. */
  readonly counterparty_settled: number
  readonly height: number
}
/** Electricity above `capacity` is held for the agent. */
export type ContractCancelled = Settlement & { readonly agent: string; readonly contract_id: string; readonly refunded: Payment; readonly capacity: number }
/** `blamed` is who broke a promise, null when nobody had made one or nobody can be blamed; reputation changes are zero or negative. */
export type ContractExpired = {
  readonly contract_id: string
  readonly creator: string
  readonly counterparty: string | null
  readonly blamed: string | null
  readonly refunded: Payment
  /** Electricity above it is held for the creator. */
  readonly capacity: number
  readonly creator_reputation: number
  readonly counterparty_reputation: number
}

export type AllianceFormed = Settlement & { readonly agent: string; readonly alliance_id: string; readonly name: string; readonly invited: readonly string[]; readonly height: number; readonly until_height: number }
export type AllianceInvited = Settlement & { readonly agent: string; readonly alliance_id: string; readonly invited: string; readonly height: number; readonly until_height: number }
export type AllianceJoined = Settlement & { readonly agent: string; readonly alliance_id: string; readonly height: number }
/** `founder` is who leads from then on; null when nobody is left and the alliance is gone. */
export type AllianceLeft = Settlement & { readonly agent: string; readonly alliance_id: string; readonly founder: string | null }
export type AllianceDissolved = Settlement & { readonly agent: string; readonly alliance_id: string; readonly members: readonly string[] }

export type WarDeclared = Settlement & {
  readonly agent: string
  readonly war_id: string
  readonly aggressor: string
  readonly defender: string
  readonly objective: string
  readonly intensity: number
  readonly declared_height: number
  readonly ends_height: number
}
/** What a war did to one agent; already within what it had and can hold. */
export type WarOutcome = { readonly agent: string; readonly electricity: number; readonly data: number; readonly reputation: number }
/** `outcomes` and `to_treasury` add up to nothing. */
export type WarConcluded = {
  readonly war_id: string
  readonly aggressor: string
  readonly defender: string
  readonly winner: Side | 'draw'
  readonly intensity: number
  readonly aggressor_score: number
  readonly defender_score: number
  readonly outcomes: readonly WarOutcome[]
  readonly to_treasury: Amounts
  readonly height: number
  readonly truce_until_height: number
}

export type CrisisSpawned = {
  readonly crisis_id: string
  readonly kind: CrisisKind
  readonly severity: number
  readonly needs: CrisisRecord['needs']
  readonly required: number
  readonly spawned_height: number
  readonly until_height: number
}
/** Resources go to the treasury; `burned` materials are gone. */
export type CrisisContributed = Settlement & { readonly agent: string; readonly crisis_id: string; readonly needs: CrisisRecord['needs']; readonly amount: number; readonly burned: number }
export type CrisisResolved = {
  readonly crisis_id: string
  readonly kind: CrisisKind
  readonly severity: number
  readonly contributors: readonly { readonly agent: string; readonly amount: number; readonly reputation: number }[]
}
/** `penalty`: per cent by which everybody suffers until `aftermath_until_height`. */
export type CrisisTimedOut = { readonly crisis_id: string; readonly kind: CrisisKind; readonly severity: number; readonly penalty: number; readonly height: number; readonly aftermath_until_height: number }

export type CouncilOpened = Settlement & {
  readonly agent: string
  readonly key: string
  readonly title: string
  readonly description: string
  readonly options: readonly string[]
  readonly opened_height: number
  readonly closes_height: number
  readonly quorum_weight: number
  readonly pass_threshold_bps: number
  readonly policy: GameplayPolicy | null
}
export type CouncilVoted = Settlement & { readonly agent: string; readonly key: string; readonly opened_height: number; readonly option: string; readonly weight: number }
export type CouncilFinalized = { readonly key: string; readonly winning_option: string | null; readonly winning_weight: number; readonly total_weight: number; readonly passed: boolean }
export type PolicyUpdated = { readonly key: string; readonly policy: GameplayPolicy }

/** `total` and `track_points` are those after it. */
export type MetaGranted = { readonly agent: string; readonly track: MetaTrack; readonly points: number; readonly track_points: number; readonly total: number; readonly achievement: Achievement | null }
