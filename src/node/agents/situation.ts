import type { WorkAction } from './industry/work.ts'
import type { SocialAction } from './society/citizen.ts'
import type { CommercialAction } from './society/commerce.ts'

/** What a scripted agent knows when it decides: its own record and what lies around it. Amounts in whole units. */
export interface AgentSituation {
  readonly height: number
  readonly electricity: number
  readonly data: number
  /** Moving or working: nothing to decide until then. */
  readonly busy: boolean
  /** Where it is docked; null on the way. */
  readonly here: Place | null
  /** Other places: the neighbours, nearest first, then some anywhere. */
  readonly places: readonly Destination[]
  /** Agents known to be docked here. */
  readonly companions: readonly Companion[]
  readonly electricity_capacity: number
  readonly harvest_blocks_max: number
}

export interface Place {
  readonly id: string
  /** Level; 0 gives nothing to harvest. */
  readonly radiation: number
}

export interface Destination extends Place {
  /** Electricity the way costs at most. */
  readonly cost: number
  /** Agents known to be there or on the way there. */
  readonly agents: number
}

export interface Companion {
  readonly agent_id: string
  readonly electricity: number
  readonly data: number
}

/** What an agent may want; the shapes are those of the action envelope. */
export type AgentAction = LifeAction | WorkAction | SocialAction | CommercialAction

export type LifeAction =
  | { readonly kind: 'move_agent'; readonly to: string }
  | { readonly kind: 'harvest_radiation'; readonly blocks: number }
  | { readonly kind: 'transfer_resource'; readonly to: string; readonly resource: 'electricity' | 'data'; readonly amount: number }
  | { readonly kind: 'query_observation' }
