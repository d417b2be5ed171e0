/**
 * What the vault finds out about an intent by itself. A stated hash is believed only if it is that of the content beside it, so a page that shows
 * one thing under the hash of another cannot get a signature (R1, R5).
 */
import { agentIdOf, equalBytes, toHex } from '../codec/index.ts'
import { verifyEd25519 } from '../crypto/index.ts'
import { certificatePayload, manifestHashOf, proposalIdOf, reportHashOf, signerSetHashOf } from './chain-forms.ts'
import { VaultError } from './errors.ts'
import type { Intent, IntentOf, OutcomeIntent, ProposalIntent } from './intent.ts'
import { readableText } from './readable-text.ts'
import { diffManifests, missingEffects, unexplainedChanges } from './manifest-diff.ts'

export type CheckName =
  | 'proposal_id' | 'author' | 'base_manifest' | 'manifest_hash' | 'changes_explained' | 'changes_complete' | 'report_proposal' | 'report_hash' | 'report_status'
  | 'certificate_world' | 'certificate_proposal' | 'signer_set' | 'epoch' | 'threshold' | 'checked_height' | 'not_expired' | 'module_manifests'
  | 'certificate_signatures' | 'registered_key'

/** One thing that was checked: what the intent says and what its content gives. */
export interface IntentCheck {
  readonly check: CheckName
  readonly passed: boolean
  readonly stated: string
  readonly computed: string
}

const compare = (check: CheckName, stated: string | number, computed: string | number): IntentCheck => ({
  check, passed: stated === computed, stated: String(stated), computed: String(computed),
})

/** Every check of an intent, none left out. `publicKey` is the key that is to sign; null while none is chosen. */
export async function checkIntent(intent: Intent, publicKey: Uint8Array | null): Promise<readonly IntentCheck[]> {
  if (intent.kind === 'world_action') return checkKey(intent, publicKey)
  const outcome = intent.kind === 'approve_proposal' || intent.kind === 'apply_proposal' ? checkOutcome(intent) : []
  const signatures = intent.kind === 'apply_proposal' ? [await checkSignatures(intent)] : []
  return [...checkSubject(intent), ...outcome, ...signatures, ...checkKey(intent, publicKey)]
}

/** Throws `INTENT_MISMATCH` for the first check that failed, `SIGNER_NOT_IN_SET` when it is the key. */
export async function assertIntent(intent: Intent, publicKey: Uint8Array): Promise<void> {
  const failed = (await checkIntent(intent, publicKey)).find(({ passed }) => !passed)
  if (failed === undefined) return
  const { check, stated, computed } = failed
  throw new VaultError(check === 'registered_key' ? 'SIGNER_NOT_IN_SET' : 'INTENT_MISMATCH', { check, stated, computed })
}

function checkSubject(intent: ProposalIntent): IntentCheck[] {
  const { proposal, base_manifest } = intent
  const checks = [
    compare('proposal_id', intent.proposal_id, proposalIdOf(proposal)),
    compare('base_manifest', proposal.base_manifest_hash, manifestHashOf(base_manifest)),
    checkModuleManifests(intent),
  ]
  return intent.kind === 'propose' ? [...checks, compare('author', proposal.author, intent.actor)] : checks
}

/** An upgrade names a module three times over; all must mean the same. */
function checkModuleManifests({ proposal: { module_changes } }: ProposalIntent): IntentCheck {
  const names = ({ module_id, version, wasm_hash }: { readonly module_id: string; readonly version: string; readonly wasm_hash: string }): string =>
    `${module_id}@${version} ${wasm_hash}`
  const stated = module_changes.upgrade.map(({ module_id, to_version, wasm_hash }) => names({ module_id, version: to_version, wasm_hash }))
  return compare('module_manifests', stated.join(', '), module_changes.upgrade.map(({ manifest }) => names(manifest)).join(', '))
}

function checkOutcome(intent: OutcomeIntent): IntentCheck[] {
  const { certificate, proposal, base_manifest, next_manifest, report } = intent
  const unexplained = unexplainedChanges(diffManifests(base_manifest, next_manifest), proposal).map(({ path }) => readableText(path.join('.')))
  const { threshold, epoch_id } = base_manifest.governance
  return [
    compare('certificate_world', certificate.world_id, intent.world_id),
    compare('certificate_proposal', certificate.proposal_id, intent.proposal_id),
    compare('manifest_hash', certificate.manifest_hash, manifestHashOf(next_manifest)),
    compare('changes_explained', unexplained.join(', '), ''),
    compare('changes_complete', missingEffects(next_manifest, proposal).map((path) => readableText(path)).join(', '), ''),
    compare('report_proposal', report.proposal_id, intent.proposal_id),
    compare('report_hash', certificate.report_hash, reportHashOf(report)),
    { check: 'report_status', passed: report.status !== 'failed', stated: report.status, computed: 'passed or warning' },
    compare('checked_height', certificate.consensus_height, report.checked_at),
    compare('signer_set', certificate.signer_set_hash, signerSetHashOf(base_manifest.governance)),
    compare('epoch', certificate.epoch_id, epoch_id),
    compare('threshold', certificate.required_signers, threshold),
    {
      check: 'not_expired', passed: certificate.expires_height > report.checked_at, stated: `expires at ${certificate.expires_height}`, computed: `shadow at ${report.checked_at}`,
    },
  ]
}

/** The certificate that is to be applied: enough distinct signers of the set, each with a valid signature. */
async function checkSignatures({ certificate, signatures, base_manifest: { governance } }: IntentOf<'apply_proposal'>): Promise<IntentCheck> {
  const payload = certificatePayload(certificate)
  const valid = await Promise.all(
    signatures.map(async ({ signer_id, signature }) => {
      const signer = governance.signers.find((candidate) => candidate.signer_id === signer_id)
      return signer !== undefined && (await verifyEd25519(signer.public_key, payload, signature))
    }),
  )
  const distinct = new Set(signatures.map(({ signer_id }) => signer_id)).size
  const passed = valid.every(Boolean) && distinct === signatures.length && distinct >= governance.threshold
  return { check: 'certificate_signatures', passed, stated: `${signatures.length} signatures`, computed: `${valid.filter(Boolean).length} valid, ${distinct} signers, ${governance.threshold} needed` }
}

/** Whether the key is that of who acts: an agent's name follows from its key, signers and guardians are listed in the manifest. */
function checkKey(intent: Intent, publicKey: Uint8Array | null): IntentCheck[] {
  const expected = expectedKey(intent)
  if (expected === null) return []
  const stated = publicKey === null ? 'no key chosen' : toHex(publicKey)
  const passed = publicKey !== null && (typeof expected === 'string' ? agentIdOf(publicKey) === expected : equalBytes(publicKey, expected))
  return [{ check: 'registered_key', passed, stated, computed: typeof expected === 'string' ? expected : expected.length === 0 ? `no ${intent.actor}` : toHex(expected) }]
}

/** The key that must sign, the agent whose key it must be, no bytes where the roster lacks the name, or null where only the world knows. */
function expectedKey(intent: Intent): Uint8Array | string | null {
  const [kind, name] = intent.actor.split('/') as [string, string]
  const needsRoster = intent.kind === 'approve_proposal' || intent.kind === 'veto_proposal'
  if (kind === 'agent' && !needsRoster) return intent.actor
  if (intent.kind === 'world_action' || (kind !== 'signer' && !needsRoster)) return null
  const { signers, guardians } = intent.base_manifest.governance
  const approving = kind === 'signer' && intent.kind !== 'veto_proposal' ? signers.find(({ signer_id }) => signer_id === name) : undefined
  const stopping = kind === 'signer' && intent.kind !== 'approve_proposal' ? guardians.find(({ guardian_id }) => guardian_id === name) : undefined
  return (approving ?? stopping)?.public_key ?? new Uint8Array()
}
