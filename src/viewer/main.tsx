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
