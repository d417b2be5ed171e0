/**
 * What the vault finds out about an intent by itself. A stated hash is believed only if it is that of the content beside it, so a page that shows
 * one thing under the hash of another cannot get a signature (R1, R5).
 */
import { agentIdOf, equalBytes, governanceCertificatePayload, toHex } from '../codec/index.ts'
import { verifyEd25519 } from '../crypto/index.ts'
import { manifestHashOf, proposalIdOf, reportHashOf, signerSetHashOf } from './chain-forms.ts'
import { VaultError } from './errors.ts'
import type { Intent, IntentOf, OutcomeIntent, ProposalIntent } from './intent.ts'
import { readableText } from './readable-text.ts'
import { diffManifests } from './manifest-diff.ts'
import { nextManifestOf } from './next-manifest.ts'

/** Every check there is, in no order. */
export const CHECK_NAMES = [
  'proposal_id', 'author', 'base_manifest', 'module_manifests', 'one_change', 'patch_applies', 'manifest_hash', 'changes_explained', 'changes_complete', 'report_proposal',
  'report_hash', 'report_status', 'certificate_world', 'certificate_proposal', 'signer_set', 'epoch', 'threshold', 'checked_height', 'not_expired', 'not_own_proposal',
  'certificate_signatures', 'registered_key',
] as const
export type CheckName = (typeof CHECK_NAMES)[number]

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
  return [...checkSubject(intent), ...outcome, ...checkAuthor(intent), ...signatures, ...checkKey(intent, publicKey)]
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
    checkOneChange(intent),
    compare('patch_applies', nextManifestOf(base_manifest, proposal, null).misfits.map((path) => readableText(path)).join(', '), ''),
  ]
  return intent.kind === 'propose' ? [...checks, compare('author', proposal.author, intent.actor)] : checks
}

/** Settings change in one way, and a rollback stands alone: what its summary says would not be all of it. */
function checkOneChange({ proposal: { patch, manifest, rollback, module_changes } }: ProposalIntent): IntentCheck {
  const ways = Object.entries({ patch, manifest, rollback }).flatMap(([name, way]) => (way === null ? [] : [name]))
  const modules = rollback !== null && Object.values(module_changes).some((changes) => changes.length > 0) ? ['module_changes'] : []
  const stated = [...ways, ...modules]
  return { check: 'one_change', passed: stated.length <= 1, stated: stated.join(', '), computed: 'at most one' }
}

/** Authors do not approve their own proposals unless the world lets them. */
function checkAuthor({ kind, actor, proposal, base_manifest }: ProposalIntent): IntentCheck[] {
  if (kind !== 'approve_proposal') return []
  const passed = proposal.author !== actor || base_manifest.governance.authors_may_approve
  return [{ check: 'not_own_proposal', passed, stated: actor, computed: `proposed by ${proposal.author}` }]
}

/** An upgrade names a module three times over; all must mean the same. */
function checkModuleManifests({ proposal: { module_changes } }: ProposalIntent): IntentCheck {
  const names = ({ module_id, version, wasm_hash }: { readonly module_id: string; readonly version: string; readonly wasm_hash: string }): string =>
    `${module_id}@${version} ${wasm_hash}`
  const stated = module_changes.upgrade.map(({ module_id, to_version, wasm_hash }) => names({ module_id, version: to_version, wasm_hash }))
  return compare('module_manifests', stated.join(', '), module_changes.upgrade.map(({ manifest }) => names(manifest)).join(', '))
}

function checkOutcome(intent: OutcomeIntent): IntentCheck[] {
  const { certificate, base_manifest, next_manifest, report } = intent
  const { threshold, epoch_id } = base_manifest.governance
  return [
    compare('certificate_world', certificate.world_id, intent.world_id),
    compare('certificate_proposal', certificate.proposal_id, intent.proposal_id),
    compare('manifest_hash', certificate.manifest_hash, manifestHashOf(next_manifest)),
    ...checkChanges(intent),
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

/** The next manifest is exactly what the proposal makes of this one: nothing it does not ask for, and everything it does. */
function checkChanges({ proposal, base_manifest, next_manifest }: OutcomeIntent): IntentCheck[] {
  const expected = nextManifestOf(base_manifest, proposal, next_manifest.modules).manifest
  const asked = diffManifests(base_manifest, expected).map(({ path }) => path)
  const isAsked = (path: readonly string[]): boolean => asked.some((other) => other.slice(0, path.length).every((name, depth) => path[depth] === name))
  const wrong = diffManifests(expected, next_manifest).map(({ path }) => path)
  const listed = (paths: readonly (readonly string[])[]): string => paths.map((path) => readableText(path.join('.'))).join(', ')
  return [
    compare('changes_explained', listed(wrong.filter((path) => !isAsked(path))), ''),
    compare('changes_complete', listed(wrong.filter(isAsked)), ''),
  ]
}

/**
 * The certificate that is to be applied: enough distinct signers of the set, the author not among them unless that is allowed, each with a valid signature; or one
 * under the key of their group.
 */
async function checkSignatures({ certificate, proposal, base_manifest: { governance } }: IntentOf<'apply_proposal'>): Promise<IntentCheck> {
  const payload = governanceCertificatePayload(certificate)
  if (certificate.scheme === 'frost') {
    const { group_key } = governance
    const passed = group_key !== null && (await verifyEd25519(group_key, payload, certificate.aggregate))
    return { check: 'certificate_signatures', passed, stated: 'one signature of the group', computed: group_key === null ? 'no group key' : passed ? 'valid' : 'invalid' }
  }
  const { signatures } = certificate
  const valid = await Promise.all(
    signatures.map(async ({ signer_id, signature }) => {
      const signer = governance.signers.find((candidate) => candidate.signer_id === signer_id)
      if (proposal.author === `signer/${signer_id}` && !governance.authors_may_approve) return false
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
