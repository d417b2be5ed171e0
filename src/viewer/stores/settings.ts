/** Preferences of this browser: language, theme, motion, layers. Kept in localStorage; a broken entry counts as absent. */
import { createStore } from 'zustand/vanilla'
import type { Language } from '../i18n/index.ts'
import type { Theme, WorldLayers } from '../render/contract.ts'

export interface Settings {
  readonly language: Language
  readonly theme: Theme
  /** Asks for less motion than the system does. */
  readonly reducedMotion: boolean
  readonly singleKeyShortcuts: boolean
  readonly layers: WorldLayers
  readonly captionSeen: boolean
}

export const SETTINGS_KEY = 'agent-world/settings/v1'

export interface SettingsDefaults {
  readonly languages: readonly string[]
}

/** Dark until the user says otherwise: the belt is dark, and the map is drawn for it. */
export function defaultSettings({ languages }: SettingsDefaults): Settings {
  const preferred = languages.find((tag) => /^(zh|en)\b/i.test(tag)) ?? 'en'
  return {
    language: /^zh/i.test(preferred) ? 'zh' : 'en',
    theme: 'dark',
    reducedMotion: false,
    singleKeyShortcuts: true,
    layers: { agents: true, asteroids: true, industry: true, labels: true, heat: false },
    captionSeen: false,
  }
}

/** Settings from their stored text; every field that is missing or of the wrong type takes its default. */
export function parseSettings(stored: string | null, defaults: Settings): Settings {
  let kept: Record<string, unknown>
  try {
    const value: unknown = JSON.parse(stored ?? '{}')
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return defaults
    kept = value as Record<string, unknown>
  } catch {
    return defaults
  }
  const flag = (value: unknown, fallback: boolean): boolean => (typeof value === 'boolean' ? value : fallback)
  const layers = (typeof kept['layers'] === 'object' && kept['layers'] !== null ? kept['layers'] : {}) as Record<string, unknown>
  return {
    language: kept['language'] === 'zh' || kept['language'] === 'en' ? kept['language'] : defaults.language,
    theme: kept['theme'] === 'light' || kept['theme'] === 'dark' ? kept['theme'] : defaults.theme,
    reducedMotion: flag(kept['reducedMotion'], defaults.reducedMotion),
    singleKeyShortcuts: flag(kept['singleKeyShortcuts'], defaults.singleKeyShortcuts),
    layers: {
      agents: flag(layers['agents'], defaults.layers.agents),
      asteroids: flag(layers['asteroids'], defaults.layers.asteroids),
      industry: flag(layers['industry'], defaults.layers.industry),
      labels: flag(layers['labels'], defaults.layers.labels),
      heat: flag(layers['heat'], defaults.layers.heat),
    },
    captionSeen: flag(kept['captionSeen'], defaults.captionSeen),
  }
}

function browserDefaults(): Settings {
  const page = typeof document !== 'undefined'
  return defaultSettings({ languages: page ? navigator.languages : [] })
}

function stored(): string | null {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage.getItem(SETTINGS_KEY)
  } catch {
    return null
  }
}

export const settingsStore = createStore<Settings>(() => parseSettings(stored(), browserDefaults()))

/** Changes settings and keeps them. A browser that refuses storage keeps them until the tab closes. */
export function changeSettings(change: Partial<Settings>): void {
  settingsStore.setState(change)
  try {
    localStorage.setItem(SETTINGS_KEY, JSON.stringify(settingsStore.getState()))
  } catch {
    // Private windows and full disks: the setting still holds for this tab.
  }
}
