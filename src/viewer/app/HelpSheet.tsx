import { useStore } from 'zustand'
import { useText } from '../i18n/index.ts'
import { changeSettings, settingsStore } from '../stores/settings.ts'
import { ACTIONS } from './actions.ts'
import { Dialog } from './Dialog.tsx'
import { TRUST_LOOK } from './TrustChip.tsx'
import type { TrustKind } from './TrustChip.tsx'
import s from './app.module.css'
import ui from '../ui/ui.module.css'

const KEY_NAMES: Readonly<Record<string, string>> = { ' ': '␣', Escape: 'Esc' }

export default function HelpSheet() {
  const { t } = useText()
  const singleKeys = useStore(settingsStore, (settings) => settings.singleKeyShortcuts)
  return (
    <Dialog title={t.help.title}>
      <h3>{t.help.keys}</h3>
      <ul className={s.keys}>
        {ACTIONS.map((action) => <li key={action.id}><kbd>{KEY_NAMES[action.key] ?? action.key}</kbd><span>{t.action[action.id]}</span></li>)}
      </ul>
      <label className={ui.check}>
        <input type="checkbox" checked={singleKeys} onChange={(event) => changeSettings({ singleKeyShortcuts: event.target.checked })} />
        <span>{t.help.singleKeys}. <span className={ui.muted}>{t.help.off}</span></span>
      </label>
      <h3>{t.help.onMap}</h3>
      <ul className={s.results}><li>{t.help.pan}</li><li>{t.help.zoom}</li><li>{t.help.pick}</li></ul>
      <h3>{t.help.trustTitle}</h3>
      <dl className={s.legend}>
        {(Object.keys(TRUST_LOOK) as TrustKind[]).map((kind) => {
          const { icon: Icon, tone } = TRUST_LOOK[kind]
          return (
            <div key={kind}>
              <dt className={ui[tone]}><Icon size={16} aria-hidden />{kind === 'stale' ? t.trust.stale(t.app.seconds('…')) : t.trust[kind]}</dt>
              <dd>{t.trust.explain[kind]}</dd>
            </div>
          )
        })}
      </dl>
    </Dialog>
  )
}
