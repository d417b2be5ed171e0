import { useStore } from 'zustand'
import { useText } from '../i18n/index.ts'
import { nodeStore } from '../stores/node.ts'
import { useNow } from '../ui/clock.ts'
import s from './app.module.css'

export function StatusBar() {
  const { t, f } = useText()
  const now = useNow(1000)
  const status = useStore(nodeStore, (node) => node.status)
  if (status === null) return <footer className={s.status} aria-label={t.status.label}><span>{t.boot.loading}</span><span /></footer>
  const { head, sync } = status
  const connected = status.peers.filter((peer) => peer.state === 'connected').length
  return (
    <footer className={s.status} aria-label={t.status.label}>
      {head !== null && <span>{t.status.height} <b>{f.int(head.height)}</b></span>}
      {head !== null && <span>{t.app.ago(f.span(now - head.verified_at))}</span>}
      {head !== null && status.validators.length > 0 && (
        <span>{t.status.validators(f.int(status.validators.filter((validator) => validator.signed_head).length), f.int(status.validators.length))}</span>
      )}
      <span>{status.role === 'solo' ? t.status.solo : t.status.peers(f.int(connected))}</span>
      {sync !== null && <span>{t.status.sync(t.status.stages[sync.stage], f.int(sync.at), f.int(sync.to))}</span>}
      <span>{t.status.roles[status.role]}: {t.status.phases[status.phase]}</span>
      <span title={status.world_id}>{status.world_id.replace(/\.([0-9a-f]{8})[0-9a-f]*$/, '.$1…')}</span>
    </footer>
  )
}
