import { CircleAlert, CircleCheck, Play, Square } from 'lucide-react'
import { shadowRunKey } from '../../../world/index.ts'
import type { ShadowReplay, ShadowReport, ShadowRun } from '../../../world/index.ts'
import { readableText } from '../../../vault/index.ts'
import { useText } from '../../i18n/index.ts'
import { useGovernanceText } from '../../i18n/governance/index.ts'
import type { GovernanceCatalog } from '../../i18n/governance/index.ts'
import { HeightLink } from '../../ui/links.tsx'
import { Button, Fact, Facts, Hex, Panel, PeerText, Progress, TableScroll } from '../../ui/parts.tsx'
import { resultOf } from '../../ui/use-async.ts'
import { useRecord } from '../agent/use-record.ts'
import { ModuleLink } from '../modules/ModuleLink.tsx'
import { ShadowBadge } from './parts.tsx'
import type { ProposalViewProps } from './ProposalPage.tsx'
import type { RerunControl } from './use-rerun.ts'
import ui from '../../ui/ui.module.css'
import s from './governance.module.css'

export function Shadow({ id, record, manifest, head, report, rerun }: ProposalViewProps & { report: ShadowReport | null; rerun: RerunControl }) {
  const { f } = useText()
  const g = useGovernanceText()
  const { shadow } = record
  return (
    <Panel title={g.shadow.title} aside={<ShadowBadge shadow={shadow} />}>
      <p className={ui.note}>{g.shadow.intro}</p>
      {shadow === null || report === null ? record.closed_height === null && <Pending id={id} blocks={manifest.governance.shadow_blocks} /> : (
        <>
          <Facts>
            <Fact name={g.shadow.status}>{g.shadowStatus[report.status]}</Fact>
            <Fact name={g.shadow.checkedAt}><HeightLink height={report.checked_at} /></Fact>
            <Fact name={g.shadow.heights}>{report.replay.blocks === 0 ? g.shadow.noBlocks : g.shadow.heightsAre(f.int(report.replay.from_height), f.int(report.replay.to_height), f.int(report.replay.blocks), f.int(report.replay.actions))}</Fact>
            <Fact name={g.shadow.hash} wide><Hex value={shadow.report_hash} full /></Fact>
          </Facts>
          <Issues title={g.shadow.errors} issues={report.errors} tone={ui.bad} />
          <Issues title={g.shadow.warnings} issues={report.warnings} tone={ui.warn} />
          <Differences replay={report.replay} />
          {record.closed_height === null && <Rerunning control={rerun} chainHash={shadow.report_hash} intervalMs={head.intervalMs} />}
        </>
      )}
    </Panel>
  )
}

function Pending({ id, blocks }: { id: string; blocks: number }) {
  const { f } = useText()
  const g = useGovernanceText()
  const run = (resultOf(useRecord(shadowRunKey(id)))?.verified.value ?? null) as unknown as ShadowRun | null
  const done = run?.replay.blocks ?? 0
  return (
    <div role="status">
      <p>{g.shadow.pending} {g.shadow.progress(f.int(done), f.int(blocks))}</p>
      <Progress part={blocks === 0 ? 0 : done / blocks} label={g.shadow.title} />
    </div>
  )
}

function Issues({ title, issues, tone }: { title: string; issues: ShadowReport['errors']; tone: string | undefined }) {
  if (issues.length === 0) return null
  return (
    <section>
      <h3>{title}</h3>
      <ul>{issues.map(({ code, module_id, detail }, index) => <li key={index}><code className={tone}>{code}</code> {module_id !== '' && <ModuleLink id={module_id} />} <PeerText value={readableText(detail)} limit={400} /></li>)}</ul>
    </section>
  )
}

interface Difference {
  readonly what: string
  readonly name: string
  readonly amount: number
}

function differencesIn({ events, rejections, balances, fuel }: ShadowReplay, g: GovernanceCatalog): Difference[] {
  const counted = (what: string, counts: Readonly<Record<string, number>>): Difference[] => Object.keys(counts).sort().map((name) => ({ what, name, amount: counts[name]! }))
  const all = [
    ...counted(g.shadow.event, events), ...counted(g.shadow.rejection, rejections), { what: g.shadow.electricity, name: '', amount: balances.electricity }, { what: g.shadow.data, name: '', amount: balances.data },
    { what: g.shadow.fuel, name: '', amount: fuel },
  ]
  return all.filter(({ amount }) => amount !== 0)
}

function Differences({ replay }: { replay: ShadowReplay }) {
  const { f } = useText()
  const g = useGovernanceText()
  const differences = differencesIn(replay, g)
  if (replay.blocks === 0) return null
  return (
    <section>
      <h3>{g.shadow.differences}</h3>
      <p className={ui.note}>{differences.length === 0 ? g.shadow.same : g.shadow.words(f.int(differences.length))}</p>
      {replay.budget_exceeded && <p className={ui.warn}>{g.shadow.budget}</p>}
      {differences.length > 0 && (
        <TableScroll label={g.shadow.differences}>
          <table>
            <thead><tr><th scope="col">{g.shadow.what}</th><th scope="col" data-num>{g.shadow.difference}</th></tr></thead>
            <tbody>{differences.map(({ what, name, amount }) => <tr key={`${what} ${name}`}><th scope="row">{what} {name !== '' && <code>{readableText(name)}</code>}</th><td data-num>{amount > 0 ? '+' : '−'}{f.int(Math.abs(amount))}</td></tr>)}</tbody>
          </table>
        </TableScroll>
      )}
    </section>
  )
}

function Rerunning({ control: { rerun, start, cancel }, chainHash, intervalMs }: { control: RerunControl; chainHash: string; intervalMs: number }) {
  const { f } = useText()
  const g = useGovernanceText()
  const running = rerun.state === 'running'
  return (
    <section className={s.rerun} aria-label={g.shadow.rerun} data-rerun={rerun.state}>
      <h3>{g.shadow.rerun}</h3>
      <p className={ui.note}>{g.shadow.rerunIntro}</p>
      <div className={ui.row}>
        <Button look="primary" disabled={running} onClick={start}><Play size={15} aria-hidden />{g.shadow.start}</Button>
        {running && <Button onClick={cancel}><Square size={14} aria-hidden />{g.shadow.cancel}</Button>}
      </div>
      {running && <><p role="status">{g.shadow.at(f.int(rerun.at), f.int(rerun.to))}</p><Progress part={(rerun.at - rerun.from) / Math.max(1, rerun.to - rerun.from)} label={g.shadow.rerun} /></>}
      {rerun.state === 'done' && (
        <>
          <p className={rerun.result.report_hash === chainHash ? ui.ok : ui.bad} role="status">
            <span className={ui.row}>{rerun.result.report_hash === chainHash ? <CircleCheck size={16} aria-hidden /> : <CircleAlert size={16} aria-hidden />}{rerun.result.report_hash === chainHash ? g.shadow.equal : g.shadow.different}</span>
          </p>
          <p className={ui.note}>{g.shadow.took(f.int(rerun.result.blocks), f.int(Math.round(rerun.result.elapsed_ms)), f.decimal(Math.round(rerun.result.blocks * intervalMs / Math.max(1, rerun.result.elapsed_ms) * 10) / 10))}</p>
          <Facts><Fact name={g.shadow.ownHash} wide><Hex value={rerun.result.report_hash} full /></Fact><Fact name={g.shadow.chainHash} wide><Hex value={chainHash} full /></Fact></Facts>
        </>
      )}
      {rerun.state === 'failed' && <p className={rerun.code === 'INTERRUPTED' ? ui.note : ui.warn} role="status">{rerun.code === 'INTERRUPTED' ? g.shadow.stopped : <>{g.shadow.impossible}. {failureText(rerun.code, g)} <code>{rerun.code}</code></>}</p>}
    </section>
  )
}

function failureText(code: string, g: GovernanceCatalog): string {
  const { other, ...known } = g.shadow.failures
  return (known as Readonly<Record<string, string>>)[code] ?? other(code)
}
