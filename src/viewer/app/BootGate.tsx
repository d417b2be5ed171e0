import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { useText } from '../i18n/index.ts'
import { acceptWorld, declineWorld, retryBoot, takeOver } from '../node-client/boot.ts'
import { nodeStore } from '../stores/node.ts'
import { Button, Problem } from '../ui/parts.tsx'
import s from './app.module.css'
import ui from '../ui/ui.module.css'

/** What stands between the page and a running node, if anything: another tab, another world, a failure. */
export function BootGate() {
  const { t } = useText()
  const boot = useStore(nodeStore, (node) => node.boot)
  switch (boot.stage) {
    case 'other-tab':
      return (
        <Card title={t.boot.otherTitle}>
          <p>{t.boot.otherBody}</p>
          <div><Button look="primary" disabled={boot.moving} onClick={() => void takeOver()}>{t.boot.useHere}</Button></div>
          {boot.moving && <p role="status">{t.boot.moving}</p>}
        </Card>
      )
    case 'released':
      return (
        <Card title={t.boot.releasedTitle}>
          <p>{t.boot.releasedBody}</p>
          <div><Button look="primary" onClick={() => void takeOver()}>{t.boot.useHere}</Button></div>
        </Card>
      )
    case 'pin-changed':
      return (
        <Card title={t.boot.pinTitle}>
          <p>{t.boot.pinBody}</p>
          <dl className={s.ids}>
            <div><dt>{t.boot.pinOld}</dt><dd>{boot.pinned}</dd></div>
            <div><dt>{t.boot.pinNew}</dt><dd>{boot.served}</dd></div>
          </dl>
          <div className={ui.row}>
            <Button look="primary" onClick={() => void acceptWorld(boot.served)}>{t.boot.pinAccept}</Button>
            <Button onClick={declineWorld}>{t.boot.pinStay}</Button>
          </div>
        </Card>
      )
    case 'declined':
      return <Card title={t.boot.pinTitle}><p>{t.boot.stayed}</p></Card>
    case 'failed':
      return (
        <div className={s.gate}>
          <Problem error={boot.error} action={<Button look="primary" onClick={() => void retryBoot()}>{t.app.retry}</Button>} />
        </div>
      )
    default:
      return <NodeFailure />
  }
}

/** The node started and stopped later: two certified blocks contradict each other, the storage broke, the executor gave up. */
function NodeFailure() {
  const { t } = useText()
  const error = useStore(nodeStore, (node) => (node.status?.phase === 'failed' ? node.status.error : null))
  if (error === null) return null
  return <div className={s.gate}><Problem error={error} action={<Button look="primary" onClick={() => location.reload()}>{t.app.retry}</Button>} /></div>
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return <div className={s.gate}><section className={s.card} role="alertdialog" aria-label={title}><h1>{title}</h1>{children}</section></div>
}
