import { useMemo } from 'react'
import { proposalKey, shadowReportKey } from '../../../world/index.ts'
import type { ProposalRecord, ShadowReport, WorldManifest } from '../../../world/index.ts'
import { useText } from '../../i18n/index.ts'
import { shortHex } from '../../i18n/format.ts'
import { useGovernanceText } from '../../i18n/governance/index.ts'
import { Badge, Button, ButtonLink, Empty, Fact, Facts, Page, Panel, Problem, Skeleton } from '../../ui/parts.tsx'
import { HeightLink } from '../../ui/links.tsx'
import { resultOf } from '../../ui/use-async.ts'
import { TrustMark } from '../agent/TrustMark.tsx'
import { useRecord } from '../agent/use-record.ts'
import { SignerName } from '../keys/SignerName.tsx'
import { AuditExport } from './AuditExport.tsx'
import { Changes } from './Changes.tsx'
import { Checks } from './Checks.tsx'
import { Decide } from './Decide.tsx'
import { Hashes, Raw } from './Hashes.tsx'
import { Line } from '../sign/Lines.tsx'
import { Path } from './Path.tsx'
import { Dangers, Expiry, PhaseBadge, SignedCount } from './parts.tsx'
import { readOutcome, readProposal } from './reading.ts'
import { Shadow } from './Shadow.tsx'
import { useChecks } from './use-checks.ts'
import { useHead, useManifest } from './use-governance.ts'
import type { HeadView } from './use-governance.ts'
import { useOwnKeys } from './own-keys.ts'
import { useRerun } from './use-rerun.ts'
import ui from '../../ui/ui.module.css'
import s from './governance.module.css'

export default function ProposalPage({ id }: { id: string }) {
  const g = useGovernanceText()
  const key = proposalKey(id)
  const loaded = useRecord(key)
  const checked = resultOf(loaded)
  const { manifest, hash, error } = useManifest()
  const head = useHead()
  const record = checked?.verified.value as unknown as ProposalRecord | null | undefined
  return (
    <Page title={g.page.title(shortHex(id))} aside={<div className={ui.row}><ButtonLink href="#/governance">{g.page.back}</ButtonLink><TrustMark checked={checked} failed={loaded.state === 'failed'} recordKey={key} /></div>}>
      {loaded.state === 'failed' && <Problem error={loaded.error} />}
      {error !== null && <Problem error={error} />}
      {record === null && <><Empty>{g.page.notFound}. {g.page.notFoundNext}</Empty><AuditExport preset={{ proposal: id }} /></>}
      {record == null || manifest === null || hash === null || head === null
        ? record !== null && loaded.state !== 'failed' && <Panel title={g.page.what}><Skeleton lines={8} /></Panel>
        : <Proposal id={id} record={record} manifest={manifest} manifestHash={hash} head={head} />}
    </Page>
  )
}

/** The address bar holds the page, so places within it are gone to by hand. */
const DECIDE = 'decide'
const toDecide = (): void => document.getElementById(DECIDE)?.scrollIntoView({ block: 'start' })

export interface ProposalViewProps {
  readonly id: string
  readonly record: ProposalRecord
  readonly manifest: WorldManifest
  readonly manifestHash: string
  readonly head: HeadView
}

/** In the order a signer needs: sentence, dangers, what changes, shadow, who signed, hashes, bytes (R4). */
function Proposal(props: ProposalViewProps) {
  const { id, record, manifest, head } = props
  const loadedReport = useRecord(shadowReportKey(id))
  const report = (resultOf(loadedReport)?.verified.value ?? null) as unknown as ShadowReport | null
  const keys = useOwnKeys(manifest)
  const rerun = useRerun(id)
  const checks = useChecks({ ...props, report, rerun: rerun.rerun, keys })
  const { next } = checks
  const summary = useMemo(() => {
    const outcome = record.closed_height !== null || report === null || next === null || 'code' in next ? null : readOutcome(head.worldId, id, record, manifest, report, next)
    return outcome ?? readProposal(head.worldId, record, manifest)
  }, [head.worldId, id, record, manifest, report, next])
  const sentence = useMemo(() => readProposal(head.worldId, record, manifest).sentence, [head.worldId, record, manifest])
  return (
    <>
      <What {...props} sentence={sentence} summary={summary} />
      <Changes {...props} next={next} records={checks.records} />
      <Shadow {...props} report={report} rerun={rerun} />
      <Path {...props} />
      <Checks findings={checks.findings} onAgain={checks.again} />
      <div id={DECIDE}><Decide {...props} report={report} next={next} keys={keys} findings={checks.findings} onReview={() => { if (rerun.rerun.state === 'idle' || rerun.rerun.state === 'failed') rerun.start() }} /></div>
      <Hashes {...props} report={report} next={next} />
      <Raw {...props} />
      <AuditExport preset={{ proposal: id, from: record.proposed_height, ...(record.closed_height === null ? {} : { to: record.closed_height }) }} />
    </>
  )
}

type Summary = ReturnType<typeof readProposal>

function What({ record, manifest, manifestHash, head, sentence, summary }: ProposalViewProps & { sentence: Summary['sentence']; summary: Summary }) {
  const { f } = useText()
  const g = useGovernanceText()
  const isCurrent = record.closed_height === null || record.base_manifest_hash === manifestHash
  const isSigner = manifest.governance.signers.some(({ signer_id }) => `signer/${signer_id}` === record.author)
  return (
    <Panel title={g.page.what} aside={<><PhaseBadge record={record} manifest={manifest} />{record.closed_height === null && <Button onClick={toDecide}>{g.page.decide}</Button>}</>}>
      <p className={s.sentence}><Line line={sentence} /></p>
      <section>
        <h3>{g.page.dangers}</h3>
        {isCurrent ? summary.dangers.length === 0 ? <p className={ui.note}>{g.page.noDangers}</p> : <Dangers lines={summary.dangers} /> : <p className={ui.note}>{g.page.overDangers}</p>}
      </section>
      {summary.strict && record.closed_height === null && <p className={s.strict}>{g.page.strict}</p>}
      <Facts>
        <Fact name={g.page.author}><span className={s.stack}><SignerName actor={record.author} />{<Badge tone={isSigner ? 'ok' : 'muted'}>{isSigner ? g.page.authorSigner : g.page.authorOther}</Badge>}</span></Fact>
        <Fact name={g.path.step.proposed}><HeightLink height={record.proposed_height} /></Fact>
        <Fact name={g.list.signed}><SignedCount record={record} manifest={manifest} /></Fact>
        <Fact name={g.list.time}><Expiry record={record} head={head} /></Fact>
        {record.rejections.length > 0 && <Fact name={g.path.step.rejected_by} wide>{record.rejections.map(({ signer_id }) => signer_id).join(', ')} ({f.int(record.rejections.length)})</Fact>}
      </Facts>
      {summary.note !== null && (
        <section className={s.fence} aria-label={g.page.note}>
          <small>{g.page.note} · {g.page.noteFence}</small>
          <p><strong><bdi dir="auto">{summary.note.title}</bdi></strong></p>
          {summary.note.description !== '' && <p><bdi dir="auto">{summary.note.description}</bdi></p>}
        </section>
      )}
      <p className={ui.note}>{g.page.fromRecords}</p>
    </Panel>
  )
}
