import { agentIdOf, AppError } from '../codec/index.ts'
import type { ActionEnvelope, NodeConsensusAction, ValueMap } from '../codec/index.ts'
import { verifyEd25519Portable } from '../crypto/index.ts'
import type { AnyActionRule } from './actions/action-rule.ts'
import { ACTION_RULES } from './action-rules.ts'
import { readAction, signedPayload } from './received-action.ts'
import { reject } from './rejections.ts'
import type { Rejection } from './rejections.ts'
import { signerIdOf } from './governance/keys.ts'
import { readGovernanceSigner } from './governance/records.ts'
import { readAgent, readValidator } from './state/read.ts'
import type { AgentRecord } from './state/records.ts'
import type { StateReader } from './state/state.ts'

/** An action that is authentic and next in its actor's line: what happens to it counts against the nonce. */
export interface AdmittedAction {
  readonly envelope: ActionEnvelope
  readonly rule: AnyActionRule
  /** `envelope.action`, in the shape of its rule. */
  readonly action: unknown
  /** Null for validators, signers and newcomers. */
  readonly agent: AgentRecord | null
}

export interface AdmissionContext {
  readonly state: StateReader
  readonly worldId: string
  /** Of the block the action is, or would be, part of. */
  readonly height: number
  readonly maxValidityBlocks: number
}

/**
 * Checks everything about an action that does not depend on what it wants. `verdict` is that of its signature if known.
 * Never throws: whatever the bytes are, the answer is an action or a rejection.
 */
export function admit(context: AdmissionContext, action: NodeConsensusAction, verdict: boolean | undefined): Rejection | AdmittedAction {
  const read = readAction(action)
  if (read.envelope === undefined) return read.error === null ? reject('BAD_ACTION', { path: 'action_id' }) : malformed(read.error)
  const { envelope } = read
  const { height, worldId, maxValidityBlocks } = context
  if (envelope.world_id !== worldId) return reject('WRONG_WORLD', { world_id: envelope.world_id })
  if (envelope.valid_until_height < height) return reject('EXPIRED', { valid_until_height: envelope.valid_until_height, height })
  if (envelope.valid_until_height > height + maxValidityBlocks) {
    return reject('VALID_TOO_LONG', { valid_until_height: envelope.valid_until_height, latest: height + maxValidityBlocks })
  }
  const { kind } = envelope.action
  const rule = ACTION_RULES.get(kind)
  if (rule === undefined) return kind.startsWith('emit_') ? reject('NOT_ALLOWED', { kind }) : reject('UNKNOWN_KIND', { kind })
  let parsed: unknown
  try {
    parsed = rule.shape.parse(envelope.action, 'action')
  } catch (error) {
    return malformed(error)
  }
  return authenticate(context, { envelope, rule, action: parsed, agent: null }, action.payload_cbor, verdict)
}

function authenticate(context: AdmissionContext, admitted: AdmittedAction, encoded: Uint8Array, verdict: boolean | undefined): Rejection | AdmittedAction {
  const { envelope, rule } = admitted
  const { actor, nonce } = envelope
  const identity = rule.actors === 'newcomers' ? newcomer(context.state, envelope) : inhabitant(context.state, actor)
  if ('code' in identity) return identity
  if ((rule.actors === 'agents' && identity.agent === null) || (rule.actors === 'signers' && signerIdOf(actor) === null)) return reject('NOT_ALLOWED', { kind: rule.kind, actor })
  if (!(verdict ?? verifyEd25519Portable(identity.publicKey, signedPayload(envelope, encoded), envelope.signature))) return reject('BAD_SIGNATURE', { actor })
  if (nonce !== identity.nonce + 1) return reject('BAD_NONCE', { nonce, expected: identity.nonce + 1 })
  return { ...admitted, agent: identity.agent }
}

interface Identity {
  readonly publicKey: Uint8Array
  readonly nonce: number
  readonly agent: AgentRecord | null
}

function inhabitant(state: StateReader, actor: string): Rejection | Identity {
  if (actor.startsWith('agent/')) {
    const agent = readAgent(state, actor)
    return agent === null ? reject('UNKNOWN_ACTOR', { actor }) : { publicKey: agent.public_key, nonce: agent.nonce, agent }
  }
  const signerId = signerIdOf(actor)
  if (signerId !== null) {
    const signer = readGovernanceSigner(state, signerId)
    return signer === null ? reject('UNKNOWN_ACTOR', { actor }) : { publicKey: signer.public_key, nonce: signer.nonce, agent: null }
  }
  const validator = readValidator(state, actor)
  return validator === null ? reject('UNKNOWN_ACTOR', { actor }) : { publicKey: validator.public_key, nonce: validator.nonce, agent: null }
}

function newcomer(state: StateReader, { actor, action }: ActionEnvelope): Rejection | Identity {
  const publicKey = action['public_key'] as Uint8Array
  if (agentIdOf(publicKey) !== actor) return reject('BAD_ACTION', { path: 'actor' })
  if (readAgent(state, actor) !== null) return reject('AGENT_EXISTS', { agent: actor })
  return { publicKey, nonce: 0, agent: null }
}

/** The key to verify an action with ahead of execution; null when there is none. Never throws. */
export function keyOfActor(state: StateReader, actor: string, action?: ValueMap): Uint8Array | null {
  if (typeof actor !== 'string') return null
  if (action?.['kind'] === 'register_agent') {
    const key = action['public_key']
    return key instanceof Uint8Array && key.length === 32 && agentIdOf(key) === actor ? key : null
  }
  const identity = /^(agent|validator|signer)\//.test(actor) ? inhabitant(state, actor) : null
  return identity === null || 'code' in identity ? null : identity.publicKey
}

function malformed(error: unknown): Rejection {
  if (!(error instanceof AppError)) return reject('BAD_ACTION', {})
  const path = error.detail['path']
  return reject('BAD_ACTION', { reason: error.code, ...(path === undefined ? {} : { path }) })
}
