/** The signing of one intent, step by step (research/ui.md §5). Pure: what happens is in the sheet, what may happen next is here. */
import type { SignedIntent } from '../../../vault/index.ts'

export const STEPS = ['read', 'check', 'compare', 'sign', 'sent'] as const
export type Step = (typeof STEPS)[number]

/** A key that may sign: one of the vault, or one whose secret lies on another device. */
export type ChosenKey =
  | { readonly kind: 'vault'; readonly key_id: string; readonly publicKey: Uint8Array }
  | { readonly kind: 'elsewhere'; readonly publicKey: Uint8Array }

/** How the digest was compared: a code of the other device was read, or the person says so. */
export type Comparison = 'scanned' | 'declared'

export interface Ceremony {
  readonly step: Step
  readonly key: ChosenKey | null
  /** Why the signer goes on although something could not be checked. */
  readonly reason: string
  readonly compared: Comparison | null
  /** A code of the other device showed another digest: nothing is signed any more. */
  readonly mismatch: string | null
  readonly signed: SignedIntent | null
}

export const START: Ceremony = { step: 'read', key: null, reason: '', compared: null, mismatch: null, signed: null }

export type CeremonyAction =
  | { readonly type: 'go'; readonly step: Step }
  | { readonly type: 'choose'; readonly key: ChosenKey | null }
  | { readonly type: 'reason'; readonly reason: string }
  | { readonly type: 'declare'; readonly same: boolean }
  | { readonly type: 'scanned'; readonly digest: string; readonly expected: string }
  | { readonly type: 'signed'; readonly signed: SignedIntent }

/** Back is always open until something is signed; forward is one step at a time. */
export function ceremony(state: Ceremony, action: CeremonyAction): Ceremony {
  if (state.signed !== null) return state // what is signed cannot be taken back by paging
  switch (action.type) {
    case 'go': {
      const [from, to] = [STEPS.indexOf(state.step), STEPS.indexOf(action.step)]
      return to > from + 1 || action.step === 'sent' ? state : { ...state, step: action.step }
    }
    // Another key may sign other bytes: what was compared was for the one before.
    case 'choose': return { ...state, key: action.key, compared: null, mismatch: null }
    case 'reason': return { ...state, reason: action.reason }
    case 'declare': return { ...state, compared: action.same && state.mismatch === null ? 'declared' : null }
    case 'scanned': return action.digest === action.expected ? { ...state, compared: 'scanned', mismatch: null } : { ...state, compared: null, mismatch: action.digest }
    case 'signed': return state.step === 'sign' ? { ...state, signed: action.signed, step: 'sent' } : state
  }
}

/** Milliseconds the words must be on screen before they can be called compared (R7). */
export const COMPARE_MS = 5000

/** Whether something would be lost: the first page is only reading. */
export const isUnderWay = ({ step, signed }: Ceremony): boolean => step !== 'read' && signed === null
