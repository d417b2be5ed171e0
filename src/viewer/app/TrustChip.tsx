import { BadgeCheck, CircleAlert, CircleDashed, CircleDot, Clock, FlaskConical, LoaderCircle, OctagonX } from 'lucide-react'
import { useStore } from 'zustand'
import { useText } from '../i18n/index.ts'
import { nodeStore } from '../stores/node.ts'
import { openOverlay } from '../stores/panels.ts'
import { isWrongdoing } from '../trust/refusals.ts'
import { trustOf } from '../trust/trust-state.ts'
import type { TrustState } from '../trust/trust-state.ts'
import { useNow } from '../ui/clock.ts'
import type { Tone } from '../ui/parts.tsx'
import s from './app.module.css'

export type TrustKind = TrustState['kind']

/** Icon, words and colour together: colour alone says nothing. */
export const TRUST_LOOK: Readonly<Record<TrustKind, { readonly icon: typeof Clock; readonly tone: Tone }>> = {
  finalized: { icon: BadgeCheck, tone: 'ok' },
  demo: { icon: FlaskConical, tone: 'ok' },
  head: { icon: CircleDot, tone: 'info' },
  verifying: { icon: LoaderCircle, tone: 'info' },
  catchingUp: { icon: LoaderCircle, tone: 'info' },
  claimed: { icon: CircleDashed, tone: 'warn' },
  stale: { icon: Clock, tone: 'warn' },
  conflict: { icon: OctagonX, tone: 'bad' },
  failed: { icon: CircleAlert, tone: 'bad' },
}

export function useTrust(): TrustState {
  const boot = useStore(nodeStore, (node) => node.boot)
  const status = useStore(nodeStore, (node) => node.status)
  const now = useNow(250)
  return trustOf(boot, status, now)
}

export function TrustChip() {
  const { t, f } = useText()
  const trust = useTrust()
  const refused = useStore(nodeStore, (node) => node.status?.refusals.filter(isWrongdoing).length ?? 0)
  const { icon: Icon, tone } = TRUST_LOOK[trust.kind]
  const busy = trust.kind === 'verifying' || trust.kind === 'catchingUp'
  return (
    <button type="button" className={s.chip} data-tone={tone} data-trust={trust.kind} onClick={() => openOverlay({ kind: 'trust' })} aria-haspopup="dialog">
      <Icon size={17} className={busy ? s.spin : undefined} aria-hidden />
      <span role="status" className={s.chipLong}>{trust.kind === 'stale' ? t.trust.stale(f.span(trust.forMs)) : t.trust[trust.kind]}</span>
      <span aria-hidden className={s.chipShort}>{trust.kind === 'stale' ? f.span(trust.forMs) : t.trust.short[trust.kind]}</span>
      {'height' in trust && <span className={s.chipHeight}>{f.int(trust.height)}</span>}
      {refused > 0 && <span className={s.chipRefused}>{t.trust.refusedHere(f.int(refused))}</span>}
    </button>
  )
}
