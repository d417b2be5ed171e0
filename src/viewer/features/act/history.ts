/** The user's own actions and what became of them. Lives as long as the page. */
import { createStore } from 'zustand/vanilla'
import type { ErrorInfo } from '../../../codec/index.ts'
import type { ReceiptAt } from '../../../node/index.ts'
import type { FormIntent } from './forms.ts'
import type { Intent } from './intents.ts'

export type Outcome =
  | { readonly state: 'pending' }
  | { readonly state: 'finalized'; readonly at: ReceiptAt }
  | { readonly state: 'expired' }
  | { readonly state: 'refused'; readonly error: ErrorInfo }

export interface Sent {
  /** Own number; an action refused before sending has no id. */
  readonly number: number
  readonly action_id: string | null
  readonly intent: Intent | FormIntent
  readonly nonce: number
  readonly validUntilHeight: number
  readonly outcome: Outcome
}

/** Older ones are in the ledger. */
const MAX_SENT = 50

export const historyStore = createStore<{ readonly sent: readonly Sent[] }>(() => ({ sent: [] }))

export function addSent(entry: Omit<Sent, 'number'>): void {
  historyStore.setState(({ sent }) => ({ sent: [{ ...entry, number: (sent[0]?.number ?? 0) + 1 }, ...sent].slice(0, MAX_SENT) }))
}

export function settle(number: number, outcome: Outcome): void {
  historyStore.setState(({ sent }) => ({ sent: sent.map((entry) => (entry.number === number ? { ...entry, outcome } : entry)) }))
}

/** The nonce after the state's and after every action still waiting. */
export function nextNonce(stateNonce: number, sent: readonly Sent[]): number {
  const waiting = sent.filter((entry) => entry.outcome.state === 'pending').map((entry) => entry.nonce)
  return Math.max(stateNonce, ...waiting) + 1
}
