/** Numbers, spans, times and hashes as text. Pure; the language is an argument. */
import type { Catalog } from './en.ts'

export type Language = 'en' | 'zh'

const LOCALES: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' }

export interface Format {
  /** Whole numbers with group separators. */
  int(n: number): string
  /** At most two decimals. */
  decimal(n: number): string
  /** Clock time with seconds, in the reader's time zone. */
  time(ms: number): string
  dateTime(ms: number): string
  /** A span in its largest fitting unit: "12 s", "3 min". Negative spans count as zero. */
  span(ms: number): string
  /** Position in whole centimetres as kilometres with two decimals. */
  km(cm: number): string
}

export function createFormat(language: Language, copy: Catalog): Format {
  const locale = LOCALES[language]
  const int = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
  const km = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', hour12: false })
  const count = (n: number): string => int.format(Math.max(0, Math.floor(n)))
  return {
    int: (n) => int.format(n),
    decimal: (n) => decimal.format(n),
    time: (ms) => time.format(ms),
    dateTime: (ms) => dateTime.format(ms),
    km: (cm) => km.format(cm / 100_000),
    span(ms) {
      const seconds = ms / 1000
      if (seconds < 120) return copy.app.seconds(count(seconds))
      if (seconds < 7200) return copy.app.minutes(count(seconds / 60))
      if (seconds < 172_800) return copy.app.hours(count(seconds / 3600))
      return copy.app.days(count(seconds / 86_400))
    },
  }
}

/** First and last digits of a hash or key, for a glance; the whole is one click away wherever this is used. */
export function shortHex(hex: string, edge = 6): string {
  return hex.length <= 2 * edge + 1 ? hex : `${hex.slice(0, edge)}…${hex.slice(-edge)}`
}

/** `agent/<32 hex>` → its first eight digits: what an agent is called while its name is unknown. */
export function shortAgent(id: string): string {
  return id.replace(/^agent\//, '').slice(0, 8)
}

/** `asteroid/0017` → `0017`. */
export function bareAsteroid(id: string): string {
  return id.replace(/^asteroid\//, '')
}

/** Longest text of a peer or an agent that is shown in one place. */
export const MAX_PEER_TEXT = 400

/** Text that somebody else wrote: bounded, and without characters that reorder or hide their neighbours (Unicode bidi controls, zero width). */
export function peerText(text: string, limit = MAX_PEER_TEXT): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  const visible = text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '·')
  // One code point is at most two units, so this holds one point more than the limit allows.
  const points = Array.from(visible.slice(0, 2 * (limit + 1)))
  return points.length > limit ? `${points.slice(0, limit).join('')}…` : visible
}
