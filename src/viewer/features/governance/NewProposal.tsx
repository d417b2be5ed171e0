import { Suspense, lazy, useMemo, useState } from 'react'
import { sha256, toHex } from '../../../codec/index.ts'
import type { ErrorInfo, Value } from '../../../codec/index.ts'
import { isBadManifest, trustedSignersOf } from '../../../world/index.ts'
import type { ModuleManifest, PatchOp, ProposalContent, WorldManifest } from '../../../world/index.ts'
import type { Intent } from '../../../vault/index.ts'
import { useText } from '../../i18n/index.ts'
import { useGovernanceText } from '../../i18n/governance/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { errorInfoOf } from '../../node-client/errors.ts'
import { Button, Field, Panel, Problem } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { navigate } from '../../app/location.ts'
import { FileInput } from '../keys/FileInput.tsx'
import { readBytes, readText } from '../keys/files.ts'
import { HIDDEN } from '../act/intents.ts'
import { identityProblem } from '../modules/records.ts'
import { ChangeList } from './Changes.tsx'
import { conflictsWith, DRAFT_KINDS, draftContent, formatSetting, parseModuleManifest, parsePath, parseSetting, settingsOf } from './draft.ts'
import type { Draft, DraftKind } from './draft.ts'
import { frameOf } from './frame.ts'
import { proposeIntent } from './intent.ts'
import { Line } from '../sign/Lines.tsx'
import { provenRecords } from './load.ts'
import { nextManifest, recordKeysOf } from './next-manifest.ts'
import { loadCheckpoints } from './Overview.tsx'
import { knownActors } from './own-keys.ts'
import type { OwnKeys } from './own-keys.ts'
import { ActorOption, Dangers, ProposalLink } from './parts.tsx'
import type { Proposal } from './proposals.ts'
import { summarize } from '../../../vault/index.ts'
import type { HeadView } from './use-governance.ts'
import { provenList } from '../modules/records.ts'
import ui from '../../ui/ui.module.css'
import s from './governance.module.css'

const SignSheet = lazy(() => import('../sign/SignSheet.tsx'))

/** Of a module a world takes. */
const MAX_WASM_BYTES = 1 << 20
const MAX_MANIFEST_BYTES = 1 << 18
const MAX_TITLE = 120
const MAX_DESCRIPTION = 4_096

interface Props {
  readonly manifest: WorldManifest
  readonly manifestHash: string
  readonly head: HeadView
  readonly open: readonly Proposal[]
  readonly keys: OwnKeys | null
}

const freshSalt = (): string => toHex(crypto.getRandomValues(new Uint8Array(32)))

export function NewProposal(props: Props) {
  const g = useGovernanceText()
  const { manifest, manifestHash, keys } = props
  const [kind, setKind] = useState<DraftKind>('setting')
  const [draft, setDraft] = useState<Draft | null>(null)
  const [title, setTitle] = useState('')
  const [description, setDescription] = useState('')
  const [salt] = useState(freshSalt)
  const authors = useMemo(() => authorsOf(manifest, keys), [manifest, keys])
  const [chosen, choose] = useState<string | null>(null)
  const author = chosen ?? authors[0]!
  const content = useMemo(
    () => (draft === null ? null : draftContent(draft, { author, title: title.trim(), description: description.trim(), base_manifest_hash: manifestHash, salt }, manifest.modules)),
    [draft, author, title, description, manifestHash, salt, manifest],
  )
  const hidden = HIDDEN.test(title) || HIDDEN.test(description.replaceAll('\n', ''))
  const change = (next: DraftKind): void => { setKind(next); setDraft(null) }
  return (
    <Panel title={g.compose.open}>
      <fieldset className={s.kinds}>
        <legend>{g.compose.kind}</legend>
        {DRAFT_KINDS.map((each) => <label key={each}><input type="radio" name="draft-kind" checked={kind === each} onChange={() => change(each)} /><span>{g.compose.kinds[each]}</span></label>)}
      </fieldset>
      {kind === 'setting' && <SettingForm manifest={manifest} onDraft={setDraft} />}
      {kind === 'module' && <ModuleForm manifest={manifest} onDraft={setDraft} />}
      {kind === 'switch' && <SwitchForm manifest={manifest} onDraft={setDraft} />}
      {kind === 'rollback' && <RollbackForm onDraft={setDraft} />}
      <div className={ui.grid}>
        <Field label={g.compose.author} hint={g.compose.cost}>
          <select value={author} onChange={(event) => choose(event.target.value)}>
            {authors.map((each) => <ActorOption key={each} actor={each} keys={keys} />)}
          </select>
        </Field>
        <Field label={g.compose.titleField} hint={g.compose.titleHint}><input value={title} maxLength={MAX_TITLE} onChange={(event) => setTitle(event.target.value)} /></Field>
      </div>
      <Field label={g.compose.description}><textarea rows={3} value={description} maxLength={MAX_DESCRIPTION} onChange={(event) => setDescription(event.target.value)} /></Field>
      <Preview {...props} content={content} titled={title.trim() !== '' && !hidden} />
    </Panel>
  )
}

/** Signers first, then agents whose keys are here: both may propose. */
function authorsOf({ governance: { signers, guardians } }: WorldManifest, keys: OwnKeys | null): string[] {
  const own = knownActors(keys)
  const officials = [...signers.map(({ signer_id }) => signer_id), ...guardians.map(({ guardian_id }) => guardian_id)].map((name) => `signer/${name}`)
  return [...new Set([...officials.filter((actor) => own.includes(actor)), ...officials, ...own])]
}

function Preview({ manifest, manifestHash, head, open, content, titled }: Props & { content: ProposalContent | null; titled: boolean }) {
  const { f } = useText()
  const g = useGovernanceText()
  const [intent, setIntent] = useState<Intent | null>(null)
  const [error, setError] = useState<ErrorInfo | 'stale' | null>(null)
  const keys = content === null ? [] : recordKeysOf(content)
  const records = resultOf(useAsync(`draft ${keys.join()}`, 0, () => provenRecords(keys)))
  const next = useMemo(() => (content === null || records === null ? null : nextManifest(manifest, content, records)), [content, records, manifest])
  if (content === null || next === null) return <section><h3>{g.compose.preview}</h3><p className={ui.note}>{g.compose.empty}</p></section>
  const possible = !isBadManifest(next)
  const summary = summarize(proposeIntent({ world_id: head.worldId, actor: content.author, nonce: 1, valid_until_height: 1 }, content, manifest))
  const conflicts = conflictsWith(content, open)
  const begin = (): void => {
    setError(null)
    frameOf(head.worldId, content.author, head.height).then((frame) => (frame === null ? setError('stale') : setIntent(proposeIntent(frame, content, manifest))), (failure: unknown) => setError(errorInfoOf(failure)))
  }
  const { proposal_id } = proposeIntent({ world_id: head.worldId, actor: content.author, nonce: 1, valid_until_height: 1 }, content, manifest)
  return (
    <section className={s.decide}>
      <h3>{g.compose.preview}</h3>
      <p className={s.sentence}><Line line={summary.sentence} /></p>
      {summary.dangers.length > 0 && <Dangers lines={summary.dangers} />}
      <ChangeList record={content} manifest={manifest} manifestHash={manifestHash} next={next} records={records} />
      <section>
        <h3>{g.compose.conflicts}</h3>
        {conflicts.length === 0 ? <p className={ui.note}>{g.compose.noConflicts}</p> : (
          <ul>{conflicts.map(({ with: other, kind, at }) => <li key={`${other} ${at}`} className={ui.warn}><ProposalLink id={other} /> {g.compose.conflict[kind]}: <code>{at}</code></li>)}</ul>
        )}
        {open.length > 0 && <p className={ui.note}>{g.compose.race(f.int(open.length))}</p>}
      </section>
      <div className={ui.row}>
        <Button look="primary" disabled={!possible || !titled} onClick={begin}>{g.compose.sign}</Button>
        {!titled && <span className={ui.note}>{g.compose.needTitle}</span>}
      </div>
      {error === 'stale' ? <p className={ui.warn} role="alert">{g.decide.stale}</p> : error !== null && <Problem error={error} />}
      {intent !== null && (
        <Suspense fallback={null}>
          <SignSheet intent={intent} evidence={[]} onDone={(actionId) => { setIntent(null); if (actionId !== null) navigate({ page: 'proposal', id: proposal_id }) }} />
        </Suspense>
      )}
    </section>
  )
}

interface FormProps {
  readonly manifest: WorldManifest
  readonly onDraft: (draft: Draft | null) => void
}

interface OpText {
  /** A place of the list, or empty for one that is typed. */
  readonly place: string
  readonly path: string
  readonly value: string
}

const NEW_OP: OpText = { place: 'governance.proposal_ttl_blocks', path: '', value: '' }

/** The operation of a row; a reason where there is none. */
function opOf({ place, path, value }: OpText): PatchOp | 'path' | 'value' {
  const parsed = parsePath(place === '' ? path : place)
  if (parsed === null) return 'path'
  if (value.trim() === '') return { op: 'remove', path: parsed }
  const set = parseSetting(value)
  return set === undefined ? 'value' : { op: 'set', path: parsed, value: set }
}

function SettingForm({ manifest, onDraft }: FormProps) {
  const g = useGovernanceText()
  const settings = useMemo(() => new Map(settingsOf(manifest).map(({ path, value }) => [path.join('.'), value])), [manifest])
  const filled = (place: string): string => (settings.has(place) ? formatSetting(settings.get(place)!) : '')
  const [rows, setRows] = useState<readonly OpText[]>([{ ...NEW_OP, value: filled(NEW_OP.place) }])
  const update = (next: readonly OpText[]): void => {
    setRows(next)
    const ops = next.map(opOf)
    const changed = ops.filter((op): op is PatchOp => typeof op === 'object').filter((op) => op.op === 'remove' || !sameText(settings.get(op.path.join('.')), op.value))
    onDraft(ops.some((op) => typeof op === 'string') || changed.length === 0 ? null : { kind: 'setting', ops: changed })
  }
  const set = (index: number, change: Partial<OpText>): void => update(rows.map((row, at) => (at === index ? { ...row, ...change } : row)))
  return (
    <div className={s.ops}>
      {rows.map((row, index) => {
        const problem = opOf(row)
        const current = settings.get(row.place)
        return (
          <div key={index} className={s.op}>
            <div className={s.decide}>
              <Field label={g.compose.setting}>
                <select value={row.place} onChange={(event) => set(index, { place: event.target.value, value: filled(event.target.value) })}>
                  {[...settings.keys()].map((place) => <option key={place} value={place}>{place}</option>)}
                  <option value="">{g.compose.otherPlace}</option>
                </select>
              </Field>
              {row.place === '' && <Field label={g.compose.path} hint={g.compose.pathHint} problem={problem === 'path' && row.path !== '' ? g.compose.badPath : null}><input value={row.path} maxLength={260} spellCheck={false} onChange={(event) => set(index, { path: event.target.value })} /></Field>}
            </div>
            <Field label={g.compose.value} hint={current === undefined || formatSetting(current).length > MAX_NOW ? g.compose.valueHint : `${g.compose.now(formatSetting(current))}. ${g.compose.valueHint}`} problem={problem === 'value' ? g.compose.badValue : null}>
              <textarea rows={Math.min(12, row.value.split('\n').length)} value={row.value} maxLength={20_000} spellCheck={false} onChange={(event) => set(index, { value: event.target.value })} />
            </Field>
            {rows.length > 1 && <Button look="quiet" onClick={() => update(rows.filter((_, at) => at !== index))}>{g.compose.remove}</Button>}
          </div>
        )
      })}
      <div><Button onClick={() => update([...rows, { ...NEW_OP, value: filled(NEW_OP.place) }])}>{g.compose.add}</Button></div>
    </div>
  )
}

/** Longer values stand in the field already. */
const MAX_NOW = 40
const sameText = (a: Value | undefined, b: Value): boolean => a !== undefined && formatSetting(a) === formatSetting(b)

function ModuleForm({ manifest, onDraft }: FormProps) {
  const g = useGovernanceText()
  const [wasm, setWasm] = useState<{ readonly name: string; readonly bytes: Uint8Array; readonly hash: string } | null>(null)
  const [read, setRead] = useState<{ readonly name: string; readonly manifest: ModuleManifest | null } | null>(null)
  const [error, setError] = useState<ErrorInfo | null>(null)
  const module = read?.manifest ?? null
  const deployed = resultOf(useAsync(`deployed ${module?.wasm_hash ?? ''}`, 0, async () => (module === null ? null : (await (await whenNode()).moduleWasm(module.wasm_hash)) !== null)))
  const signers = useMemo(() => trustedSignersOf(Object.entries(manifest.trusted_signers).map(([node_id, public_key]) => ({ node_id, public_key }))), [manifest])
  const fits = wasm !== null && module !== null && wasm.hash === module.wasm_hash
  const problem = fits ? identityProblem(module, signers, wasm.bytes) : null
  const settle = (nextWasm: typeof wasm, nextModule: ModuleManifest | null): void => onDraft(nextWasm !== null && nextModule !== null && nextWasm.hash === nextModule.wasm_hash ? { kind: 'module', manifest: nextModule } : null)
  const takeWasm = async (file: File): Promise<void> => {
    const bytes = await readBytes(file, MAX_WASM_BYTES)
    const next = { name: file.name, bytes, hash: toHex(sha256(bytes)) }
    setWasm(next)
    settle(next, module)
  }
  const takeManifest = async (file: File): Promise<void> => {
    const next = parseModuleManifest(await readText(file, MAX_MANIFEST_BYTES))
    setRead({ name: file.name, manifest: next })
    settle(wasm, next)
  }
  const take = (taken: Promise<void>): void => { setError(null); taken.catch((failure: unknown) => setError(errorInfoOf(failure))) }
  return (
    <div className={s.decide}>
      <div className={ui.row}>
        <FileInput label={g.compose.wasm} accept=".wasm,application/wasm" name={wasm?.name ?? null} onChoose={([file]) => take(takeWasm(file!))} />
        <FileInput label={g.compose.manifest} accept=".json,application/json" name={read?.name ?? null} onChoose={([file]) => take(takeManifest(file!))} />
      </div>
      <p className={ui.note}>{g.compose.manifestHint}</p>
      {error !== null && <Problem error={error} />}
      {read !== null && module === null && <p className={ui.bad} role="alert">{g.compose.badManifest}</p>}
      {wasm !== null && module !== null && !fits && <p className={ui.bad} role="alert">{g.compose.wrongHash(module.wasm_hash, wasm.hash)}</p>}
      {problem !== null && <p className={ui.bad} role="alert">{g.compose.identity(problem)}</p>}
      {fits && deployed !== null && <p className={deployed ? ui.ok : ui.warn}>{deployed ? g.compose.deployed : g.compose.notDeployed}</p>}
    </div>
  )
}

function SwitchForm({ manifest, onDraft }: FormProps) {
  const g = useGovernanceText()
  const [picked, pick] = useState('')
  const [reason, setReason] = useState('')
  const versions = resultOf(useAsync('versions', 0, async () => [...(await provenList('module_version/')).records.keys()]))
  const off = Object.keys(manifest.modules).sort()
  const on = (versions ?? []).map((key) => key.slice('module_version/'.length)).filter((name) => !Object.hasOwn(manifest.modules, name.split('@')[0]!))
  const settle = (choice: string, why: string): void => {
    const [module_id = '', version = null] = choice.split('@') as [string?, string?]
    onDraft(choice === '' ? null : { kind: 'switch', module_id, version, reason: why })
  }
  return (
    <div className={ui.grid}>
      <Field label={g.compose.module}>
        <select value={picked} onChange={(event) => { pick(event.target.value); settle(event.target.value, reason) }}>
          <option value="">–</option>
          {on.map((name) => <option key={name} value={name}>{g.changes.activate(...name.split('@') as [string, string])}</option>)}
          {off.map((id) => <option key={id} value={id}>{g.changes.deactivate(id)}</option>)}
        </select>
      </Field>
      {picked !== '' && !picked.includes('@') && <Field label={g.decide.reason}><input value={reason} maxLength={400} onChange={(event) => { setReason(event.target.value); settle(picked, event.target.value) }} /></Field>}
    </div>
  )
}

function RollbackForm({ onDraft }: Pick<FormProps, 'onDraft'>) {
  const { f } = useText()
  const g = useGovernanceText()
  const [picked, pick] = useState('')
  const loaded = useAsync('checkpoints to go back to', 0, loadCheckpoints)
  const list = resultOf(loaded)
  if (loaded.state === 'failed') return <Problem error={loaded.error} />
  if (list !== null && list.length === 0) return <p className={ui.note}>{g.compose.noCheckpoints}</p>
  return (
    <Field label={g.compose.checkpoint}>
      <select
        value={picked}
        onChange={(event) => {
          pick(event.target.value)
          const checkpoint = list?.find(({ height }) => String(height) === event.target.value)
          onDraft(checkpoint === undefined ? null : { kind: 'rollback', height: checkpoint.height, state_root: checkpoint.state_root })
        }}
      >
        <option value="">–</option>
        {(list ?? []).map(({ height, agents }) => <option key={height} value={height}>{g.compose.checkpointIs(f.int(height), agents === null ? '–' : f.int(agents))}</option>)}
      </select>
    </Field>
  )
}
