import { blockHash, effectReceiptSchema, equalBytes, headerSchema, receiptHash, schema } from '../../codec/index.ts'
import type { BlockHeader, EffectReceipt, Infer, ReceiptSignature, Schema, Value } from '../../codec/index.ts'
import { isReceiptProblem, readReceiptSignature, receiptSignatureCount, verifyReceipt } from '../../crypto/index.ts'
import type { ReceiptProblem } from '../../crypto/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import type { ActionContext } from '../actions/action-rule.ts'
import type { Settlement } from '../ledger.ts'
import { reject } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'
import { scheduleAt, unschedule } from '../schedule.ts'
import { recentBlockKey } from '../state/keys.ts'
import { readModuleInstance } from '../state/read.ts'
import type { RecentBlock } from '../state/records.ts'
import type { StagedState, StateReader } from '../state/state.ts'
import { authorityOf, executorOf, mayExecute, readExecutor } from './executors.ts'
import { EFFECT_QUEUE_KEY, effectKey } from './keys.ts'
import { readEffect, readEffectQueue } from './records.ts'
import type { EffectRecord } from './records.ts'

const { literal, object } = schema

/** One signature check on the portable path takes a millisecond or two; this much fuel takes a module about as long. */
const SIGNATURE_FUEL = 2_000_000

/** A signature that has no shape is a rejection with a code of its own, not a malformed action. */
const signatureOrProblem: Schema<ReceiptSignature | ReceiptProblem> = { parse: (value, path) => readReceiptSignature(schema.anyValue().parse(value, path)) }

const shape = object({
  kind: literal('submit_effect_receipt'),
  receipt: effectReceiptSchema,
  signature: signatureOrProblem,
  /** Header of the block the signature is anchored to: the state knows hashes of recent blocks, and the header proves the root of receipts. */
  anchor: headerSchema,
})
type SubmitEffectReceipt = Infer<typeof shape>

export type EffectReceiptRecorded = Settlement & EffectReceipt & {
  readonly actor: string
  readonly module_id: string
  readonly instance_id: string
  /** Of the effect. */
  readonly kind: string
  readonly algorithm: ReceiptSignature['algorithm']
  /** The executor that vouches for it. */
  readonly signer: string
  readonly consensus_height: number
  /** Whom or what the instance that asked belongs to, so that it hears of it. */
  readonly agent: string | null
  readonly asteroid: string | null
}

/** What came of an effect, from anyone; what counts is who signed it. The module that asked is told by the event. */
export const submitEffectReceipt = defineAction({
  kind: 'submit_effect_receipt',
  actors: 'everyone',
  shape,
  override: null,
  fuel: ({ signature }: SubmitEffectReceipt) => (isReceiptProblem(signature) ? 0 : SIGNATURE_FUEL * receiptSignatureCount(signature)),
  examine: (context, action) => {
    const { receipt, signature } = action
    const effect = readEffect(context.state, receipt.intent_id)
    if (effect === null) return reject('EFFECT_NOT_FOUND', { intent_id: receipt.intent_id })
    if (effect.state !== 'queued') return reject('EFFECT_NOT_QUEUED', { intent_id: receipt.intent_id, state: effect.state })
    if (isReceiptProblem(signature)) return rejectionOf(signature)
    const refused = whyNotAllowed(context.state, effect, signature) ?? whyNotBelieved(context, action, signature)
    return refused ?? { facts: { intent_id: effect.intent_id, module_id: effect.module_id, effect_kind: effect.kind, status: receipt.status } }
  },
  conclude: ({ state, actor }, { receipt, signature }) => {
    const { module_id, instance_id, kind } = readEffect(state, receipt.intent_id)!
    const { algorithm, consensus_height } = signature as Exclude<ReceiptSignature, { readonly algorithm: 'hmac_sha256' }>
    const target = readModuleInstance(state, instance_id)?.target
    return {
      event: 'effect.receipt',
      payload: {
        actor, ...receipt, module_id, instance_id, kind, algorithm, signer: executorOf(signature as ReceiptSignature)!, consensus_height,
        agent: target?.kind === 'self_agent' ? target.agent : null,
        asteroid: target?.kind === 'location_infrastructure' ? target.asteroid : null,
      },
    }
  },
})

function whyNotAllowed(state: StateReader, effect: EffectRecord, signature: ReceiptSignature): Rejection | null {
  const signer = executorOf(signature)
  const executor = signer === null ? null : readExecutor(state, signer)
  if (executor !== null && !mayExecute(executor, effect.kind)) return reject('RECEIPT_SIGNER_NOT_ALLOWED', { signer, effect_kind: effect.kind })
  if (signature.consensus_height !== null && signature.consensus_height < effect.height) {
    return reject('RECEIPT_ANCHOR_TOO_EARLY', { height: signature.consensus_height, effect_height: effect.height })
  }
  return null
}

function whyNotBelieved({ state, worldId }: ActionContext, { receipt, anchor }: SubmitEffectReceipt, signature: ReceiptSignature): Rejection | null {
  const receiptsRoot = (height: number): Uint8Array | null => (anchor.height === height && isFinalized(state, anchor) ? anchor.receipts_root : null)
  const problem = verifyReceipt(worldId, receipt, signature, authorityOf(state, receiptsRoot))
  return problem === null ? null : rejectionOf(problem)
}

/** Whether a header is that of a recent block of this chain. */
function isFinalized(state: StateReader, header: BlockHeader): boolean {
  const known = state.get(recentBlockKey(header.height)) as unknown as RecentBlock | null
  return known !== null && known.height === header.height && equalBytes(known.block_hash, blockHash(header))
}

function rejectionOf({ problem, detail }: ReceiptProblem): Rejection {
  return reject(`RECEIPT_${problem}`, detail)
}

/** It makes room at once, and stays readable for as long as it could have waited. */
export function applyReceipt(state: StagedState, { intent_id, status, payload, cost_cents, signer }: EffectReceiptRecorded, eventId: string): void {
  const key = effectKey(intent_id)
  const effect = readEffect(state, intent_id)!
  const receipt_hash = receiptHash({ intent_id, status, payload, cost_cents })
  state.set(key, { ...effect, state: 'done', receipt: { status, receipt_hash, signer, event_id: eventId } } satisfies EffectRecord as unknown as Value)
  const queue = readEffectQueue(state)
  state.set(EFFECT_QUEUE_KEY, { ...queue, queued: queue.queued - 1 })
  unschedule(state, effect.expires_height, 'effect_expiry', key)
  scheduleAt(state, 2 * effect.expires_height - effect.height, { kind: 'effect_removal', subject: key, cause: eventId })
}
