import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../../../codec/index.ts'
import { doubledMove, MOVE, oldMove } from '../../../world/governance/testing/doubled-move.ts'
import { GovernedWorld, NO_CHANGES } from '../../../world/governance/testing/governed-world.ts'
import { TEST_SIGNER } from '../../../world/testing/hand-made.ts'
import { manifestHash, trustedSignersOf } from '../../../world/index.ts'
import { blockByRerun, checkArtifacts, checkBase, checkBlock, checkNext, checkOwnKey, checkProposalId, checkReport, checkRerun, checkSignerSet, checkTime, modulesBrought } from './checks.ts'
import type { Finding } from './checks.ts'
import { contentOf } from './proposals.ts'

const PATCH = { patch: [{ op: 'set' as const, path: ['governance', 'proposal_ttl_blocks'], value: 90 }] }
const verdict = ({ state, evidence }: Finding): string => `${state} ${evidence}`

async function signable() {
  const world = new GovernedWorld()
  const id = await world.proposeAndShadow(PATCH)
  return { world, id, record: world.proposal(id), manifest: world.manifest(), report: world.report(id) }
}

describe('checks of a proposal', () => {
  it('pass for what the state has', async () => {
    const { id, record, manifest, report, world } = await signable()
    const findings = [
      checkProposalId(id, record), checkBase(record, manifestHash(manifest)), checkNext(record, manifest, new Map()), checkReport(record, report), checkSignerSet(record, manifest),
      checkTime(record, manifest, world.kernel.height()),
      checkRerun(record, { state: 'done', result: { proposal_id: id, report, report_bytes: new Uint8Array(), report_hash: record.shadow!.report_hash, from_height: 1, to_height: 3, blocks: 3, elapsed_ms: 9 } }),
    ]
    expect(findings.map(({ state }) => state)).toEqual(findings.map(() => 'pass'))
  })

  it('fail for anything that was altered', async () => {
    const { id, record, manifest, report, world } = await signable()
    expect(verdict(checkProposalId(id, { ...record, title: 'Another' }))).toBe('fail differs')
    expect(verdict(checkBase(record, '0'.repeat(64)))).toBe('fail superseded')
    expect(verdict(checkNext({ ...record, shadow: { ...record.shadow!, manifest_hash: '0'.repeat(64) } }, manifest, new Map()))).toBe('fail differs')
    expect(verdict(checkNext({ ...record, patch: [{ op: 'set', path: ['modules', 'x'], value: 1 }] }, manifest, new Map()))).toBe('fail refused')
    expect(verdict(checkReport(record, { ...report, status: 'warning' }))).toBe('fail differs')
    expect(verdict(checkTime(record, manifest, record.expires_height - 1))).toBe('fail late')
    const certificate = { ...world.certificate(world.statement(id)), required_signers: 3 }
    expect(verdict(checkSignerSet({ ...record, certificate }, manifest))).toBe('fail set_differs')
  })

  it('are never green before they ran', async () => {
    const { id, record, manifest, report } = await signable()
    expect(verdict(checkRerun(record, { state: 'idle' }))).toBe('not-run not_started')
    expect(verdict(checkRerun(record, { state: 'running', from: 1, at: 3, to: 8 }))).toBe('not-run running')
    expect(verdict(checkRerun(record, { state: 'failed', code: 'SHADOW_HISTORY_MISSING', message: '' }))).toBe('inconclusive no_history')
    expect(verdict(checkReport({ ...record, shadow: null }, null))).toBe('not-run no_report')
    expect(verdict(await checkBlock(record, null, null, null))).toBe('inconclusive not_stored')
    const recent = { height: record.shadow!.height, block_hash: fromHex(record.shadow!.block_hash!) }
    expect(verdict(await checkBlock(record, null, recent, null))).toBe('pass in_state')
    expect(verdict(await checkBlock(record, null, { ...recent, height: recent.height + 64 }, null))).toBe('inconclusive not_stored')
    expect(verdict(await checkBlock(record, null, { ...recent, block_hash: new Uint8Array(32) }, null))).toBe('fail other_block')
    const missing = await checkBlock(record, null, null, null)
    const rerunTo = (to_height: number) => ({ state: 'done', result: { proposal_id: id, report, report_bytes: new Uint8Array(), report_hash: '', from_height: 1, to_height, blocks: 3, elapsed_ms: 9 } }) as const
    expect(verdict(blockByRerun(missing, record, { state: 'idle' }))).toBe('inconclusive not_stored')
    expect(verdict(blockByRerun(missing, record, rerunTo(record.shadow!.height - 1)))).toBe('inconclusive not_stored')
    expect(verdict(blockByRerun(missing, record, rerunTo(record.shadow!.height)))).toBe('pass in_rerun')
    expect(verdict(checkOwnKey(manifest, null))).toBe('not-run no_key')
    expect(verdict(checkOwnKey(manifest, ['00'.repeat(32)]))).toBe('fail key_not_in_set')
    expect(verdict(checkOwnKey(manifest, [toHex(manifest.governance.signers[1]!.public_key)]))).toBe('pass key_in_set')
  })

  it('hold the bytes of a module against its hash and its signed identity', async () => {
    const doubled = await doubledMove()
    const upgrade = [{ module_id: MOVE, from_version: oldMove.version, to_version: '1.1.0', wasm_hash: doubled.manifest.wasm_hash, manifest: doubled.manifest }]
    const world = new GovernedWorld()
    await world.deploy(doubled.wasm)
    const id = await world.proposeAndShadow({ changes: { upgrade } })
    const brought = modulesBrought(contentOf(world.proposal(id)), new Map())
    const signers = trustedSignersOf([TEST_SIGNER])
    const bytes = (wasm: Uint8Array | null) => new Map([[doubled.manifest.wasm_hash, wasm]])
    expect(verdict(checkArtifacts(brought, bytes(doubled.wasm), signers)!)).toBe('pass bytes_hold')
    expect(verdict(checkArtifacts(brought, bytes(null), signers)!)).toBe('inconclusive no_bytes')
    expect(verdict(checkArtifacts(brought, bytes(doubled.wasm.slice(1)), signers)!)).toBe('fail differs')
    expect(verdict(checkArtifacts(brought, bytes(doubled.wasm), trustedSignersOf([]))!)).toBe('fail identity')
    expect(checkArtifacts(modulesBrought({ ...contentOf(world.proposal(id)), module_changes: NO_CHANGES }, new Map()), new Map(), signers)).toBe(null)
  })
})
