import { Component, Suspense, lazy, useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import { Route, Router, Switch } from 'wouter'
import { useStore } from 'zustand'
import { WorldPage } from '../features/world/WorldPage.tsx'
import { useText } from '../i18n/index.ts'
import { errorInfoOf } from '../node-client/errors.ts'
import { panelStore } from '../stores/panels.ts'
import { settingsStore } from '../stores/settings.ts'
import { ButtonLink, Page, Problem, Skeleton } from '../ui/parts.tsx'
import { listenForShortcuts } from './actions.ts'
import { BootGate } from './BootGate.tsx'
import { useHashPath, useHashSearch, useView } from './location.ts'
import { StatusBar } from './StatusBar.tsx'
import { Tabs, TopBar } from './TopBar.tsx'
import { Toasts } from './Toasts.tsx'
import { TrustPopover } from './TrustPopover.tsx'
import { pageOf } from './url.ts'
import s from './app.module.css'

const EventsPage = lazy(() => import('../features/events/EventsPage.tsx'))
const EconomyPage = lazy(() => import('../features/economy/EconomyPage.tsx'))
const ModulesPage = lazy(() => import('../features/modules/ModulesPage.tsx'))
const ModulePage = lazy(() => import('../features/modules/ModulePage.tsx'))
const GovernancePage = lazy(() => import('../features/governance/GovernancePage.tsx'))
const ProposalPage = lazy(() => import('../features/governance/ProposalPage.tsx'))
const KeysPage = lazy(() => import('../features/keys/KeysPage.tsx'))
const NetworkPage = lazy(() => import('../features/network/NetworkPage.tsx'))
const LedgerPage = lazy(() => import('../features/ledger/LedgerPage.tsx'))
const BlockPage = lazy(() => import('../features/ledger/BlockPage.tsx'))
const ReceiptPage = lazy(() => import('../features/ledger/ReceiptPage.tsx'))
const ActPage = lazy(() => import('../features/act/ActPage.tsx'))
const AboutPage = lazy(() => import('../features/about/AboutPage.tsx'))
const HelpSheet = lazy(() => import('./HelpSheet.tsx'))
const SearchSheet = lazy(() => import('./SearchSheet.tsx'))
const ProofDrawer = lazy(() => import('../trust/ProofDrawer.tsx'))

export function App() {
  const { t } = useText()
  const view = useView()
  const theme = useStore(settingsStore, (settings) => settings.theme)
  const reduced = useStore(settingsStore, (settings) => settings.reducedMotion)
  const onWorld = pageOf(view) === 'world'
  const [worldVisited, visitWorld] = useState(onWorld)
  if (onWorld && !worldVisited) visitWorld(true)
  useEffect(listenForShortcuts, [])
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
    document.documentElement.dataset['motion'] = reduced ? 'reduced' : 'full'
  }, [theme, reduced])
  useEffect(() => {
    const section = pageOf(view)
    document.title = section === null || section === 'world' ? t.app.name : `${t.nav[section]} · ${t.app.name}`
  }, [view, t])
  return (
    <Router hook={useHashPath} searchHook={useHashSearch}>
      <div className={s.frame}>
        <a className={s.skip} href="#main" onClick={(event) => { event.preventDefault(); document.getElementById('main')?.focus() }}>{t.app.skip}</a>
        <TopBar />
        <main id="main" className={s.main} tabIndex={-1}>
          <BootGate />
          {worldVisited && <div className={s.world} hidden={!onWorld}><WorldPage active={onWorld} /></div>}
          {!onWorld && (
            <div className={s.scroll} key={view.page}>
              <PageBoundary key={JSON.stringify(view)} title={t.problem.pageFailed}>
                <Suspense fallback={<Page title={''}><Skeleton lines={6} /></Page>}>
                  <Switch>
                    <Route path="/events"><EventsPage /></Route>
                    <Route path="/economy"><EconomyPage /></Route>
                    <Route path="/modules"><ModulesPage /></Route>
                    <Route path="/module/:id">{view.page === 'module' ? <ModulePage id={view.id} /> : <NotFound />}</Route>
                    <Route path="/governance"><GovernancePage /></Route>
                    <Route path="/proposal/:id">{view.page === 'proposal' ? <ProposalPage id={view.id} /> : <NotFound />}</Route>
                    <Route path="/keys"><KeysPage /></Route>
                    <Route path="/network"><NetworkPage /></Route>
                    <Route path="/ledger"><LedgerPage /></Route>
                    <Route path="/ledger/height/:height">{view.page === 'height' ? <BlockPage height={view.height} /> : <NotFound />}</Route>
                    <Route path="/receipt/:id">{view.page === 'receipt' ? <ReceiptPage id={view.id} /> : <NotFound />}</Route>
                    <Route path="/act"><ActPage /></Route>
                    <Route path="/about"><AboutPage /></Route>
                    <Route><NotFound /></Route>
                  </Switch>
                </Suspense>
              </PageBoundary>
            </div>
          )}
        </main>
        <StatusBar />
        <Tabs />
        <Toasts />
        <Overlays />
      </div>
    </Router>
  )
}

function Overlays() {
  const overlay = useStore(panelStore, (panels) => panels.overlay)
  const { t } = useText()
  return (
    <PageBoundary key={overlay?.kind ?? 'none'} title={t.problem.pageFailed}>
      <Suspense fallback={null}>
        {overlay?.kind === 'help' && <HelpSheet />}
        {overlay?.kind === 'search' && <SearchSheet />}
        {overlay?.kind === 'trust' && <TrustPopover />}
        {overlay?.kind === 'proof' && <ProofDrawer recordKey={overlay.key} />}
      </Suspense>
    </PageBoundary>
  )
}

function NotFound() {
  const { t } = useText()
  return <Page title={t.notFound.title} intro={t.notFound.body}><p><ButtonLink href="#/">{t.notFound.home}</ButtonLink></p></Page>
}

/** A page that fails leaves the rest of the app alone. */
class PageBoundary extends Component<{ readonly title: string; readonly children: ReactNode }, { readonly failed: unknown }> {
  override state = { failed: null as unknown }
  static getDerivedStateFromError(failed: unknown) {
    return { failed: failed ?? new Error() }
  }
  override render(): ReactNode {
    if (this.state.failed === null) return this.props.children
    return <Page title={this.props.title}><Problem error={errorInfoOf(this.state.failed)} /></Page>
  }
}
