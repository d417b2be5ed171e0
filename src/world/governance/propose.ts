import { schema } from '../../codec/index.ts'
import type { Value, ValueMap } from '../../codec/index.ts'
import { PUBLIC_KEY_BYTES } from '../../crypto/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import { cutText } from '../cut-text.ts'
import { reject } from '../rejections.ts'
import type { StagedState, StateReader } from '../state/state.ts'
import type { GovernanceProposed } from './events.ts'
import { OPEN_PROPOSALS_KEY, proposalKey, signerActor } from './keys.ts'
import { hashOf, isBadManifest, manifestAfter, manifestContent, proposalIdOf } from './manifest.ts'
import { changesNothing, whyTangled } from './module-changes.ts'
import { MAX_OPEN_OF_OTHERS, MAX_OPEN_OF_SIGNERS, PROPOSAL_FIELDS, readManifest, readOpenProposals, readProposal } from './records.ts'
import type { ProposalContent, ProposalRecord } from './records.ts'

const { literal, object } = schema

/** Hashing the manifest and the proposal. */
const PROPOSE_FUEL = 2_000_000
/** Validating a module of 64 KiB and checking its signature, some times over. */
const FUEL_PER_MODULE = 12_000_000
/** Patches and manifests may bring keys, and each is checked for torsion: about a millisecond. */
const FUEL_PER_KEY = 2_000_000
/** What a proposal costs an agent: signers read them all. */
const AGENT_FEE = { electricity: 10 } as const

/**
 * Asks for another manifest or other modules (DESIGN §8). Anyone in the world may; shadow begins with this block. Only signers may ask to go
 * back, since their open proposals keep checkpoints that would be forgotten.
 */
export const propose = defineAction({
  kind: 'propose',
  actors: 'everyone',
  unjudged: true,
  shape: object({ kind: literal('propose'), ...PROPOSAL_FIELDS }),
  override: null,
  fuel: ({ patch, manifest, module_changes: { register, upgrade, activate } }) => (
    PROPOSE_FUEL + FUEL_PER_KEY * (countKeys(patch as unknown as Value) + countKeys(manifest as unknown as Value)) + FUEL_PER_MODULE * (register.length + upgrade.length + activate.length)
  ),
  examine: ({ state, actor }, action) => {
    const fields = contentOf(action)
    const signers = readManifest(state).governance.signers.map(({ signer_id }) => signerActor(signer_id))
    if (signers.length === 0) return reject('GOVERNANCE_CLOSED')
    const full = whyNoRoom(state, actor, signers)
    if (full !== null) return full
    if (fields.rollback !== null && !signers.includes(actor)) return reject('NOT_GOVERNANCE_SIGNER', { actor })
    if (isAmbiguous(fields)) return reject('PROPOSAL_AMBIGUOUS')
    if (isEmpty(state, fields)) return reject('PROPOSAL_EMPTY')
    const tangled = whyTangled(fields.module_changes)
    if (tangled !== null) return reject('MODULE_CHANGES_INVALID', { reason: tangled })
    const proposal_id = proposalIdOf({ author: actor, ...fields })
    if (readProposal(state, proposal_id) !== null) return reject('PROPOSAL_EXISTS', { proposal_id })
    const after = manifestAfter(state, fields)
    return isBadManifest(after) ? reject(after.code, { reason: cutText(after.message, 400) }) : { facts: { proposal_id } }
  },
  conclude: ({ state, actor, agent, height }, action, { proposal_id }) => {
    const fields = contentOf(action)
    const { proposal_ttl_blocks } = readManifest(state).governance
    return {
      event: 'governance.proposed',
      payload: { actor, proposal_id, author: actor, ...fields as unknown as ValueMap, proposed_height: height, expires_height: height + proposal_ttl_blocks },
      ...(agent === null ? {} : { cost: AGENT_FEE }),
    }
  },
})

/** What may be keys, wherever they are in it. */
function countKeys(value: Value): number {
  if (value instanceof Uint8Array) return value.length === PUBLIC_KEY_BYTES ? 1 : 0
  return typeof value === 'object' && value !== null ? Object.values(value).reduce<number>((sum, each) => sum + countKeys(each), 0) : 0
}

type Fields = Omit<ProposalContent, 'author'>

function contentOf({ title, description, base_manifest_hash, patch, manifest, rollback, module_changes, salt }: Fields): Fields {
  return { title, description, base_manifest_hash, patch, manifest, rollback, module_changes, salt }
}

function isAmbiguous({ patch, manifest, rollback, module_changes }: Fields): boolean {
  const ways = [patch, manifest, rollback].filter((way) => way !== null).length
  return ways > 1 || (rollback !== null && !changesNothing(module_changes))
}

function isEmpty(state: StateReader, { patch, manifest, rollback, module_changes }: Fields): boolean {
  if (rollback !== null || !changesNothing(module_changes)) return false
  if (manifest !== null) return hashOf(manifest) === hashOf(manifestContent(readManifest(state)))
  return patch === null || patch.length === 0
}

function whyNoRoom(state: StateReader, author: string, signers: readonly string[]): ReturnType<typeof reject> | null {
  const authors = readOpenProposals(state).map((id) => readProposal(state, id)!.author)
  const max = signers.includes(author) ? Math.floor(MAX_OPEN_OF_SIGNERS / signers.length) : 1
  if (authors.filter((each) => each === author).length >= max) return reject('PROPOSAL_LIMIT', { max })
  // Guardians, and who was a signer once, are actors of the same kind as signers, and others nevertheless.
  const others = authors.filter((each) => !signers.includes(each)).length
  return !signers.includes(author) && others >= MAX_OPEN_OF_OTHERS ? reject('PROPOSALS_FULL', { max: MAX_OPEN_OF_OTHERS }) : null
}

export function applyProposed(state: StagedState, event: GovernanceProposed, event_id: string): void {
  const { proposal_id, author, proposed_height, expires_height } = event
  const record: ProposalRecord = {
    author, ...contentOf(event), proposed_height, expires_height, event_id, state: 'proposed',
    shadow: null, approvals: [], rejections: [], vetoes: [], certificate: null, apply_height: null, closed_height: null,
  }
  state.set(proposalKey(proposal_id), record as unknown as Value)
  state.set(OPEN_PROPOSALS_KEY, [...readOpenProposals(state), proposal_id])
}
