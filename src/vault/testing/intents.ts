import { agentIdOf, governanceCertificatePayload } from '../../codec/index.ts'
import type { GovernanceStatement } from '../../codec/index.ts'
import { createPortableSigner } from '../../crypto/index.ts'
import type { PortableSigner } from '../../crypto/index.ts'
import { manifestHashOf, proposalIdOf, reportHashOf, signerSetHashOf } from '../chain-forms.ts'
import type { ProposalContent, ShadowReport, WorldManifest } from '../chain-forms.ts'
import type { IntentOf } from '../intent.ts'
import type { IntentSigner } from '../sign-intent.ts'

export const WORLD = `belt.${'ab'.repeat(32)}`
export const OTHER_WORLD = `belt.${'cd'.repeat(32)}`

const key = (fill: number): PortableSigner => createPortableSigner(new Uint8Array(32).fill(fill))
export const ada = key(1)
export const bob = key(2)
export const cleo = key(3)
export const stranger = key(9)
export const guardian = key(7)

const hash = (digit: string): string => digit.repeat(64)

export function baseManifest(ownKey: Uint8Array = ada.publicKey): WorldManifest {
  const governance = {
    signers: [{ signer_id: 'ada', public_key: ownKey }, { signer_id: 'bob', public_key: bob.publicKey }, { signer_id: 'cleo', public_key: cleo.publicKey }],
    threshold: 2,
    guardians: [{ guardian_id: 'gus', public_key: guardian.publicKey }],
    guardian_threshold: 1,
    group_key: null,
    authors_may_approve: false,
    timelock_blocks: 0,
    epoch_id: 1,
    proposal_ttl_blocks: 100,
  }
  return { version: 3, governance, trusted_signers: { builder: bob.publicKey }, modules: { 'm1.rule.move': { version: '1.0.0', wasm_hash: hash('1') } } }
}

const upgrade = {
  module_id: 'm1.rule.move', from_version: '1.0.0', to_version: '1.1.0', wasm_hash: hash('2'),
  manifest: { module_id: 'm1.rule.move', version: '1.1.0', wasm_hash: hash('2'), required_caps: [], subscriptions: { stage: 'pre_action' } },
}

export function proposalOf(base: WorldManifest, change: Partial<ProposalContent> = {}): ProposalContent {
  return {
    author: `agent/${'5'.repeat(32)}`, title: 'Moving costs more', description: 'The price of moving doubles.', base_manifest_hash: manifestHashOf(base), patch: null, manifest: null, rollback: null,
    module_changes: { register: [], upgrade: [upgrade], activate: [], deactivate: [] }, salt: hash('e'), ...change,
  }
}

export function reportOf(proposal: ProposalContent, change: Partial<ShadowReport> = {}): ShadowReport {
  const replay = {
    from_height: 11, to_height: 18, blocks: 8, actions: 41, events: { 'agent.moved': -2 }, rejections: { INSUFFICIENT_BALANCE: 2 },
    balances: { electricity: -120, data: 0 }, fuel: 900, budget_exceeded: false,
  }
  return { proposal_id: proposalIdOf(proposal), status: 'passed', checked_at: 18, errors: [], warnings: [], replay, ...change }
}

export function nextManifest(base: WorldManifest): WorldManifest {
  return { ...base, version: base.version + 1, modules: { ...base.modules, 'm1.rule.move': { version: '1.1.0', wasm_hash: hash('2') } } }
}

export function certificateOf(base: WorldManifest, next: WorldManifest, report: ShadowReport): GovernanceStatement {
  return {
    world_id: WORLD, proposal_id: report.proposal_id, manifest_hash: manifestHashOf(next), report_hash: reportHashOf(report), consensus_height: report.checked_at,
    block_hash: hash('b'), signer_set_hash: signerSetHashOf(base.governance), epoch_id: 1, required_signers: base.governance.threshold, expires_height: 118,
  }
}

const frame = (actor: string) => ({ world_id: WORLD, actor, nonce: 4, valid_until_height: 60 })

/** Ada approves the upgrade; `ownKey` is listed as hers. */
export function approval(ownKey: Uint8Array = ada.publicKey): IntentOf<'approve_proposal'> {
  const base = baseManifest(ownKey)
  const proposal = proposalOf(base)
  const report = reportOf(proposal)
  const next = nextManifest(base)
  return {
    kind: 'approve_proposal', ...frame('signer/ada'), proposal_id: proposalIdOf(proposal), proposal, base_manifest: base as never, report: report as never,
    next_manifest: next as never, certificate: certificateOf(base, next, report),
  }
}

export function proposing(): IntentOf<'propose'> {
  const base = baseManifest()
  const proposal = proposalOf(base, { author: 'signer/ada' })
  return { kind: 'propose', ...frame('signer/ada'), proposal_id: proposalIdOf(proposal), proposal, base_manifest: base as never }
}

export function rejection(): IntentOf<'reject_proposal'> {
  const { proposal_id, proposal, base_manifest } = approval()
  return { kind: 'reject_proposal', ...frame('signer/ada'), proposal_id, proposal, base_manifest, reason: 'Too dear for miners.' }
}

export function veto(): IntentOf<'veto_proposal'> {
  const { proposal_id, proposal, base_manifest } = approval()
  return { kind: 'veto_proposal', ...frame('signer/gus'), proposal_id, proposal, base_manifest }
}

export function applying(signers: readonly (readonly [string, PortableSigner])[] = [['ada', ada], ['bob', bob]]): IntentOf<'apply_proposal'> {
  const { kind: _, ...approved } = approval()
  const payload = governanceCertificatePayload(approved.certificate)
  const signatures = signers.map(([signer_id, signer]) => ({ signer_id, signature: signer.signSync(payload) }))
  return { kind: 'apply_proposal', ...approved, certificate: { ...approved.certificate, scheme: 'multisig', signatures } }
}

/** The agent of that key moves. */
export function moving(ownKey: Uint8Array = ada.publicKey): IntentOf<'world_action'> {
  return { kind: 'world_action', ...frame(agentIdOf(ownKey)), action: { kind: 'move_agent', target: { x: 1, y: 2, z: 3 } } }
}

/** A signer that says how often it was asked. */
export function counted(signer: PortableSigner): IntentSigner & { readonly calls: () => number } {
  let calls = 0
  return { publicKey: signer.publicKey, calls: () => calls, sign: (payload) => (calls++, signer.sign(payload)) }
}

