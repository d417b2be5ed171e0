import { useEffect, useRef } from 'react'
import { Activity, BookOpen, Boxes, ChartLine, CircleHelp, Info, KeyRound, Languages, Moon, Network, Orbit, Scale, Search, Sun, Zap } from 'lucide-react'
import { useStore } from 'zustand'
import { useText } from '../i18n/index.ts'
import { settingsStore } from '../stores/settings.ts'
import { Button } from '../ui/parts.tsx'
import { runAction } from './actions.ts'
import { useView } from './location.ts'
import { TrustChip } from './TrustChip.tsx'
import { PAGES, formatView, pageOf, viewOfPage } from './url.ts'
import s from './app.module.css'

const ICONS: Readonly<Record<(typeof PAGES)[number], typeof Orbit>> = { world: Orbit, events: Activity, economy: ChartLine, modules: Boxes, governance: Scale, network: Network, ledger: BookOpen, act: Zap, about: Info }

export function TopBar() {
  const { t, language } = useText()
  const theme = useStore(settingsStore, (settings) => settings.theme)
  return (
    <header className={s.top}>
      <a className={s.brand} href="#/" aria-label={t.app.name}><Mark /><span>{t.app.name}</span></a>
      <nav className={s.nav} aria-label={t.app.main}><PageLinks /></nav>
      <TrustChip />
      <div className={s.tools}>
        <button type="button" className={s.searchButton} onClick={() => runAction('search')} aria-label={t.search.placeholder}>
          <Search size={16} aria-hidden /><span>{t.search.placeholder}</span><kbd aria-hidden>/</kbd>
        </button>
        <Button look="quiet" className={s.language ?? ''} onClick={() => runAction('language')} lang={language === 'en' ? 'zh-CN' : 'en'}>
          <Languages size={16} aria-hidden /><span>{t.app.switchLanguage}</span>
        </Button>
        <Button look="quiet-icon" className={s.themeButton ?? ''} onClick={() => runAction('theme')} aria-label={theme === 'dark' ? t.app.toLight : t.app.toDark}>
          {theme === 'dark' ? <Sun size={17} aria-hidden /> : <Moon size={17} aria-hidden />}
        </Button>
        <a className={s.keysLink} href="#/keys" aria-label={t.nav.keys} title={t.nav.keys}><KeyRound size={17} aria-hidden /></a>
        <Button look="quiet-icon" onClick={() => runAction('help')} aria-label={t.app.help}><CircleHelp size={17} aria-hidden /></Button>
      </div>
    </header>
  )
}

/** The same navigation at the bottom of small screens. */
export function Tabs() {
  const { t } = useText()
  const nav = useRef<HTMLElement>(null)
  const section = pageOf(useView())
  // There are more than fit on a phone.
  // Newer browsers return a promise from it, which is no clean-up.
  useEffect(() => { nav.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'nearest', block: 'nearest' }) }, [section])
  return <nav ref={nav} className={s.tabs} aria-label={t.app.main}><PageLinks icons /></nav>
}

function PageLinks({ icons = false }: { icons?: boolean }) {
  const { t } = useText()
  const section = pageOf(useView())
  return PAGES.map((page) => {
    const Icon = ICONS[page]
    return (
      <a key={page} href={formatView(viewOfPage(page))} aria-current={page === section ? 'page' : undefined}>
        {icons && <Icon size={19} aria-hidden />}{t.nav[page]}
      </a>
    )
  })
}

function Mark() {
  return (
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden>
      <ellipse cx="16" cy="16" rx="13" ry="6" transform="rotate(-24 16 16)" fill="none" stroke="var(--accent)" strokeWidth="1.8" />
      <circle cx="16" cy="16" r="4.6" fill="var(--text)" /><circle cx="27" cy="10.4" r="2.3" fill="var(--ok)" />
    </svg>
  )
}
