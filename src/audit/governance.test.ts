import { beforeAll, describe, expect, it } from 'vitest'
import { encodeGenesis } from '../world/index.ts'
import type { WorldEvent } from '../world/index.ts'
import { GovernedWorld } from '../world/governance/testing/governed-world.ts'
import { deciding } from '../world/testing/hand-made.ts'
import { csvRows } from './csv.ts'
import { exportAudit } from './export-audit.ts'
import type { ExportOptions } from './export-audit.ts'
import { NO_FILTER } from './filter.ts'
import type { AuditFilter } from './filter.ts'
import { jsonLines } from './jsonl.ts'
import { RecordedChain, validatorSet } from './testing/recorded-chain.ts'
import { verifyAudit } from './verify-audit.ts'

const old = deciding('t.rule', 'allow')
const next = deciding('t.rule', 'allow', { cost: { data: 1 } }, { version: '1.0.1' })
const missing = deciding('t.rule', 'allow', { cost: { data: 2 } }, { version: '1.0.2' })

/** A world whose rules change, and whose every block is kept. */
class RecordedGovernance extends GovernedWorld {
  readonly chain: RecordedChain
  private readonly validators = validatorSet('v1')

  constructor() {
    super({}, { modules: [old] })
    this.chain = new RecordedChain(this.kernel.worldId, encodeGenesis(this.genesis))
  }

  override block(...args: Parameters<GovernedWorld['block']>): ReturnType<GovernedWorld['block']> {
    const result = super.block(...args)
    this.chain.append(this.validators, { events: result.events, next: this.validators })
    return result
  }
}

const upgradeTo = (to: typeof next, from: string) => ({
  changes: { upgrade: [{ module_id: 't.rule', from_version: from, to_version: to.manifest.version, wasm_hash: to.manifest.wasm_hash, manifest: to.manifest }] },
})

const world = new RecordedGovernance()
let passed = ''
let failed = ''
beforeAll(async () => {
  await world.deploy(next.wasm)
  passed = await world.proposeAndShadow(upgradeTo(next, '1.0.0'))
  await world.passes(passed)
  failed = await world.proposeAndShadow(upgradeTo(missing, '1.0.1'))
})

async function exported(filter: Partial<AuditFilter>, options: ExportOptions = {}): Promise<{ readonly events: readonly WorldEvent[]; readonly rows: readonly string[][] }> {
  const all = { ...options, filter: { ...NO_FILTER, ...filter } }
  const events: WorldEvent[] = []
  for await (const line of exportAudit(world.chain, all)) if (line.type === 'event') events.push(line as unknown as WorldEvent)
  const rows: string[][] = []
  for await (const row of csvRows(exportAudit(world.chain, all))) rows.push(row.trimEnd().split(',').slice(0, 11))
  return { events, rows: rows.slice(1) }
}

describe('an export of how rules changed', () => {
  it('holds, for a proposal, everything from its beginning to its effect and nothing of others', async () => {
    const { events } = await exported({ proposal: passed })
    const kinds = events.map(({ kind }) => kind)
    expect(kinds).toEqual(expect.arrayContaining(['governance.proposed', 'governance.shadow_report', 'governance.approved_by', 'governance.approved', 'governance.queued', 'module.upgraded', 'manifest.updated', 'governance.applied']))
    expect(kinds.indexOf('governance.proposed')).toBe(0)
    expect(kinds.at(-1)).toBe('governance.applied')
    expect(JSON.stringify(events)).not.toContain(failed)
  })

  it('joins failures with the shadow report they are in', async () => {
    const { events, rows } = await exported({ proposal: failed })
    const report = events.find(({ kind }) => kind === 'governance.shadow_report')!
    expect(report.payload['report']).toMatchObject({ status: 'failed', errors: [{ code: 'ARTIFACT_MISSING', module_id: 't.rule' }] })
    expect(events.find(({ kind }) => kind === 'module.load_failed')!.payload).toMatchObject({ proposal_id: failed, module_id: 't.rule', code: 'ARTIFACT_MISSING' })
    const failure = rows.find(([, , , , kind]) => kind === 'module.load_failed')!
    expect(failure.slice(6, 10)).toEqual([failed, 'failed', report.payload['report_hash'], 't.rule'])
  })

  it('names in a table the proposal behind every change of a module', async () => {
    const { rows } = await exported({ module: 't.rule' })
    const upgraded = rows.find(([, , , , kind]) => kind === 'module.upgraded')!
    expect(upgraded.slice(6, 8)).toEqual([passed, 'passed'])
  })

  it('proves itself like any other, and follows a proposal by kind and by cause', async () => {
    const file = async function* () {
      for await (const line of jsonLines(exportAudit(world.chain, { filter: { ...NO_FILTER, proposal: passed } }))) yield line.trimEnd()
    }
    const report = await verifyAudit(file(), { worldId: world.kernel.worldId })
    expect(report.records).toBeGreaterThan(6)
    const { events } = await exported({ kind: 'governance.*' })
    const proposed = events.find(({ kind }) => kind === 'governance.proposed')!
    const caused = await exported({ cause: `event:${proposed.id}` })
    expect(caused.events.map(({ kind }) => kind)).toContain('governance.shadow_report')
  })
})
