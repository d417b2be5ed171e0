import { Check, CircleAlert, Clock, LoaderCircle, X } from 'lucide-react'
import { useStore } from 'zustand'
import type { Value, ValueMap } from '../../../codec/index.ts'
import { bareAsteroid, peerText, shortAgent, useText } from '../../i18n/index.ts'
import type { Catalog, Format } from '../../i18n/index.ts'
import { useAgentName, useNames } from '../../ui/names.ts'
import { Empty, PeerText } from '../../ui/parts.tsx'
import { ReceiptLink } from '../../ui/links.tsx'
import { actionName, agentsIn, nameFrom, sentenceOf } from '../events/describe.ts'
import { historyStore } from './history.ts'
import type { Outcome, Sent } from './history.ts'
import type { WorldEvent } from '../../../world/index.ts'
import type { FormIntent } from './forms.ts'
import type { Intent } from './intents.ts'
import s from './act.module.css'

/** Everything sent from this page, newest first: signed → waiting → final, or refused with what to do. */
export function History() {
  const { t } = useText()
  const sent = useStore(historyStore, (history) => history.sent)
  if (sent.length === 0) return <Empty>{t.act.historyEmpty}</Empty>
  return <ol className={s.log} aria-live="polite">{sent.map((entry) => <Entry key={entry.number} entry={entry} />)}</ol>
}

function Entry({ entry }: { entry: Sent }) {
  const { t, f } = useText()
  const { outcome } = entry
  const look = lookOf(outcome)
  const Icon = look.icon
  return (
    <li data-look={look.tone}>
      <span className={s.mark}><Icon size={14} aria-hidden /></span>
      <div>
        <p><bdi>{statementOf(entry.intent, t, f)}</bdi></p>
        <p className={s.state}>
          {outcome.state === 'finalized'
            ? outcome.at.receipt.status === 'applied' ? t.act.finalized(f.int(outcome.at.height)) : t.act.rejected(f.int(outcome.at.height))
            : t.act[outcome.state]}
          {entry.action_id !== null && <> · <ReceiptLink id={entry.action_id} /></>}
        </p>
        <Consequence outcome={outcome} />
      </div>
    </li>
  )
}

function Consequence({ outcome }: { outcome: Outcome }) {
  const { t } = useText()
  if (outcome.state === 'refused') {
    const { code, message } = outcome.error
    return <Explained code={code} fallback={message} known={t.codes.rejections[code] ?? t.codes.failures[code]} />
  }
  if (outcome.state !== 'finalized') return null
  const { receipt, events } = outcome.at
  if (receipt.status === 'rejected') return <Explained code={receipt.code ?? ''} fallback={receipt.hint ?? ''} known={t.codes.rejections[receipt.code ?? '']} />
  return <ul className={s.events}>{events.map((event) => <li key={event.id}><EventText event={event} /></li>)}</ul>
}

function EventText({ event }: { event: WorldEvent }) {
  const { t, f } = useText()
  const names = useNames()
  const [actor, other] = agentsIn(event)
  useAgentName(actor ?? '')
  useAgentName(other ?? '')
  return <bdi>{sentenceOf(event, nameFrom(names), t, f)}</bdi>
}

function Explained({ code, fallback, known }: { code: string; fallback: string; known: { readonly what: string; readonly next: string } | undefined }) {
  const { t } = useText()
  return (
    <div className={s.explained}>
      <p>{known?.what ?? t.problem.unknown(code)} <code>{code}</code></p>
      <p><b>{t.act.nextStep}:</b> {known?.next ?? <PeerText value={fallback} />}</p>
    </div>
  )
}

function lookOf(outcome: Outcome): { readonly icon: typeof Check; readonly tone: 'ok' | 'bad' | 'info' | 'warn' } {
  switch (outcome.state) {
    case 'pending': return { icon: LoaderCircle, tone: 'info' }
    case 'expired': return { icon: Clock, tone: 'warn' }
    case 'refused': return { icon: CircleAlert, tone: 'bad' }
    case 'finalized': return outcome.at.receipt.status === 'applied' ? { icon: Check, tone: 'ok' } : { icon: X, tone: 'bad' }
  }
}

function statementOf(intent: Intent | FormIntent, t: Catalog, f: Format): string {
  switch (intent.kind) {
    case 'register_agent': return t.act.statement.register_agent(peerText(intent.name, 32))
    case 'move_agent': return t.act.statement.move_agent(t.asteroid.named(bareAsteroid(intent.to)))
    case 'harvest_radiation': return t.act.statement.harvest_radiation(f.int(intent.blocks))
    case 'transfer_resource': return t.act.statement.transfer_resource(f.int(intent.amount), t.sentence.resources[intent.resource], shortAgent(intent.to))
    case 'query_observation': return t.act.statement.query_observation
    default: return `${actionName(intent.kind, t)} · ${termsOf(intent)}`
  }
}

/** What an action says, field by field, for reading over what was signed. */
function termsOf(intent: FormIntent): string {
  return peerText(Object.entries(intent).filter(([name]) => name !== 'kind').map(([name, value]) => `${name}: ${plainText(value)}`).join(' · '), 240)
}

function plainText(value: Value): string {
  if (Array.isArray(value)) return value.map(plainText).join(', ')
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) return Object.values(value as ValueMap).map(plainText).join(' ')
  return String(value ?? '–')
}
