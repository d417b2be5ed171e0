import type { Settlement } from '../ledger.ts'
import type { BodyView, SlotType } from './records.ts'

/** `body.attributes_updated` */
export type BodyAttributesUpdated = Settlement & { readonly agent: string; readonly view: BodyView }

/** `body.expanded`: one module_rack became a slot. */
export type BodyExpanded = Settlement & { readonly agent: string; readonly slot_id: string; readonly slot_type: SlotType; readonly slots: number }

/** `body.slot_equipped`; null is an empty slot. */
export type BodySlotEquipped = Settlement & { readonly agent: string; readonly slot_id: string; readonly module: string | null; readonly previous: string | null }

/** `data.collection_started` */
export type DataCollectionStarted = Settlement & {
  readonly agent: string
  readonly asteroid: string
  readonly blocks: number
  readonly amount: number
  readonly since_height: number
  readonly until_height: number
}

/** `data.collected`: the amount is new in the world. */
export type DataCollected = { readonly agent: string; readonly asteroid: string; readonly amount: number }

/** `data.access_granted`, `data.access_revoked` */
export type DataAccessChanged = Settlement & { readonly agent: string; readonly grantee: string }
