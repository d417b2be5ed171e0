import { Ban, CircleCheck, CircleDashed, CircleDot } from 'lucide-react'
import { useText } from '../../i18n/index.ts'
import { useGovernanceText } from '../../i18n/governance/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { HeightLink } from '../../ui/links.tsx'
import { Empty, Panel, PeerText, Problem } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { formatView } from '../../app/url.ts'
import { ModuleLink } from '../modules/ModuleLink.tsx'
import { SignerName } from '../keys/SignerName.tsx'
import { reasonOf, stepsOf } from './path.ts'
import type { Step } from './path.ts'
import type { ProposalViewProps } from './ProposalPage.tsx'
import { useProposalEvents } from './use-events.ts'
import ui from '../../ui/ui.module.css'
import s from './governance.module.css'

const ICONS = { done: CircleCheck, bad: Ban, next: CircleDot, open: CircleDashed } as const

/** Everything that happened to a proposal, in order, and what is to come. */
export function Path({ id, record, manifest, head }: ProposalViewProps) {
  const { f } = useText()
  const g = useGovernanceText()
  const last = record.closed_height ?? head.height
  const { found, complete, error } = useProposalEvents(id, record.proposed_height, last)
  const steps = stepsOf(record, manifest, found?.events ?? [])
  const heights = [...new Set(steps.flatMap(({ height }) => (height === null ? [] : [height])))]
  const times = resultOf(useAsync(`times ${id}`, heights.length, () => timesOf(heights)))
  return (
    <Panel title={g.path.title} aside={!complete && found !== null && last - found.scannedTo > 2 ? <span className={ui.note} role="status">{g.path.scanning(f.int(found.scannedTo))}</span> : undefined}>
      {error !== null && <Problem error={error} />}
      {found !== null && found.missing > 0 && <p className={ui.warn}>{g.path.missing(f.int(found.missing))}</p>}
      {complete && steps.length === 0 && <Empty>{g.path.empty}</Empty>}
      <ol className={s.path}>{steps.map((step, index) => <StepRow key={step.event?.id ?? index} step={step} time={step.height === null ? null : times?.get(step.height) ?? null} />)}</ol>
    </Panel>
  )
}

/** Proposer's clock of the blocks; blocks that are not stored are left out. */
async function timesOf(heights: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const node = await whenNode()
  const blocks = await Promise.all(heights.map((height) => node.lightBlockAt(height)))
  return new Map(blocks.flatMap((block) => (block === null ? [] : [[block.header.height, block.header.time] as const])))
}

function StepRow({ step: { kind, state, event, height, who, count }, time }: { step: Step; time: number | null }) {
  const { f } = useText()
  const g = useGovernanceText()
  const Icon = ICONS[state]
  const action = event !== null && event.caused_by.startsWith('action:') ? event.caused_by.slice('action:'.length) : null
  const reason = event === null ? '' : reasonOf(kind, event)
  return (
    <li data-state={state} data-step={kind}>
      <Icon size={19} aria-hidden />
      <div>
        <p>{g.path.step[kind]} {count !== null && `(${g.path.count(f.int(count[0]), f.int(count[1]))})`} <Who kind={kind} who={who} /></p>
        {state === 'next' && <small>{g.path.next}</small>}
        {reason !== '' && <p><small>{g.path.reason} <PeerText value={reason} limit={400} /></small></p>}
      </div>
      {height !== null && (
        <p className={s.when}>
          <small>
            {g.path.block} <HeightLink height={height} />
            {action !== null && <> · <a href={formatView({ page: 'receipt', id: action })}>{g.path.receipt}</a></>}
            {time !== null && <> · <time dateTime={new Date(time).toISOString()}>{f.dateTime(time)}</time></>}
          </small>
        </p>
      )}
    </li>
  )
}

function Who({ kind, who }: Pick<Step, 'kind' | 'who'>) {
  const { t } = useText()
  const g = useGovernanceText()
  if (who === '') return null
  switch (kind) {
    case 'module': return <ModuleLink id={who} />
    case 'signed': case 'rejected_by': case 'vetoed_by': return <SignerName actor={`signer/${who}`} />
    case 'proposed': return <SignerName actor={who} />
    case 'shadow': return <>{wordIn(g.shadowStatus, who)}</>
    case 'expired': return <>{wordIn(t.sentence.expiredBecause, who)}</>
    default: return <code>{who}</code>
  }
}

const wordIn = (words: Readonly<Record<string, string>>, code: string): string => (Object.hasOwn(words, code) ? words[code]! : code)
