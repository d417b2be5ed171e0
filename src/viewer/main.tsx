// First: its layer statement sets the order of every style sheet that follows.
import './styles/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/App.tsx'
import { loadLanguage } from './i18n/index.ts'
import { boot } from './node-client/boot.ts'
import { settingsStore } from './stores/settings.ts'

void boot()
await loadLanguage(settingsStore.getState().language)
createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>)
// The course of the economy is gathered from now on, whichever page is shown; nothing of the first view waits for it.
void import('./features/economy/sampler.ts')
