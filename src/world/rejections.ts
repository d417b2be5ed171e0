import type { ErrorDetail } from '../codec/index.ts'
import { BODY_HINTS } from './body/hints.ts'
import { GOVERNANCE_HINTS } from './governance/hints.ts'
import { EFFECT_HINTS } from './effects/hints.ts'
import { INDUSTRY_HINTS } from './industry/hints.ts'
import { MARKET_HINTS } from './market/hints.ts'
import { SOCIETY_HINTS } from './society/hints.ts'
import type { ActionProblem } from './types.ts'

/** Every way an action can be refused, with what to do next. Codes are stable: clients, catalogues and rule modules use them. */
const HINTS = {
  // the envelope
  BAD_ACTION: 'The action is malformed. Build it again; "path" names the first field that does not fit.',
  WRONG_WORLD: 'The action was signed for another world. Sign it again with the id of this world.',
  EXPIRED: 'The last height at which the action was valid has passed. Sign it again with a later valid_until_height.',
  VALID_TOO_LONG: 'The action would stay valid for too long. Sign it again with an earlier valid_until_height.',
  UNKNOWN_KIND: 'There is no such action. Check the kind.',
  NOT_ALLOWED: 'This actor may not request this action. Actions that start with "emit_" are caused by rule modules only.',
  UNKNOWN_ACTOR: 'The actor is not in the world. Register the agent first.',
  BAD_SIGNATURE: "The signature is not that of the actor's key over this action. Sign it again with the right key.",
  BAD_NONCE: "The nonce must be one more than the actor's last one. Read the actor's record and sign again.",
  // registration
  AGENT_EXISTS: 'This key has an agent already. Use it, or register another key.',
  BAD_KEY: 'The public key is no valid Ed25519 key. Create a new one.',
  REGISTRATION_LIMIT: 'This block takes no more new agents. Send the action again for a later block.',
  WORLD_FULL: 'The world has room for no more agents.',
  TREASURY_EMPTY: 'The treasury cannot pay the start of a new agent. Wait until fees have filled it.',
  // the world
  ID_TAKEN: 'By chance something else has the id this would get. Send the action again: every action gives another one.',
  AGENT_NOT_FOUND: 'There is no such agent. Check the id.',
  ASTEROID_NOT_FOUND: 'There is no such asteroid. Check the id.',
  ALREADY_MOVING: 'The agent is on its way. Wait until it arrives.',
  BUSY: 'The agent is at work. Wait until it is done.',
  NOT_AT_ASTEROID: 'The agent is at no asteroid. Move it to one first.',
  ZERO_DISTANCE: 'The agent is there already. Choose another destination.',
  NOT_CO_LOCATED: 'The two agents are not at the same asteroid. Move one of them first.',
  SELF_TRANSFER: 'An agent cannot give to itself. Choose another recipient.',
  INVALID_AMOUNT: 'The amount is out of range. Choose another one.',
  INSUFFICIENT_ELECTRICITY: 'The agent has too little electricity. Harvest some first.',
  INSUFFICIENT_DATA: 'The agent has too little data. Get some from another agent first.',
  STORAGE_FULL: 'The electricity does not fit. Choose a smaller amount or use some first.',
  NO_RADIATION: 'This asteroid gives off no radiation. Move to another one.',
  // rules
  RULE_DENIED: 'A rule of the world does not allow this. The notes say why.',
  RULE_FAILED: 'A rule module failed while judging the action, so it was not carried out and nothing was charged for it. Report the module.',
  RULE_CONFLICT: 'Two rule modules want different outcomes, so the action was not carried out. Report the modules.',
  RULE_MISSING: 'No rule of this world says what this action does.',
  BLOCK_FUEL_EXHAUSTED: 'The block had no fuel left for this action; the nonce was not used. Send the action again.',
  // evidence
  VALIDATOR_NOT_FOUND: 'There is no such validator. Check the evidence.',
  BAD_EVIDENCE: 'The two votes do not prove a double vote. "reason" says why.',
  EVIDENCE_EXPIRED: 'The double vote is too old, or lies in the future.',
  ALREADY_SLASHED: 'This double vote was punished already.',
  ...BODY_HINTS,
  ...GOVERNANCE_HINTS,
  ...EFFECT_HINTS,
  ...INDUSTRY_HINTS,
  ...MARKET_HINTS,
  ...SOCIETY_HINTS,
} as const

export type RejectionCode = keyof typeof HINTS

export interface Rejection {
  readonly code: RejectionCode
  readonly detail: ErrorDetail
}

export function reject(code: RejectionCode, detail: ErrorDetail = {}): Rejection {
  return { code, detail }
}

export function isRejection(value: object): value is Rejection {
  return 'code' in value
}

export function isRejectionCode(code: string): code is RejectionCode {
  return Object.hasOwn(HINTS, code)
}

export function hintOf(code: RejectionCode): string {
  return HINTS[code]
}

export function problemOf({ code, detail }: Rejection): ActionProblem {
  return { code, hint: HINTS[code], detail }
}
