import { encodeCanonical } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'

/** What became of one action of a block. Rejections are results like any other: certified, with the data to understand them. */
export interface Receipt {
  readonly action_id: string
  readonly status: 'applied' | 'rejected'
  /** Stable; null when applied. */
  readonly code: string | null
  /** What to do next, for people; null when applied. */
  readonly hint: string | null
  readonly detail: ErrorDetail
  /** Index in the block of the first event this action caused, and how many. */
  readonly events: { readonly first: number; readonly count: number }
  /** What the actor was charged, whole units. */
  readonly fees: { readonly electricity: number; readonly data: number }
  /** Fuel of all module calls made for this action. */
  readonly fuel: number
}

export function encodeReceipt(receipt: Receipt): Uint8Array {
  return encodeCanonical(receipt as never)
}
