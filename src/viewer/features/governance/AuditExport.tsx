import { useRef, useState } from 'react'
import { Download, Play, Square } from 'lucide-react'
import type { ErrorInfo } from '../../../codec/index.ts'
import type { AuditFilter } from '../../../audit/index.ts'
import { useText } from '../../i18n/index.ts'
import { useGovernanceText } from '../../i18n/governance/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { errorInfoOf } from '../../node-client/errors.ts'
import { wholeNumber } from '../act/intents.ts'
import { saveFile } from '../keys/files.ts'
import { Button, Field, Panel, Problem, Progress } from '../../ui/parts.tsx'
import ui from '../../ui/ui.module.css'
import s from './governance.module.css'

const FORMATS = ['jsonl', 'csv'] as const
type AuditFormat = (typeof FORMATS)[number]
const FIELDS = ['kind', 'proposal', 'module', 'agent', 'cause'] as const satisfies readonly (keyof AuditFilter)[]

export interface AuditPreset {
  readonly proposal?: string
  readonly from?: number
  readonly to?: number
}

/** Blocks between two words about it: each redraws the panel. */
const PROGRESS_EVERY = 8

type Run =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly from: number; readonly height: number; readonly to: number; readonly records: number }
  | { readonly state: 'done'; readonly records: number; readonly name: string; readonly content: Blob }
  | { readonly state: 'failed'; readonly error: ErrorInfo }

/** Heights as typed; undefined for an empty field, null for what is no height. */
const heightIn = (text: string): number | null | undefined => (text.trim() === '' ? undefined : wholeNumber(text))

export function AuditExport({ preset }: { preset: AuditPreset }) {
  const { f } = useText()
  const g = useGovernanceText()
  const [filter, setFilter] = useState<Readonly<Record<keyof AuditFilter, string>>>({ kind: '', proposal: preset.proposal ?? '', module: '', agent: '', cause: '' })
  const [from, setFrom] = useState(preset.from === undefined ? '' : String(preset.from))
  const [to, setTo] = useState(preset.to === undefined ? '' : String(preset.to))
  const [format, setFormat] = useState<AuditFormat>('jsonl')
  const [run, setRun] = useState<Run>({ state: 'idle' })
  const stop = useRef(new AbortController())
  const range = { from: heightIn(from), to: heightIn(to) }
  const badRange = range.from === null || range.to === null
  const start = (): void => {
    const { signal } = (stop.current = new AbortController())
    const wanted = Object.fromEntries(FIELDS.map((name) => [name, filter[name].trim() === '' ? null : filter[name].trim()])) as AuditFilter
    setRun({ state: 'running', from: 0, height: 0, to: 0, records: 0 })
    exportFile({ filter: wanted, from: range.from ?? undefined, to: range.to ?? undefined, format }, signal, setRun)
      .then(setRun, (error: unknown) => setRun(signal.aborted ? { state: 'idle' } : { state: 'failed', error: errorInfoOf(error) }))
  }
  return (
    <Panel title={g.audit.title} aside={<a href="verify.html" target="_blank" rel="noopener noreferrer">{g.audit.verify}</a>}>
      <p className={ui.note}>{g.audit.intro}</p>
      <div className={ui.grid}>
        {FIELDS.map((name) => (
          <Field key={name} label={g.audit[name]} hint={name === 'kind' ? g.audit.kindHint : undefined}>
            <input value={filter[name]} maxLength={256} placeholder={g.audit.any} spellCheck={false} onChange={(event) => setFilter({ ...filter, [name]: event.target.value })} />
          </Field>
        ))}
        <Field label={g.audit.from} problem={range.from === null ? g.audit.badRange : null}><input inputMode="numeric" value={from} maxLength={16} placeholder={g.audit.any} onChange={(event) => setFrom(event.target.value)} /></Field>
        <Field label={g.audit.to} problem={range.to === null ? g.audit.badRange : null}><input inputMode="numeric" value={to} maxLength={16} placeholder={g.audit.any} onChange={(event) => setTo(event.target.value)} /></Field>
      </div>
      <fieldset className={s.kinds}>
        <legend className={ui.hidden}>{g.audit.format}</legend>
        {FORMATS.map((each) => <label key={each}><input type="radio" name="audit-format" checked={format === each} onChange={() => setFormat(each)} /><span>{g.audit.formats[each]}</span></label>)}
      </fieldset>
      {format === 'csv' && <p className={ui.note}>{g.audit.csvNote}</p>}
      <div className={ui.row}>
        <Button disabled={run.state === 'running' || badRange} onClick={start}><Play size={15} aria-hidden />{g.audit.start}</Button>
        {run.state === 'running' && <Button onClick={() => stop.current.abort()}><Square size={14} aria-hidden />{g.audit.stop}</Button>}
        {run.state === 'done' && <Button look="primary" onClick={() => saveFile(run.name, run.content, run.content.type)}><Download size={15} aria-hidden />{g.audit.save}</Button>}
        {run.state === 'done' && <span className={ui.note} role="status">{g.audit.done(f.int(run.records), f.int(Math.ceil(run.content.size / 1000)))}</span>}
      </div>
      {run.state === 'running' && <div role="status"><p className={ui.note}>{g.audit.progress(f.int(run.height), f.int(run.to), f.int(run.records))}</p><Progress part={(run.height - run.from) / Math.max(1, run.to - run.from)} label={g.audit.title} /></div>}
      {run.state === 'failed' && <Problem error={run.error} />}
    </Panel>
  )
}

interface Wanted {
  readonly filter: AuditFilter
  readonly from: number | undefined
  readonly to: number | undefined
  readonly format: AuditFormat
}

/** The whole file. The code that makes it is loaded with the first export. Throws the signal's reason when it was stopped. */
async function exportFile({ filter, from, to, format }: Wanted, signal: AbortSignal, onRun: (run: Run) => void): Promise<Run> {
  const [{ exportBlob }, node] = await Promise.all([import('../../../audit/page-source.ts'), whenNode()])
  let first = 0
  const onProgress = (progress: { readonly height: number; readonly to: number; readonly records: number }): void => {
    first ||= progress.height
    if (progress.height % PROGRESS_EVERY === 0) onRun({ state: 'running', from: first, ...progress })
  }
  const { records, blob } = await exportBlob(node, { format, signal, filter, onProgress, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) })
  const { world_id } = await node.status()
  return { state: 'done', records, name: `audit-${world_id.slice(0, 12)}-${filter.proposal?.slice(0, 8) ?? 'world'}.${format}`, content: blob }
}
