/** What this tab finds out about a proposal by itself, one finding per question. Nothing passes that was not looked at. */
import { blockHash, sha256, toHex } from '../../../codec/index.ts'
import { LightError, verifyCertificate } from '../../../light/index.ts'
import type { LightBlock } from '../../../light/index.ts'
import type { ShadowRerun } from '../../../node/index.ts'
import { hashOf, isBadManifest, manifestHash, moduleVersionKey, proposalIdOf, signerSetHash } from '../../../world/index.ts'
import type { ModuleManifest, ModuleVersionRecord, ProposalContent, ProposalRecord, RecentBlock, ShadowReport, TrustedSigners, WorldManifest } from '../../../world/index.ts'
import { identityProblem } from '../modules/records.ts'
import { nextManifest } from './next-manifest.ts'
import type { Records } from './next-manifest.ts'
import { contentOf } from './proposals.ts'

export const CHECK_IDS = ['proposal_id', 'base_manifest', 'next_manifest', 'report_hash', 'shadow_rerun', 'artifact_bytes', 'signer_set', 'certificate_block', 'not_expired', 'own_key'] as const
export type CheckId = (typeof CHECK_IDS)[number]
export type CheckState = 'pass' | 'fail' | 'inconclusive' | 'not-run'

/** Which words of the catalogue say what was found. */
export type Evidence =
  | 'equal' | 'differs' | 'closed' | 'superseded' | 'no_report' | 'refused' | 'not_started' | 'running' | 'no_history' | 'failed' | 'no_bytes' | 'bytes_hold' | 'identity'
  | 'set' | 'set_differs' | 'in_chain' | 'in_state' | 'in_rerun' | 'other_block' | 'not_stored' | 'certificate' | 'waiting_block' | 'blocks_left' | 'late' | 'expired' | 'key_in_set' | 'no_key' | 'key_not_in_set'

export interface Finding {
  readonly id: CheckId
  readonly state: CheckState
  readonly evidence: Evidence
  /** Hashes, codes, names and numbers for the words. */
  readonly values: readonly string[]
}

const found = (id: CheckId, state: CheckState, evidence: Evidence, ...values: readonly (string | number)[]): Finding => ({ id, state, evidence, values: values.map(String) })

/** Compares two hashes, both of which were computed or proved here. */
function equal(id: CheckId, stated: string, computed: string): Finding {
  return stated === computed ? found(id, 'pass', 'equal', computed) : found(id, 'fail', 'differs', stated, computed)
}

export function checkProposalId(id: string, record: ProposalRecord): Finding {
  return equal('proposal_id', id, proposalIdOf(contentOf(record)))
}

export function checkBase(record: ProposalRecord, currentHash: string): Finding {
  if (record.closed_height !== null) return found('base_manifest', 'not-run', 'closed')
  return record.base_manifest_hash === currentHash ? found('base_manifest', 'pass', 'equal', currentHash) : found('base_manifest', 'fail', 'superseded', record.base_manifest_hash, currentHash)
}

/** What the proposal makes of the manifest is what shadow says and signers sign. */
export function checkNext(record: ProposalRecord, manifest: WorldManifest, records: Records): Finding {
  if (record.closed_height !== null) return found('next_manifest', 'not-run', 'closed')
  if (record.shadow === null) return found('next_manifest', 'not-run', 'no_report')
  const next = nextManifest(manifest, contentOf(record), records)
  return isBadManifest(next) ? found('next_manifest', 'fail', 'refused', next.code) : equal('next_manifest', record.shadow.manifest_hash, manifestHash(next))
}

export function checkReport({ shadow }: ProposalRecord, report: ShadowReport | null): Finding {
  if (shadow === null || report === null) return found('report_hash', 'not-run', 'no_report')
  return equal('report_hash', shadow.report_hash, hashOf(report))
}

/** How far the re-run of shadow in this tab came. `from` is the first height it told of; 0 while it gets ready. */
export type Rerun =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly from: number; readonly at: number; readonly to: number }
  | { readonly state: 'done'; readonly result: ShadowRerun }
  | { readonly state: 'failed'; readonly code: string; readonly message: string }

export function checkRerun({ shadow, closed_height }: ProposalRecord, rerun: Rerun): Finding {
  if (closed_height !== null && rerun.state !== 'done') return found('shadow_rerun', 'not-run', 'closed')
  if (shadow === null) return found('shadow_rerun', 'not-run', 'no_report')
  switch (rerun.state) {
    case 'idle': return found('shadow_rerun', 'not-run', 'not_started')
    case 'running': return found('shadow_rerun', 'not-run', 'running', rerun.at, rerun.to)
    case 'done': return equal('shadow_rerun', shadow.report_hash, rerun.result.report_hash)
    case 'failed': {
      if (rerun.code === 'SHADOW_HISTORY_MISSING') return found('shadow_rerun', 'inconclusive', 'no_history')
      return found('shadow_rerun', rerun.code === 'INTERRUPTED' ? 'not-run' : 'inconclusive', 'failed', rerun.code)
    }
  }
}

/** Modules a proposal brings or switches on, with what they claim to be. */
export function modulesBrought({ module_changes: { register, upgrade, activate } }: ProposalContent, records: Records): ModuleManifest[] {
  const versions = activate.map(({ module_id, version }) => (records.get(moduleVersionKey(module_id, version)) as unknown as ModuleVersionRecord | undefined)?.manifest)
  return [...register, ...upgrade.map(({ manifest }) => manifest), ...versions.filter((manifest) => manifest !== undefined)]
}

/** `bytes` by wasm hash as the node gave them; null where it has none. Null when the proposal brings no module. */
export function checkArtifacts(modules: readonly ModuleManifest[], bytes: ReadonlyMap<string, Uint8Array | null>, signers: TrustedSigners): Finding | null {
  if (modules.length === 0) return null
  for (const manifest of modules) {
    const wasm = bytes.get(manifest.wasm_hash)
    if (wasm == null) return found('artifact_bytes', 'inconclusive', 'no_bytes', manifest.module_id)
    const hash = toHex(sha256(wasm))
    if (hash !== manifest.wasm_hash) return found('artifact_bytes', 'fail', 'differs', manifest.wasm_hash, hash)
    const problem = identityProblem(manifest, signers, wasm)
    if (problem !== null) return found('artifact_bytes', 'fail', 'identity', manifest.module_id, problem)
  }
  return found('artifact_bytes', 'pass', 'bytes_hold', modules.map(({ module_id }) => module_id).join(', '))
}

/** A certificate on record names the signers, epoch and threshold that are the world's; while there is none, those of the proven manifest are shown. */
export function checkSignerSet({ certificate, closed_height }: ProposalRecord, manifest: WorldManifest): Finding {
  const { epoch_id, threshold, signers } = manifest.governance
  const hash = signerSetHash(manifest)
  if (closed_height !== null) return found('signer_set', 'not-run', 'closed')
  const same = certificate === null || (certificate.signer_set_hash === hash && certificate.epoch_id === epoch_id && certificate.required_signers === threshold)
  return same ? found('signer_set', 'pass', 'set', threshold, signers.length, epoch_id, hash) : found('signer_set', 'fail', 'set_differs', certificate.signer_set_hash, hash)
}

/**
 * The block that signers bind themselves to is in the chain this tab verified. `block` is what the node has of its height; where it has none, `recent` is what the
 * proven state says of the block of that height, as it does of the newest.
 */
export async function checkBlock({ shadow }: ProposalRecord, block: LightBlock | null, recent: RecentBlock | null, worldId: string | null): Promise<Finding> {
  if (shadow === null) return found('certificate_block', 'not-run', 'no_report')
  if (shadow.block_hash === null) return found('certificate_block', 'not-run', 'waiting_block')
  if (block === null) {
    if (recent === null || recent.height !== shadow.height) return found('certificate_block', 'inconclusive', 'not_stored', shadow.height)
    const known = toHex(recent.block_hash)
    return known === shadow.block_hash ? found('certificate_block', 'pass', 'in_state', shadow.height, known) : found('certificate_block', 'fail', 'other_block', shadow.block_hash, known)
  }
  const hash = toHex(blockHash(block.header))
  if (hash !== shadow.block_hash || block.header.height !== shadow.height) return found('certificate_block', 'fail', 'other_block', shadow.block_hash, hash)
  try {
    await verifyCertificate(block.header, block.certificate, block.validators, worldId === null ? {} : { world_id: worldId })
  } catch (error) {
    if (error instanceof LightError) return found('certificate_block', 'fail', 'certificate', error.code)
    throw error
  }
  return found('certificate_block', 'pass', 'in_chain', shadow.height, hash)
}

/**
 * A tab that came after the block has it all the same once it ran shadow again: a re-run is a result only when its blocks, each with its roots, lead to the
 * very block that the certified state names.
 */
export function blockByRerun(finding: Finding, { shadow }: ProposalRecord, rerun: Rerun): Finding {
  if (finding.evidence !== 'not_stored' || rerun.state !== 'done' || shadow?.block_hash == null || rerun.result.to_height !== shadow.height) return finding
  return found('certificate_block', 'pass', 'in_rerun', shadow.height, shadow.block_hash)
}

/** `height` is that of the head. */
export function checkTime({ state, closed_height, expires_height, apply_height }: ProposalRecord, { governance: { timelock_blocks } }: WorldManifest, height: number): Finding {
  if (state === 'expired') return found('not_expired', 'fail', 'expired', closed_height ?? expires_height)
  if (closed_height !== null) return found('not_expired', 'not-run', 'closed')
  const applies = apply_height ?? height + 1 + Math.max(1, timelock_blocks)
  return applies > expires_height ? found('not_expired', 'fail', 'late', expires_height) : found('not_expired', 'pass', 'blocks_left', expires_height - height, expires_height)
}

/** `keys`: public keys in this browser's vault, in hex; null while it was not asked. */
export function checkOwnKey({ governance: { signers } }: WorldManifest, keys: readonly string[] | null): Finding {
  if (keys === null || keys.length === 0) return found('own_key', 'not-run', 'no_key')
  const own = signers.filter(({ public_key }) => keys.includes(toHex(public_key))).map(({ signer_id }) => signer_id)
  return own.length === 0 ? found('own_key', 'fail', 'key_not_in_set', keys.length) : found('own_key', 'pass', 'key_in_set', own.join(', '))
}

