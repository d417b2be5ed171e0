import {
  DEFAULT_DECODE_LIMITS, decodeWith, encodeCanonical, governanceCertificateSchema, governanceStatementSchema, HASH_TEXT, schema, WORLD_ID,
} from '../codec/index.ts'
import type { Infer, Schema, Value, ValueMap } from '../codec/index.ts'
import { ACTOR, MAX_REASON, proposalContentSchema, shadowReportSchema, worldManifestSchema } from './chain-forms.ts'
import { VaultError } from './errors.ts'
import { readableText } from './readable-text.ts'

const { anyValue, int, literal, object, optional, record, text, union } = schema

/** Who acts, in which world, and until when: the frame of every action. */
const FRAME = { world_id: WORLD_ID, actor: ACTOR, nonce: int(1), valid_until_height: int(1) }

/** A proposal with everything its hashes are made of, so that none of them need be believed. */
const SUBJECT = { proposal_id: HASH_TEXT, proposal: proposalContentSchema, base_manifest: worldManifestSchema }
/** What shadow and apply make of it. */
const OUTCOME = { report: shadowReportSchema, next_manifest: worldManifestSchema }

/** Actions that have an intent of their own and are signed in no other way. */
export const GOVERNANCE_KINDS: ReadonlySet<string> = new Set(['propose', 'approve_proposal', 'reject_proposal', 'veto_proposal', 'apply_proposal'])

const worldAction: Schema<ValueMap & { readonly kind: string }> = {
  parse: (value, path) => {
    const action = record(anyValue(), 64, 64).parse(value, path)
    const kind = text(64, /^[a-z][a-z0-9_.]*$/).parse(action['kind'], `${path}.kind`)
    if (GOVERNANCE_KINDS.has(kind)) throw new VaultError('INTENT_INVALID', { kind }, `"${kind}" has an intent of its own, with everything that must be checked.`)
    return action as ValueMap & { readonly kind: string }
  },
}

const intentSchema = union('kind', {
  propose: object({ ...FRAME, ...SUBJECT, kind: literal('propose') }),
  /** `reason`: why one signs although a check was inconclusive; it is part of the signed action (R3). */
  approve_proposal: object({ ...FRAME, ...SUBJECT, ...OUTCOME, kind: literal('approve_proposal'), certificate: governanceStatementSchema, reason: optional(text(MAX_REASON)) }),
  reject_proposal: object({ ...FRAME, ...SUBJECT, kind: literal('reject_proposal'), reason: text(MAX_REASON) }),
  veto_proposal: object({ ...FRAME, ...SUBJECT, kind: literal('veto_proposal') }),
  apply_proposal: object({ ...FRAME, ...SUBJECT, ...OUTCOME, kind: literal('apply_proposal'), certificate: governanceCertificateSchema }),
  world_action: object({ ...FRAME, kind: literal('world_action'), action: worldAction }),
})

/** What a key may be asked to sign: never bytes, always a whole thing that can be read. */
export type Intent = Infer<typeof intentSchema>
export type IntentKind = Intent['kind']
export type IntentOf<K extends IntentKind> = Extract<Intent, { readonly kind: K }>
export type ProposalIntent = Exclude<Intent, IntentOf<'world_action'>>
/** Those that say what the world becomes. */
export type OutcomeIntent = IntentOf<'approve_proposal' | 'apply_proposal'>

/** Most bytes of an intent in canonical form: a manifest of 64 modules, a proposal and its report with room to spare. */
export const MAX_INTENT_BYTES = 1 << 20

/** The intent as plain data of its own, which nobody can change any more. Throws `INTENT_INVALID` naming the first field that does not fit. */
export function parseIntent(content: unknown): Intent {
  try {
    const encoded = encodeCanonical(content as Value)
    return decodeWith(intentSchema, encoded, { ...DEFAULT_DECODE_LIMITS, maxBytes: MAX_INTENT_BYTES })
  } catch (cause) {
    if (cause instanceof VaultError) throw cause
    // It may name keys of the content, which are anyone's words.
    const why = cause instanceof Error ? readableText(cause.message) : undefined
    throw new VaultError('INTENT_INVALID', {}, why, { cause })
  }
}
