/** Every command of the app once: its shortcut, its line in the help sheet, and what buttons run. */
import type { Catalog } from '../i18n/index.ts'
import { loadLanguage } from '../i18n/index.ts'
import { feedStore, setPaused } from '../stores/feed.ts'
import { closeOverlay, openOverlay, panelStore } from '../stores/panels.ts'
import { changeSettings, settingsStore } from '../stores/settings.ts'
import { worldControl } from '../features/world/control.ts'
import { currentView, navigate } from './location.ts'
import { PAGES, viewOfPage } from './url.ts'
import type { Page, View } from './url.ts'

export interface Action {
  readonly id: keyof Catalog['action']
  /** `KeyboardEvent.key`. */
  readonly key: string
  /** Works while a field has the focus, too. */
  readonly always?: boolean
  readonly run: () => void
}

const goTo = (page: Page, key: string): Action => ({ id: page, key, run: () => navigate(viewOfPage(page)) })

export const ACTIONS: readonly Action[] = [
  ...PAGES.map((page, index) => goTo(page, String(index + 1))),
  goTo('keys', 'k'),
  { id: 'search', key: '/', run: () => openOverlay({ kind: 'search' }) },
  { id: 'help', key: '?', run: () => openOverlay({ kind: 'help' }) },
  { id: 'proof', key: 'p', run: openProof },
  { id: 'follow', key: 'f', run: toggleFollow },
  { id: 'reset', key: '0', run: () => worldControl()?.reset() },
  { id: 'pause', key: ' ', run: () => setPaused(feedStore.getState().pausedItems === null) },
  { id: 'theme', key: 't', run: switchTheme },
  { id: 'language', key: 'g', run: () => void switchLanguage() },
  { id: 'close', key: 'Escape', always: true, run: closeTopmost },
]

export function runAction(id: Action['id']): void {
  ACTIONS.find((action) => action.id === id)?.run()
}

/** The record on screen, or the head of the world when none is. */
function openProof(): void {
  const view = currentView()
  openOverlay({ kind: 'proof', key: shownKey(view) ?? 'world/head' })
}

/** State key of the record a view is about. */
function shownKey(view: View): string | null {
  if (view.page === 'module' || view.page === 'proposal') return `${view.page}/${view.id}`
  if (view.page === 'governance') return 'manifest'
  return view.page === 'agent' || view.page === 'asteroid' || view.page === 'factory' ? view.id : null
}

function toggleFollow(): void {
  const view = currentView()
  if (view.page === 'agent') navigate({ ...view, follow: !view.follow }, { replace: true })
}

function switchTheme(): void {
  changeSettings({ theme: settingsStore.getState().theme === 'dark' ? 'light' : 'dark' })
}

async function switchLanguage(): Promise<void> {
  const language = settingsStore.getState().language === 'en' ? 'zh' : 'en'
  await loadLanguage(language)
  changeSettings({ language })
}

function closeTopmost(): void {
  if (panelStore.getState().overlay !== null) return closeOverlay()
  const view = currentView()
  if (view.page === 'agent' || view.page === 'asteroid' || view.page === 'factory') navigate({ page: 'world' })
}

/** A dialog that is open, or still loading, has the keys: they must not change the page beneath. */
export function singleKeysAct(): boolean {
  return settingsStore.getState().singleKeyShortcuts && panelStore.getState().overlay === null
}

/** Where typing means typing. */
function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

/** Space and Enter belong to a focused control. */
function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button, a, summary, [role="tab"]') !== null
}

/** Installs the shortcuts; returns how to take them off. */
export function listenForShortcuts(): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const action = ACTIONS.find(({ key }) => key === event.key || key === event.key.toLowerCase())
    if (action === undefined) return
    if (action.always !== true && (isField(event.target) || !singleKeysAct())) return
    if (action.key === ' ' && isControl(event.target)) return
    event.preventDefault()
    action.run()
  }
  addEventListener('keydown', onKey)
  return () => removeEventListener('keydown', onKey)
}
