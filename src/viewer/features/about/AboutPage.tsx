import { useStore } from 'zustand'
import { useText } from '../../i18n/index.ts'
import { nodeStore } from '../../stores/node.ts'
import { changeSettings, settingsStore } from '../../stores/settings.ts'
import { runAction } from '../../app/actions.ts'
import { Button, Fact, Facts, Hex, Page, Panel } from '../../ui/parts.tsx'
import ui from '../../ui/ui.module.css'

export default function AboutPage() {
  const { t } = useText()
  const status = useStore(nodeStore, (node) => node.status)
  const pinned = useStore(nodeStore, (node) => node.pinnedWorld)
  const settings = useStore(settingsStore)
  return (
    <Page title={t.about.title}>
      <Panel title={t.about.what}><p className={ui.prose}>{t.about.whatBody}</p></Panel>
      <div className={ui.twins}>
        <Panel title={t.about.verified}><ul className={ui.ticks} data-tone="ok">{t.about.verifiedList.map((line) => <li key={line}>{line}</li>)}</ul></Panel>
        <Panel title={t.about.notVerified}><ul className={ui.ticks} data-tone="warn">{t.about.notVerifiedList.map((line) => <li key={line}>{line}</li>)}</ul></Panel>
      </div>
      <Panel title={t.about.world}>
        <Facts>
          <Fact wide name={t.about.worldId}>{status === null ? t.app.unknown : <Hex value={status.world_id} full />}</Fact>
          <Fact name={t.network.role}>{status === null ? t.app.unknown : t.status.roles[status.role]}</Fact>
        </Facts>
        <p className={ui.note}>{pinned === null ? t.about.notPinned : t.about.pinned}</p>
      </Panel>
      <Panel title={t.about.settings}>
        <div className={ui.row}>
          <Button onClick={() => runAction('theme')}>{settings.theme === 'dark' ? t.app.toLight : t.app.toDark}</Button>
          <Button onClick={() => runAction('language')}>{t.app.language}: {t.app.switchLanguage}</Button>
          <Button onClick={() => runAction('help')}>{t.app.help}</Button>
        </div>
        <label className={ui.check}>
          <input type="checkbox" checked={settings.reducedMotion} onChange={(event) => changeSettings({ reducedMotion: event.target.checked })} />{t.about.motion}
        </label>
        <label className={ui.check}>
          <input type="checkbox" checked={settings.singleKeyShortcuts} onChange={(event) => changeSettings({ singleKeyShortcuts: event.target.checked })} />{t.about.shortcuts}
        </label>
      </Panel>
      <Panel title={t.about.app}>
        <p className={ui.prose}>{t.about.appBody}</p>
        <Facts>
          <Fact name={t.about.isolation}>{crossOriginIsolated ? t.app.yes : t.app.no}</Fact>
          <Fact name={t.network.storage}>{status?.storage.persistent === true ? t.network.persistent : t.network.notPersistent}</Fact>
        </Facts>
      </Panel>
    </Page>
  )
}
