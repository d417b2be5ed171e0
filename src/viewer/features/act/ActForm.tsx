import { useEffect, useState } from 'react'
import { Send, Shuffle } from 'lucide-react'
import { useStore } from 'zustand'
import { bareAsteroid, useText } from '../../i18n/index.ts'
import { nodeStore } from '../../stores/node.ts'
import type { AgentRecord } from '../../../world/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import { useNames } from '../../ui/names.ts'
import { Button, Field } from '../../ui/parts.tsx'
import type { DemoIdentity } from './demo-key.ts'
import { INTENT_KINDS, readIntent } from './intents.ts'
import type { IntentForm, IntentKind, IntentProblem } from './intents.ts'
import { formOf, readForm } from './forms.ts'
import type { FieldName, FormGroup, FormKind } from './forms.ts'
import { firstOf, MoreForm } from './MoreForm.tsx'
import { VALIDITY_BLOCKS, send } from './send.ts'
import { suggestDestination } from './suggest.ts'
import ui from '../../ui/ui.module.css'
import s from './act.module.css'

/** Names offered in the recipient list; more would make the browser's list unusable. */
const OFFERED_NAMES = 60
const EMPTY: IntentForm = { kind: 'register_agent', name: '', asteroid: '', blocks: '5', recipient: '', resource: 'electricity', amount: '5' }

export function ActForm({ identity, agent }: { identity: DemoIdentity; agent: AgentRecord | null }) {
  const { t, f } = useText()
  const [form, setForm] = useState<IntentForm>(EMPTY)
  const [problem, setProblem] = useState<IntentProblem | null>(null)
  const [sending, setSending] = useState(false)
  const [more, setMore] = useState<{ readonly kind: FormKind; readonly values: Readonly<Record<string, string>>; readonly problem: FieldName | null } | null>(null)
  const p = usePageText()
  const height = useStore(nodeStore, (node) => node.status?.head?.height ?? 0)
  const kind: IntentKind = agent === null ? 'register_agent' : form.kind === 'register_agent' ? 'move_agent' : form.kind
  const change = (part: Partial<IntentForm>): void => {
    setForm({ ...form, ...part })
    setProblem(null)
  }
  const submit = async (): Promise<void> => {
    if (more !== null && agent !== null) {
      const wanted = readForm(formOf(more.kind), more.values, identity.agentId)
      if (typeof wanted === 'string') return setMore({ ...more, problem: wanted })
      setSending(true)
      await send(wanted)
      return setSending(false)
    }
    const intent = readIntent({ ...form, kind })
    if (typeof intent === 'string') return setProblem(intent)
    setSending(true)
    await send(intent)
    setSending(false)
  }
  return (
    <form className={ui.panelForm} onSubmit={(event) => { event.preventDefault(); void submit() }}>
      {agent !== null && (
        <Field label={p.act.group}>
          <select value={more === null ? 'basics' : formOf(more.kind).group} onChange={({ target: { value } }) => setMore(value === 'basics' ? null : { kind: firstOf(value as FormGroup), values: {}, problem: null })}>
            {(Object.keys(p.act.groups) as (keyof typeof p.act.groups)[]).map((group) => <option key={group} value={group}>{p.act.groups[group]}</option>)}
          </select>
        </Field>
      )}
      {more !== null && agent !== null ? (
        <MoreForm {...more} onKind={(next) => setMore({ kind: next, values: {}, problem: null })} onChange={(name, value) => setMore({ ...more, values: { ...more.values, [name]: value }, problem: null })} />
      ) : <Basics kind={kind} form={form} problem={problem} identity={identity} registered={agent !== null} onChange={change} />}
      <div className={ui.row}>
        <Button type="submit" look="primary" disabled={sending}><Send size={15} aria-hidden />{sending ? t.act.sending : t.act.submit}</Button>
        <small className={ui.muted}>{t.act.validity(f.int(height + VALIDITY_BLOCKS))}</small>
      </div>
    </form>
  )
}

/** What everybody can do from the first day. */
function Basics(props: FieldsProps) {
  const { t } = useText()
  const { kind, registered, onChange } = props
  return (
    <>
      <fieldset className={s.kinds}>
        <legend className={ui.hidden}>{t.act.what}</legend>
        {INTENT_KINDS.filter((each) => (each === 'register_agent') !== registered).map((each) => (
          <label key={each}><input type="radio" name="kind" checked={each === kind} onChange={() => onChange({ kind: each })} /><span>{t.actionKind[each]}</span></label>
        ))}
      </fieldset>
      <Fields {...props} />
    </>
  )
}

interface FieldsProps {
  readonly kind: IntentKind
  readonly form: IntentForm
  readonly problem: IntentProblem | null
  readonly identity: DemoIdentity
  readonly registered: boolean
  readonly onChange: (part: Partial<IntentForm>) => void
}

function Fields({ kind, form, problem, identity, registered, onChange }: FieldsProps) {
  const { t } = useText()
  const said = (field: IntentProblem): string | null => (problem === field ? t.act.invalid[field] : null)
  switch (kind) {
    case 'register_agent':
      return <><h3>{t.act.registerTitle}</h3><Field label={t.act.name} hint={t.act.nameHint} problem={said('name')}><input value={form.name} maxLength={32} autoComplete="off" onChange={(event) => onChange({ name: event.target.value })} /></Field></>
    case 'move_agent':
      return <><h3>{t.act.moveTitle}</h3><Destination form={form} problem={said('asteroid')} identity={identity} registered={registered} onChange={onChange} /></>
    case 'harvest_radiation':
      return <><h3>{t.act.harvestTitle}</h3><Field label={t.act.duration} hint={t.act.durationHint} problem={said('blocks')}><input inputMode="numeric" value={form.blocks} maxLength={6} onChange={(event) => onChange({ blocks: event.target.value })} /></Field></>
    case 'transfer_resource':
      return <><h3>{t.act.transferTitle}</h3><Transfer form={form} said={said} onChange={onChange} /></>
    case 'query_observation':
      return <><h3>{t.act.observeTitle}</h3><p className={ui.note}>{t.act.observeHint}</p></>
  }
}

function Destination({ form, problem, identity, registered, onChange }: { form: IntentForm; problem: string | null; identity: DemoIdentity; registered: boolean; onChange: FieldsProps['onChange'] }) {
  const { t } = useText()
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    if (!registered) return
    let current = true
    suggestDestination(identity.agentId, turn).then((id) => {
      if (current && id !== null) onChange({ asteroid: bareAsteroid(id) })
    }, () => undefined)
    return () => { current = false }
    // A new suggestion only when asked for: it must not overwrite what was typed.
  }, [identity.agentId, registered, turn])
  return (
    <div className={s.withButton}>
      <Field label={t.act.destination} hint={t.act.destinationHint} problem={problem}><input inputMode="numeric" value={form.asteroid} maxLength={14} onChange={(event) => onChange({ asteroid: event.target.value })} /></Field>
      <Button onClick={() => setTurn(turn + 1)}><Shuffle size={15} aria-hidden />{t.act.suggest}</Button>
    </div>
  )
}

function Transfer({ form, said, onChange }: { form: IntentForm; said: (field: IntentProblem) => string | null; onChange: FieldsProps['onChange'] }) {
  const { t } = useText()
  const names = useNames()
  return (
    <>
      <Field label={t.act.recipient} hint={t.act.recipientHint} problem={said('agent')}>
        <input list="known-agents" value={form.recipient} maxLength={40} spellCheck={false} onChange={(event) => onChange({ recipient: event.target.value })} />
      </Field>
      <datalist id="known-agents">{[...names].slice(-OFFERED_NAMES).map(([id, name]) => <option key={id} value={id}>{name}</option>)}</datalist>
      <div className={ui.grid}>
        <Field label={t.act.resource}>
          <select value={form.resource} onChange={(event) => onChange({ resource: event.target.value === 'data' ? 'data' : 'electricity' })}>
            <option value="electricity">{t.sentence.resources.electricity}</option><option value="data">{t.sentence.resources.data}</option>
          </select>
        </Field>
        <Field label={t.act.amount} problem={said('amount')}><input inputMode="numeric" value={form.amount} maxLength={13} onChange={(event) => onChange({ amount: event.target.value })} /></Field>
      </div>
    </>
  )
}
