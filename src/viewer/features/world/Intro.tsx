import { useState } from 'react'
import { FlaskConical, X } from 'lucide-react'
import { useStore } from 'zustand'
import { navigate, useView } from '../../app/location.ts'
import { agentView } from '../../app/url.ts'
import { useText } from '../../i18n/index.ts'
import type { RendererClient } from '../../render/contract.ts'
import { nodeStore } from '../../stores/node.ts'
import { changeSettings, settingsStore } from '../../stores/settings.ts'
import { Button } from '../../ui/parts.tsx'
import s from './world.module.css'

/** Candidates for the first agent to watch: those nearest to the middle of the picture. */
const CANDIDATES = 50

/** What a newcomer reads first: that a solo world is a demo, then one line about what there is to see. One at a time. */
export function Intro({ client, agents }: { client: RendererClient | null; agents: number | null }) {
  const solo = useStore(nodeStore, (node) => node.status?.role === 'solo')
  const [soloRead, setSoloRead] = useState(false)
  const seen = useStore(settingsStore, (settings) => settings.captionSeen)
  const view = useView()
  if (view.page !== 'world') return null
  return (
    <>
      {solo && !soloRead && <SoloNotice onRead={() => setSoloRead(true)} />}
      {!seen && <Caption client={client} agents={agents} />}
    </>
  )
}

function Caption({ client, agents }: { client: RendererClient | null; agents: number | null }) {
  const { t, f } = useText()
  const watch = async (): Promise<void> => {
    const visible = (await client?.inView(CANDIDATES)) ?? []
    const people = visible.filter((entity) => entity.kind === 'agent')
    const chosen = people.find((entity) => entity.activity === 'moving') ?? people[0]
    if (chosen !== undefined) navigate(agentView(chosen.id, 'now', true))
  }
  const empty = agents === null || agents === 0
  return (
    <div className={s.caption}>
      <p>{empty ? t.world.captionNoCount : t.world.caption(f.int(agents))}</p>
      <Button look="quiet-icon" aria-label={t.world.dismissCaption} onClick={() => changeSettings({ captionSeen: true })}><X size={15} aria-hidden /></Button>
      <Button look="primary" disabled={empty} onClick={() => void watch()}>{t.world.tryOne}</Button>
    </div>
  )
}

function SoloNotice({ onRead }: { onRead: () => void }) {
  const { t } = useText()
  const former = useStore(nodeStore, (node) => node.formerWorld)
  return (
    <aside className={s.caption} aria-label={t.boot.soloTitle}>
      <details className={s.solo} open={former !== null}>
        <summary><FlaskConical size={16} aria-hidden /><b>{t.boot.soloTitle}</b></summary>
        <p>{t.boot.soloBody}</p>
        {former !== null && <p>{t.boot.soloInstead(former)}</p>}
      </details>
      <Button look="quiet-icon" aria-label={t.app.dismiss} onClick={onRead}><X size={15} aria-hidden /></Button>
    </aside>
  )
}
