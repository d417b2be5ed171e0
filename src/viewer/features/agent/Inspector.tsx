import { useState } from 'react'
import { ChevronDown, ChevronUp, Crosshair, LocateFixed, X } from 'lucide-react'
import { navigate } from '../../app/location.ts'
import { agentView, formatView } from '../../app/url.ts'
import type { InspectorTab } from '../../app/url.ts'
import { shortAgent, useText } from '../../i18n/index.ts'
import type { AgentRecord } from '../../../world/index.ts'
import { useAgentName } from '../../ui/names.ts'
import { Button, CopyButton, PeerText, Problem, Skeleton } from '../../ui/parts.tsx'
import { resultOf } from '../../ui/use-async.ts'
import { worldControl } from '../world/control.ts'
import { AgentNow } from './AgentNow.tsx'
import { AgentEvents } from './AgentEvents.tsx'
import { RawRecord, RecordProof } from './RecordViews.tsx'
import { TrustMark } from './TrustMark.tsx'
import { useRecord } from './use-record.ts'
import ui from '../../ui/ui.module.css'
import s from '../world/world.module.css'

const TABS: readonly InspectorTab[] = ['now', 'events', 'raw', 'proof']
const DETENTS = ['peek', 'half', 'full'] as const

/** Side panel on wide screens, bottom sheet with three heights on phones. */
export default function Inspector({ id, tab, following }: { id: string; tab: InspectorTab; following: boolean }) {
  const { t } = useText()
  const loaded = useRecord(id)
  const checked = resultOf(loaded)
  const agent = checked?.verified.value as AgentRecord | null | undefined
  const name = useAgentName(id)
  const [detent, setDetent] = useState(1)
  const show = (next: InspectorTab): void => navigate(agentView(id, next, following), { replace: true })
  return (
    <aside className={s.inspector} data-detent={DETENTS[detent]} aria-label={t.agent.title}>
      <header className={s.inspectorHead}>
        <div className={s.inspectorTitle}>
          <div><h2><PeerText value={agent?.name ?? name} limit={32} /></h2><small className={ui.muted}><code>{shortAgent(id)}</code><CopyButton value={id} /></small></div>
          <span className={s.grip}>
            <Button look="quiet-icon" disabled={detent === 2} aria-label={t.agent.larger} onClick={() => setDetent(detent + 1)}><ChevronUp size={18} aria-hidden /></Button>
            <Button look="quiet-icon" disabled={detent === 0} aria-label={t.agent.smaller} onClick={() => setDetent(detent - 1)}><ChevronDown size={18} aria-hidden /></Button>
          </span>
          <Button look="quiet-icon" aria-label={t.agent.close} onClick={() => navigate({ page: 'world' })}><X size={18} aria-hidden /></Button>
        </div>
        <div className={`${ui.row} ${s.inspectorActions}`}>
          <Button aria-pressed={following} onClick={() => navigate(agentView(id, tab, !following), { replace: true })}>
            <LocateFixed size={16} aria-hidden />{following ? t.agent.unfollow : t.agent.follow}
          </Button>
          <Button onClick={() => worldControl()?.center(id)}><Crosshair size={16} aria-hidden /><span className={s.centerText}>{t.agent.center}</span></Button>
          <TrustMark checked={checked} failed={loaded.state === 'failed'} recordKey={id} />
        </div>
      </header>
      <div className={ui.tabs} role="tablist" aria-label={t.agent.title}>
        {TABS.map((each) => (
          <button key={each} type="button" role="tab" id={`tab-${each}`} aria-selected={each === tab} aria-controls="inspector-body" onClick={() => show(each)}>{t.agent.tabs[each]}</button>
        ))}
      </div>
      <div className={s.inspectorBody} id="inspector-body" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {loaded.state === 'failed' && <Problem error={loaded.error} />}
        {tab === 'events' ? <AgentEvents id={id} /> : checked === null ? loaded.state === 'loading' && <Skeleton lines={7} /> : (
          <>
            {tab === 'now' && (agent === null || agent === undefined
              ? <div className={ui.empty}><h3>{t.agent.notFound}</h3><p>{t.agent.notFoundNext}</p></div>
              : <AgentNow id={id} agent={agent} height={checked.verified.provenance.height} link={formatView(agentView(id))} />)}
            {tab === 'raw' && <RawRecord record={checked.record} />}
            {tab === 'proof' && <RecordProof record={checked.record} />}
          </>
        )}
      </div>
    </aside>
  )
}
