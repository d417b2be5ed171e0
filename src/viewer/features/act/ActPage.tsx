import { useState } from 'react'
import { FlaskConical, KeyRound } from 'lucide-react'
import { useStore } from 'zustand'
import { agentView, formatView } from '../../app/url.ts'
import { useText } from '../../i18n/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { nodeStore } from '../../stores/node.ts'
import type { AgentRecord } from '../../../world/index.ts'
import { toHexText } from '../../ui/hex-text.ts'
import { Badge, Button, ButtonLink, Fact, Facts, Hex, Page, Panel, PeerText } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { ActForm } from './ActForm.tsx'
import { createDemoKey, demoIdentity, forgetDemoKey, keepDemoKey } from './demo-key.ts'
import type { DemoIdentity } from './demo-key.ts'
import { History } from './History.tsx'
import ui from '../../ui/ui.module.css'
import s from './act.module.css'

export default function ActPage() {
  const { t } = useText()
  const [identity, setIdentity] = useState<DemoIdentity | null>(demoIdentity)
  const height = useStore(nodeStore, (node) => node.status?.head?.height ?? 0)
  const solo = useStore(nodeStore, (node) => node.status?.role === 'solo')
  const loaded = useAsync(identity?.agentId ?? '', height, async () => (identity === null ? null : (await (await whenNode()).query(identity.agentId)).value as AgentRecord | null))
  const agent = resultOf(loaded)
  return (
    <Page title={t.act.title} intro={t.act.intro}>
      {identity !== null && <p className={s.watermark}><FlaskConical size={15} aria-hidden />{t.act.watermark}</p>}
      <div className={s.columns}>
        <div className={s.form}>
          {identity === null ? <NoKey onCreate={() => setIdentity(createDemoKey())} /> : (
            <Panel title={t.act.what} aside={solo && <Badge tone="info">{t.status.solo}</Badge>}>
              {height === 0 ? <p className={ui.note}>{t.act.needHead}</p> : <ActForm identity={identity} agent={agent} />}
            </Panel>
          )}
        </div>
        <div className={s.history}><Panel title={t.act.history}><History /></Panel></div>
        {identity !== null && <div className={s.key}><Key identity={identity} agent={agent} onChange={setIdentity} /></div>}
      </div>
    </Page>
  )
}

function NoKey({ onCreate }: { onCreate: () => void }) {
  const { t } = useText()
  return (
    <Panel title={t.act.keyTitle}>
      <p>{t.act.keyNone}</p>
      <p className={ui.note}>{t.act.keyWarning}</p>
      <div><Button look="primary" onClick={onCreate}><KeyRound size={16} aria-hidden />{t.act.create}</Button></div>
    </Panel>
  )
}

function Key({ identity, agent, onChange }: { identity: DemoIdentity; agent: AgentRecord | null; onChange: (identity: DemoIdentity | null) => void }) {
  const { t, f } = useText()
  const [asking, setAsking] = useState(false)
  return (
    <Panel title={t.act.keyTitle} aside={<Badge tone="warn">{t.act.watermark}</Badge>}>
      <Facts>
        <Fact name={t.act.yourAgent}>{agent === null ? t.act.notRegistered : <PeerText value={agent.name} limit={32} />}</Fact>
        {agent !== null && <Fact name={t.agent.resources}>{f.int(agent.electricity)} {t.sentence.resources.electricity} · {f.int(agent.data)} {t.sentence.resources.data}</Fact>}
        <Fact name={t.agent.key}><Hex value={toHexText(identity.publicKey)} edge={8} /></Fact>
      </Facts>
      <p className={ui.note}>{t.act.keyWarning}</p>
      <label className={ui.check}>
        <input type="checkbox" checked={identity.kept} onChange={(event) => onChange(keepDemoKey(event.target.checked))} />
        <span>{t.act.keep} <span className={ui.muted}>({identity.kept ? t.act.kept : t.act.notKept})</span></span>
      </label>
      <div className={ui.row}>
        {agent !== null && <ButtonLink href={formatView(agentView(identity.agentId, 'now', true))}>{t.agent.center}</ButtonLink>}
        {!asking ? <Button look="quiet" onClick={() => setAsking(true)}>{t.act.forget}</Button> : (
          <>
            <span className={ui.warn}>{t.act.forgetConfirm}</span>
            <Button onClick={() => { forgetDemoKey(); onChange(null) }}>{t.act.forget}</Button>
            <Button look="quiet" onClick={() => setAsking(false)}>{t.app.close}</Button>
          </>
        )}
      </div>
    </Panel>
  )
}
