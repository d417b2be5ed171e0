import { useState } from 'react'
import { FolderOpen, Play } from 'lucide-react'
import { useText } from '../../i18n/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { errorInfoOf } from '../../node-client/errors.ts'
import type { ErrorInfo } from '../../../codec/index.ts'
import type { DryRunResult } from '../../../node/index.ts'
import { toHexText } from '../../ui/hex-text.ts'
import { Badge, Button, Fact, Facts, Field, Panel, PeerText, Pre, Problem } from '../../ui/parts.tsx'
import { DEFAULT_FUEL, MAX_MODULE_BYTES, dryRunHelp, readDryRun } from './dry-run.ts'
import ui from '../../ui/ui.module.css'

type Outcome = { readonly state: 'idle' | 'running' } | { readonly state: 'problem'; readonly text: string } | { readonly state: 'failed'; readonly error: ErrorInfo } | { readonly state: 'done'; readonly result: DryRunResult }

/** Runs a module file in this tab, outside consensus. */
export function DryRun() {
  const { t, f } = useText()
  const [wasm, setWasm] = useState<Uint8Array | null>(null)
  const [fileName, setFileName] = useState<string | null>(null)
  const [entrypoint, setEntrypoint] = useState('call')
  const [fuel, setFuel] = useState(String(DEFAULT_FUEL))
  const [inputHex, setInputHex] = useState('')
  const [outcome, setOutcome] = useState<Outcome>({ state: 'idle' })
  const load = async (file: File | undefined): Promise<void> => {
    // One byte more than allowed is enough to say that it is too large.
    setWasm(file === undefined ? null : new Uint8Array(await file.slice(0, MAX_MODULE_BYTES + 1).arrayBuffer()))
    setFileName(file?.name ?? null)
    setOutcome({ state: 'idle' })
  }
  const run = async (): Promise<void> => {
    const request = readDryRun({ wasm, entrypoint, fuel, inputHex })
    if (typeof request === 'string') {
      const problem = t.network[request]
      return setOutcome({ state: 'problem', text: typeof problem === 'string' ? problem : problem(t.network.bytes(f.int(MAX_MODULE_BYTES))) })
    }
    setOutcome({ state: 'running' })
    try {
      setOutcome({ state: 'done', result: await (await whenNode()).dryRun(request) })
    } catch (error) {
      setOutcome({ state: 'failed', error: errorInfoOf(error) })
    }
  }
  return (
    <Panel title={t.network.dryRun}>
      <p className={ui.note}>{t.network.dryRunIntro}</p>
      <form className={ui.panelForm} onSubmit={(event) => { event.preventDefault(); void run() }}>
        <div className={ui.grid}>
          <Field label={t.network.file}><FileInput name={fileName} onChoose={(file) => void load(file)} /></Field>
          <Field label={t.network.entrypoint}>
            <select value={entrypoint} onChange={(event) => setEntrypoint(event.target.value)}><option value="call">call</option><option value="reduce">reduce</option></select>
          </Field>
          <Field label={t.network.fuelLimit}><input inputMode="numeric" value={fuel} maxLength={20} onChange={(event) => setFuel(event.target.value)} /></Field>
          <Field label={t.network.input} hint={t.network.inputHint}><input value={inputHex} maxLength={20_000} spellCheck={false} onChange={(event) => setInputHex(event.target.value)} /></Field>
        </div>
        <div className={ui.row}>
          <Button type="submit" look="primary" disabled={outcome.state === 'running'}><Play size={15} aria-hidden />{outcome.state === 'running' ? t.network.running : t.network.run}</Button>
          {outcome.state === 'problem' && <span className={ui.bad} role="alert">{outcome.text}</span>}
        </div>
      </form>
      {outcome.state === 'failed' && <Problem error={outcome.error} />}
      {outcome.state === 'done' && <Result result={outcome.result} />}
    </Panel>
  )
}

/** The browser's own button speaks the language of the browser; this one speaks that of the page. */
function FileInput({ name, onChoose }: { name: string | null; onChoose: (file: File | undefined) => void }) {
  const { t } = useText()
  return (
    <span className={ui.fileInput}>
      <input type="file" className={ui.hidden} accept=".wasm,application/wasm" onChange={(event) => onChoose(event.target.files?.[0])} />
      <span className={ui.button} aria-hidden><FolderOpen size={15} />{name === null ? t.network.choose : <PeerText value={name} limit={40} />}</span>
    </span>
  )
}

function Result({ result }: { result: DryRunResult }) {
  const { t, f } = useText()
  const known = result.code === null ? undefined : dryRunHelp(result.code, t)
  return (
    <div role="status">
      <Facts>
        <Fact name={t.ledger.status}>{result.ok ? <Badge tone="ok">✓ {t.network.ok}</Badge> : <Badge tone="bad">✕ {result.code}</Badge>}</Fact>
        <Fact name={t.network.fuelUsed}>{f.int(result.fuel_used)}</Fact>
        <Fact name={t.network.instrumented}>{result.instrumented_bytes === null ? t.app.none : t.network.bytes(f.int(result.instrumented_bytes))}</Fact>
      </Facts>
      {!result.ok && known !== undefined && <p>{known.what} {known.next}</p>}
      {result.detail !== null && <Pre label={t.problem.detail}><PeerText value={result.detail} limit={2000} /></Pre>}
      <h3>{t.network.output}</h3>
      <Pre label={t.network.output}>{result.output === null || result.output.length === 0 ? t.network.noOutput : toHexText(result.output.subarray(0, 4096))}</Pre>
    </div>
  )
}
