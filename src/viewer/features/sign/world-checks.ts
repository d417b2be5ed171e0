/**
 * What the vault cannot know: whether the intent fits the world as this tab verified it. Each record came with a proof that the node checked against a finality
 * certificate; blocks were executed here.
 */
import { equalBytes, toHex } from '../../../codec/index.ts'
import type { Value } from '../../../codec/index.ts'
import { manifestHashOf } from '../../../vault/index.ts'
import type { Intent, WorldManifest } from '../../../vault/index.ts'
import type { CheckState } from './check-item.ts'

export type WorldCheckId = 'world' | 'world_settled' | 'next_nonce' | 'still_valid' | 'actor_key' | 'base_current' | 'proposal_open' | 'block_final' | 'report_on_chain' | 'certificate_in_time'

export interface WorldCheck {
  readonly id: WorldCheckId
  readonly state: CheckState
  readonly stated: string
  readonly found: string
}

/** What this tab knows of the world; null for a record that is not in the state, undefined for what could not be asked. */
export interface WorldView {
  readonly worldId: string
  readonly height: number
  /** Whether what this tab verified is the newest there is, and nothing speaks against it. */
  readonly trust: 'settled' | 'behind' | 'conflict'
  readonly actor: { readonly public_key: Uint8Array; readonly nonce: number } | null | undefined
  readonly manifest: Value | undefined
  readonly proposal: { readonly state: string; readonly shadow: { readonly report_hash: string } | null } | null | undefined
  /** Of the certificate's `consensus_height`, as executed here or as the certified state has it; null when this tab knows neither. */
  readonly blockHash: string | null | undefined
}

/** States of a proposal in which an intent of that kind can still do something. */
const OPEN_FOR: Readonly<Record<Exclude<Intent['kind'], 'world_action' | 'propose'>, readonly string[]>> = {
  approve_proposal: ['shadowed'], reject_proposal: ['proposed', 'shadowed', 'approved'], veto_proposal: ['proposed', 'shadowed', 'approved', 'queued'], apply_proposal: ['shadowed', 'approved', 'queued'],
}

export function worldChecks(intent: Intent, publicKey: Uint8Array | null, view: WorldView | null): readonly WorldCheck[] {
  const check = (id: WorldCheckId, state: CheckState, stated: string | number, found: string | number): WorldCheck => ({ id, state, stated: String(stated), found: String(found) })
  const compare = (id: WorldCheckId, passed: boolean, stated: string | number, found: string | number): WorldCheck => check(id, passed ? 'pass' : 'fail', stated, found)
  if (view === null) return idsFor(intent).map((id) => check(id, 'not-run', '', ''))
  const unknown = (id: WorldCheckId, stated: string | number): WorldCheck => check(id, 'inconclusive', stated, '')
  const one: Readonly<Record<WorldCheckId, () => WorldCheck>> = {
    world: () => compare('world', view.worldId === intent.world_id, intent.world_id, view.worldId),
    world_settled: () => check('world_settled', view.trust === 'settled' ? 'pass' : view.trust === 'behind' ? 'inconclusive' : 'fail', 'settled', view.trust),
    still_valid: () => compare('still_valid', intent.valid_until_height > view.height, intent.valid_until_height, view.height),
    next_nonce: () => (view.actor === undefined ? unknown('next_nonce', intent.nonce) : compare('next_nonce', intent.nonce === (view.actor?.nonce ?? 0) + 1, intent.nonce, (view.actor?.nonce ?? 0) + 1)),
    actor_key: () => {
      const stated = publicKey === null ? '' : toHex(publicKey)
      if (view.actor === undefined) return unknown('actor_key', stated)
      // Whoever is not registered yet brings the key along.
      if (view.actor === null) return compare('actor_key', isRegistration(intent), stated, '')
      return compare('actor_key', publicKey !== null && equalBytes(view.actor.public_key, publicKey), stated, toHex(view.actor.public_key))
    },
    base_current: () => {
      const stated = 'proposal' in intent ? intent.proposal.base_manifest_hash : ''
      if (view.manifest === undefined) return unknown('base_current', stated)
      const found = view.manifest === null ? '' : manifestHashOf(view.manifest as unknown as WorldManifest)
      return compare('base_current', found === stated, stated, found)
    },
    proposal_open: () => {
      const open = intent.kind === 'world_action' || intent.kind === 'propose' ? [] : OPEN_FOR[intent.kind]
      if (view.proposal === undefined) return unknown('proposal_open', open.join(', '))
      return compare('proposal_open', view.proposal !== null && open.includes(view.proposal.state), open.join(', '), view.proposal?.state ?? '')
    },
    block_final: () => {
      const stated = 'certificate' in intent ? intent.certificate.block_hash : ''
      return view.blockHash === undefined || view.blockHash === null ? unknown('block_final', stated) : compare('block_final', view.blockHash === stated, stated, view.blockHash)
    },
    report_on_chain: () => {
      const stated = 'certificate' in intent ? intent.certificate.report_hash : ''
      const found = view.proposal === undefined ? undefined : (view.proposal?.shadow?.report_hash ?? '')
      return found === undefined ? unknown('report_on_chain', stated) : compare('report_on_chain', found === stated, stated, found)
    },
    certificate_in_time: () => {
      const stated = 'certificate' in intent ? intent.certificate.expires_height : 0
      return compare('certificate_in_time', stated > view.height, stated, view.height)
    },
  }
  return idsFor(intent).map((id) => one[id]())
}

function idsFor(intent: Intent): readonly WorldCheckId[] {
  const frame: readonly WorldCheckId[] = ['world', 'world_settled', 'next_nonce', 'still_valid', 'actor_key']
  switch (intent.kind) {
    case 'world_action': return frame
    case 'propose': return [...frame, 'base_current']
    case 'reject_proposal': case 'veto_proposal': return [...frame, 'proposal_open']
    case 'approve_proposal': case 'apply_proposal': return [...frame, 'base_current', 'proposal_open', 'block_final', 'report_on_chain', 'certificate_in_time']
  }
}

const isRegistration = (intent: Intent): boolean => intent.kind === 'world_action' && intent.action.kind === 'register_agent'

/** The record that holds key and nonce of an actor. */
export function actorRecordKey(actor: string): string {
  return actor.startsWith('signer/') ? `governance_signer/${actor.slice('signer/'.length)}` : actor
}
