import { useState } from 'react'
import { useText } from '../../i18n/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { useNames } from '../../ui/names.ts'
import { Field } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { ACTION_FORMS, formOf } from './forms.ts'
import type { FieldName, FieldSpec, FormGroup, FormKind } from './forms.ts'
import ui from '../../ui/ui.module.css'
import s from './act.module.css'

/** Ids offered in the list of a field; more would make the browser's list unusable. */
const OFFERED = 60

export interface MoreFormProps {
  readonly kind: FormKind
  readonly values: Readonly<Record<string, string>>
  readonly problem: FieldName | null
  readonly onKind: (kind: FormKind) => void
  readonly onChange: (name: FieldName, value: string) => void
}

export const firstOf = (group: FormGroup): FormKind => ACTION_FORMS.find((form) => form.group === group)!.kind

/** A form for one of the actions of a group, made from its table. */
export function MoreForm({ kind, values, problem, onKind, onChange }: MoreFormProps) {
  const { t } = useText()
  const p = usePageText()
  const { group, fields } = formOf(kind)
  return (
    <>
      <fieldset className={s.kinds}>
        <legend className={ui.hidden}>{t.act.what}</legend>
        {ACTION_FORMS.filter((form) => form.group === group).map((form) => (
          <label key={form.kind}><input type="radio" name="kind" checked={form.kind === kind} onChange={() => onKind(form.kind)} /><span>{t.actionKind[form.kind]}</span></label>
        ))}
      </fieldset>
      <h3>{t.actionKind[kind]}</h3>
      <p className={ui.note}>{p.act.does[kind]}</p>
      <div className={ui.grid}>
        {fields.map((field) => (
          <Field key={`${kind} ${field.name}`} label={p.act.fields[field.name]} hint={field.hint === undefined ? undefined : p.act.hints[field.hint]} problem={problem === field.name ? p.act.invalid : null}>
            <Input field={field} value={values[field.name] ?? field.initial} onChange={(value) => onChange(field.name, value)} />
          </Field>
        ))}
      </div>
    </>
  )
}

function Input({ field, value, onChange }: { field: FieldSpec; value: string; onChange: (value: string) => void }) {
  const p = usePageText()
  switch (field.type) {
    case 'choice': return <select value={value} onChange={(event) => onChange(event.target.value)}>{field.options.map((option) => <option key={option} value={option}>{p.act.choices[option]}</option>)}</select>
    case 'name': return <select value={value} onChange={(event) => onChange(event.target.value)}>{field.options.map((option) => <option key={option} value={option}>{option}</option>)}</select>
    case 'int': return <input inputMode="numeric" value={value} maxLength={9} onChange={(event) => onChange(event.target.value)} />
    case 'text': return <input value={value} maxLength={field.max} onChange={(event) => onChange(event.target.value)} />
    case 'agent': case 'ledger': return <AgentInput value={value} onChange={onChange} list={field.name} />
    case 'key': return <KeyInput field={field} value={value} onChange={onChange} />
  }
}

function AgentInput({ value, list, onChange }: { value: string; list: string; onChange: (value: string) => void }) {
  const [known] = useState(`known-${list}`)
  const names = useNames()
  return (
    <>
      <input list={known} value={value} maxLength={40} spellCheck={false} onChange={(event) => onChange(event.target.value)} />
      <datalist id={known}>{[...names].slice(-OFFERED).map(([id, name]) => <option key={id} value={id}>{name}</option>)}</datalist>
    </>
  )
}

/** Offers what the state has under the field's prefix. */
function KeyInput({ field, value, onChange }: { field: FieldSpec & { readonly type: 'key' }; value: string; onChange: (value: string) => void }) {
  const { prefix, strip } = field
  const offered = useAsync(prefix, 0, async () => (prefix === '' ? [] : (await (await whenNode()).list(prefix, OFFERED)).keys))
  const list = `offered-${field.name}`
  return (
    <>
      <input list={list} value={value} maxLength={80} spellCheck={false} onChange={(event) => onChange(event.target.value)} />
      <datalist id={list}>{(resultOf(offered) ?? []).map((key) => <option key={key} value={key.slice(strip.length)} />)}</datalist>
    </>
  )
}
