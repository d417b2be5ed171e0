/** The small parts every page is made of. */
import { useState } from 'react'
import type { ButtonHTMLAttributes, ReactNode } from 'react'
import { Check, Copy, TriangleAlert } from 'lucide-react'
import type { ErrorInfo } from '../../codec/index.ts'
import { peerText, shortHex, useText } from '../i18n/index.ts'
import s from './ui.module.css'

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'muted'

export function Page({ title, intro, aside, children }: { title: string; intro?: string | undefined; aside?: ReactNode; children: ReactNode }) {
  return (
    <div className={s.page}>
      <header className={s.pageHead}>
        <h1>{title}</h1>
        {intro !== undefined && <p>{intro}</p>}
        {aside}
      </header>
      {children}
    </div>
  )
}

export function Panel({ title, aside, flush = false, children }: { title: string; aside?: ReactNode; flush?: boolean; children: ReactNode }) {
  return (
    <section className={s.panel} aria-label={title}>
      <header className={s.panelHead}><h2>{title}</h2>{aside}</header>
      <div className={s.panelBody} data-flush={flush || undefined}>{children}</div>
    </section>
  )
}

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { look?: 'primary' | 'quiet' | 'icon' | 'quiet-icon' }

export function Button({ look, type = 'button', className, ...rest }: ButtonProps) {
  const quiet = look === 'quiet' || look === 'quiet-icon'
  const icon = look === 'icon' || look === 'quiet-icon'
  return (
    <button {...rest} type={type} className={`${s.button} ${className ?? ''}`} data-primary={look === 'primary' || undefined} data-quiet={quiet || undefined} data-icon={icon || undefined} />
  )
}

export function ButtonLink({ href, children, primary = false, label }: { href: string; children: ReactNode; primary?: boolean; label?: string }) {
  return <a className={s.button} href={href} data-primary={primary || undefined} aria-label={label}>{children}</a>
}

export function Facts({ children }: { children: ReactNode }) {
  return <dl className={s.grid}>{children}</dl>
}

/** `wide` takes a line of its own: for whole hashes. */
export function Fact({ name, wide = false, children }: { name: string; wide?: boolean; children: ReactNode }) {
  return <div className={s.fact} data-wide={wide || undefined}><dt>{name}</dt><dd>{children}</dd></div>
}

export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={s.badge} data-tone={tone}>{children}</span>
}

/** Text somebody else wrote: bounded, isolated from the direction of its surroundings, never markup. */
export function PeerText({ value, limit }: { value: string; limit?: number }) {
  return <bdi className={s.peer} dir="auto">{peerText(value, limit)}</bdi>
}

/** A hash or key, short, with its whole length one click away. */
export function Hex({ value, full = false, edge = 6 }: { value: string; full?: boolean; edge?: number }) {
  return <span className={s.hex} title={value}><code>{full ? value : shortHex(value, edge)}</code><CopyButton value={value} /></span>
}

export function CopyButton({ value }: { value: string }) {
  const { t } = useText()
  const [copied, setCopied] = useState(false)
  const copy = (): void => {
    navigator.clipboard.writeText(value).then(() => {
      setCopied(true)
      setTimeout(() => setCopied(false), 1500)
    }, () => undefined)
  }
  return (
    <button type="button" className={s.copy} onClick={copy} aria-label={copied ? t.app.copied : t.app.copy}>
      {copied ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
    </button>
  )
}

export function Empty({ children }: { children: ReactNode }) {
  return <p className={s.empty}>{children}</p>
}

export function Skeleton({ lines = 4 }: { lines?: number }) {
  const { t } = useText()
  return <div className={s.skeleton} role="status" aria-label={t.app.loading}>{Array.from({ length: lines }, (_, line) => <i key={line} />)}</div>
}

/** What happened · what is safe · what to do · code. `family` says which catalogue explains the code. */
export function Problem({ error, family = 'failures', safe, action }: {
  error: ErrorInfo; family?: 'failures' | 'rejections'; safe?: string; action?: ReactNode
}) {
  const { t } = useText()
  const known = t.codes[family][error.code]
  const facts = Object.entries(error.detail).map(([name, value]) => `${name}=${value}`).join(' ')
  return (
    <div className={s.problem} role="alert">
      <h3><TriangleAlert size={17} aria-hidden />{known?.what ?? t.problem.unknown(error.code)}</h3>
      <dl>
        <div><dt>{t.problem.safe}</dt><dd>{safe ?? t.problem.safeDefault}</dd></div>
        <div><dt>{t.problem.next}</dt><dd>{known?.next ?? t.problem.genericNext}</dd></div>
        {error.message !== '' && <div><dt>{t.problem.detail}</dt><dd><PeerText value={error.message} />{facts !== '' && <> <code><PeerText value={facts} /></code></>}</dd></div>}
        <div><dt>{t.app.code}</dt><dd><code>{error.code}</code></dd></div>
      </dl>
      {action !== undefined && <div className={s.row}>{action}</div>}
    </div>
  )
}

/** A number, name or address that nobody checked here. The mark and the hint say so. */
export function ClaimedMark({ claimant, children }: { claimant: string; children: ReactNode }) {
  const { t } = useText()
  return (
    <span className={s.claimed} title={t.trust.claimBy(peerText(claimant, 40))}>
      <span className={s.claimMark} aria-hidden>◌</span>{children}<span className={s.hidden}>{t.trust.legendClaimed}</span>
    </span>
  )
}

/** A table that may be wider than its place: it scrolls alone, with the keyboard too. */
export function TableScroll({ label, nowrap = false, children }: { label: string; nowrap?: boolean; children: ReactNode }) {
  return <div className={s.scroll} data-nowrap={nowrap || undefined} tabIndex={0} role="group" aria-label={label}>{children}</div>
}

/** Text as it is, scrolling inside its box when it is long. */
export function Pre({ label, children }: { label: string; children: ReactNode }) {
  return <pre className={s.pre} tabIndex={0} role="group" aria-label={label}>{children}</pre>
}

export function Field({ label, hint, problem, children }: { label: string; hint?: string | undefined; problem?: string | null; children: ReactNode }) {
  return (
    <label className={s.field}>
      <span>{label}</span>
      {children}
      {problem ? <small data-bad role="alert">{problem}</small> : hint !== undefined && <small>{hint}</small>}
    </label>
  )
}

export function Hidden({ children }: { children: ReactNode }) {
  return <span className={s.hidden}>{children}</span>
}

/** `part` from 0 to 1. */
export function Progress({ part, label }: { part: number; label: string }) {
  const bounded = Math.min(1, Math.max(0, part))
  return (
    <div className={s.bar} role="progressbar" aria-label={label} aria-valuenow={Math.round(bounded * 100)} aria-valuemin={0} aria-valuemax={100}>
      <i style={{ transform: `scaleX(${bounded})` }} />
    </div>
  )
}
