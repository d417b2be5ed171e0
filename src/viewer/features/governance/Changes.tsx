import { useState } from 'react'
import type { ReactNode } from 'react'
import type { Value, ValueMap } from '../../../codec/index.ts'
import { checkpointKey, diffValues, isBadManifest, moduleKey, moduleVersionKey } from '../../../world/index.ts'
import type { BadManifest, ModuleManifest, ModuleRecord, ModuleVersionRecord, PatchOp, ProposalContent, WorldManifest } from '../../../world/index.ts'
import { readableText } from '../../../vault/index.ts'
import { useText } from '../../i18n/index.ts'
import { useGovernanceText } from '../../i18n/governance/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import { Badge, Fact, Facts, Hex, Panel, PeerText, Skeleton, TableScroll } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { valueText } from '../events/describe.ts'
import { Binary } from '../modules/Binary.tsx'
import { ModuleLink } from '../modules/ModuleLink.tsx'
import { provenRecords } from './load.ts'
import type { Records } from './next-manifest.ts'
import ui from '../../ui/ui.module.css'
import s from './governance.module.css'

export interface ChangesProps {
  readonly record: ProposalContent
  /** The world's manifest now. */
  readonly manifest: WorldManifest
  readonly manifestHash: string
  readonly next: WorldManifest | BadManifest | null
  readonly records: Records | null
}

export function Changes(props: ChangesProps) {
  const g = useGovernanceText()
  return <Panel title={g.changes.title}><ChangeList {...props} /></Panel>
}

/** Everything a proposal changes: places in the manifest, modules, or the whole state. */
export function ChangeList({ record, manifest, manifestHash, next, records }: ChangesProps) {
  const g = useGovernanceText()
  const isCurrent = record.base_manifest_hash === manifestHash
  const ops = isCurrent && next !== null && !isBadManifest(next) ? changedPlaces(manifest, next, record.rollback !== null) : record.patch ?? []
  const { register, upgrade, activate, deactivate } = record.module_changes
  const nothing = ops.length + register.length + upgrade.length + activate.length + deactivate.length === 0 && record.rollback === null && record.manifest === null
  return (
    <>
      {nothing && <p className={ui.note}>{g.changes.none}</p>}
      {next !== null && isBadManifest(next) && <p className={ui.bad} role="alert">{g.changes.impossible(next.code)} <PeerText value={next.message} limit={300} /></p>}
      {!isCurrent && (ops.length > 0 || record.manifest !== null) && <p className={ui.note}>{g.changes.past}</p>}
      {record.rollback !== null && <Rollback rollback={record.rollback} records={records} />}
      {ops.length > 0 && <SettingTable ops={ops} base={isCurrent ? manifest : null} />}
      {!isCurrent && record.manifest !== null && <pre className={ui.pre}>{valueText(record.manifest as unknown as Value)}</pre>}
      {upgrade.map((change) => <ModuleChange key={change.module_id} title={g.changes.upgrade(change.module_id, change.from_version, change.to_version)} id={change.module_id} from={change.from_version} proposed={change.manifest} />)}
      {register.map((added) => <ModuleChange key={`+${added.module_id}`} title={g.changes.register(added.module_id, added.version)} id={added.module_id} from={null} proposed={added} />)}
      {activate.map(({ module_id, version }) => (
        <ModuleChange
          key={`on ${module_id}`} title={g.changes.activate(module_id, version)} id={module_id} from={null}
          proposed={register.find((added) => added.module_id === module_id) ?? (records?.get(moduleVersionKey(module_id, version)) as unknown as ModuleVersionRecord | undefined)?.manifest ?? null}
        />
      ))}
      {deactivate.map(({ module_id, reason }) => (
        <section key={`off ${module_id}`} className={s.change}>
          <h3>{g.changes.deactivate(module_id)}</h3>
          <Facts><Fact name={g.changes.modulePage}><ModuleLink id={module_id} /></Fact>{reason.trim() !== '' && <Fact name={g.changes.reason}>{readableText(reason)}</Fact>}</Facts>
        </section>
      ))}
    </>
  )
}

/** Every change goes on counting versions. Modules have their own part of the page, but for a rollback, which names none. */
function changedPlaces(before: WorldManifest, after: WorldManifest, withModules: boolean): readonly PatchOp[] {
  return diffValues(before as unknown as ValueMap, after as unknown as ValueMap).filter(({ path }) => (withModules || path[0] !== 'modules') && path.join('.') !== 'version')
}

function SettingTable({ ops, base }: { ops: readonly PatchOp[]; base: WorldManifest | null }) {
  const g = useGovernanceText()
  return (
    <TableScroll label={g.changes.title}>
      <table className={s.diff}>
        <thead><tr><th scope="col">{g.changes.place}</th>{base !== null && <th scope="col">{g.changes.before}</th>}<th scope="col">{g.changes.after}</th></tr></thead>
        <tbody>
          {ops.map((op, index) => (
            <tr key={index}>
              <th scope="row"><code>{readableText(op.path.join('.'))}</code></th>
              {base !== null && <td data-label={g.changes.before} className={s.before}><Shown value={valueAt(base as unknown as Value, op.path)} absent={g.changes.absent} /></td>}
              <td data-label={g.changes.after}><Shown value={op.op === 'set' ? op.value : undefined} absent={g.changes.removed} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableScroll>
  )
}

function Shown({ value, absent }: { value: Value | undefined; absent: string }) {
  return value === undefined ? <>{absent}</> : <pre>{valueText(value)}</pre>
}

export function valueAt(value: Value, path: readonly string[]): Value | undefined {
  let at: Value | undefined = value
  for (const name of path) at = typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? (at as ValueMap)[name] : undefined
  return at
}

function Rollback({ rollback: { height, state_root }, records }: { rollback: { readonly height: number; readonly state_root: string }; records: Records | null }) {
  const { f } = useText()
  const g = useGovernanceText()
  const then = records?.get(checkpointKey(height)) as { readonly agents: number; readonly electricity: number; readonly data: number } | undefined
  return (
    <section className={s.change}>
      <h3>{g.changes.rollback(f.int(height))}</h3>
      <p className={ui.prose}>{g.changes.rollbackNote}</p>
      <Facts>
        {then !== undefined && <><Fact name={g.changes.agentsThen}>{f.int(then.agents)}</Fact><Fact name={g.changes.electricityThen}>{f.int(then.electricity)}</Fact><Fact name={g.changes.dataThen}>{f.int(then.data)}</Fact></>}
        <Fact name={g.changes.root} wide><Hex value={state_root} full /></Fact>
      </Facts>
    </section>
  )
}

/** A module as it would be beside what it is now; `proposed` null where its version is not in the state. */
function ModuleChange({ title, id, from, proposed }: { title: string; id: string; from: string | null; proposed: ModuleManifest | null }) {
  const g = useGovernanceText()
  const key = from === null ? moduleKey(id) : moduleVersionKey(id, from)
  // The version it replaces is on record whatever is active by now; a module that was there from genesis on is so too.
  const loaded = useAsync(key, 0, () => provenRecords([key, moduleKey(id)]))
  const found = resultOf(loaded)
  if (found === null) return <section className={s.change}><h3>{title}</h3><Skeleton lines={4} /></section>
  const active = found.get(moduleKey(id)) as unknown as ModuleRecord | undefined
  const current = (found.get(key) as unknown as { readonly manifest: ModuleManifest } | undefined)?.manifest ?? (active?.active_version === from ? active?.manifest : undefined) ?? null
  const mark = ({ wasm_hash }: ModuleManifest, otherwise: string): ReactNode => (active?.manifest.wasm_hash === wasm_hash ? <Badge tone="ok">{g.changes.active}</Badge> : <Badge tone="muted">{otherwise}</Badge>)
  return (
    <section className={s.change}>
      <div className={ui.row}><h3>{title}</h3><span className={ui.note}>{g.changes.modulePage}: <ModuleLink id={id} /></span></div>
      {proposed !== null && <ManifestTable before={current} after={proposed} />}
      {current !== null && current.wasm_hash !== proposed?.wasm_hash && <Inside manifest={current} mark={mark(current, g.changes.before)} />}
      {proposed !== null && <Inside manifest={proposed} mark={mark(proposed, g.changes.proposed)} />}
    </section>
  )
}

function ManifestTable({ before, after }: { before: ModuleManifest | null; after: ModuleManifest }) {
  const { t, f } = useText()
  const g = useGovernanceText()
  const p = usePageText()
  const listed = (names: readonly string[]): string => (names.length === 0 ? t.app.none : names.join(', '))
  const kinds = ({ subscriptions: { action_kinds, event_kinds } }: ModuleManifest): string => listed([...action_kinds, ...event_kinds])
  const rows: readonly (readonly [string, (manifest: ModuleManifest) => string])[] = [
    [p.module.version, ({ version }) => version],
    [g.changes.hash, ({ wasm_hash }) => wasm_hash],
    [g.changes.stage, ({ subscriptions }) => p.modules.stages[subscriptions.stage]],
    [g.changes.kinds, kinds],
    [g.changes.caps, ({ required_caps }) => listed(required_caps)],
    [p.module.role, ({ role }) => p.modules.roles[role]],
    ...(Object.keys(p.module.limit) as (keyof ModuleManifest['limits'])[]).map((name) => [p.module.limit[name], ({ limits }: ModuleManifest) => f.int(limits[name])] as const),
  ]
  const shown = before === null ? rows : rows.filter(([, of]) => of(before) !== of(after))
  return (
    <>
      <TableScroll label={g.changes.title}>
        <table className={s.diff}>
          <thead><tr><th scope="col">{g.changes.place}</th>{before !== null && <th scope="col">{g.changes.before}</th>}<th scope="col">{g.changes.after}</th></tr></thead>
          <tbody>
            {shown.map(([name, of]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {before !== null && <td data-label={g.changes.before} className={s.before}><Cell text={of(before)} /></td>}
                <td data-label={g.changes.after}><Cell text={of(after)} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
      {before !== null && shown.length <= 2 && <p className={ui.note}>{g.changes.noChange}</p>}
    </>
  )
}

const Cell = ({ text }: { text: string }) => (/^[0-9a-f]{64}$/.test(text) ? <code>{text}</code> : <>{readableText(text)}</>)

/** Section table of the code, read when somebody asks for it. */
function Inside({ manifest: { module_id, version, wasm_hash }, mark }: { manifest: ModuleManifest; mark: ReactNode }) {
  const g = useGovernanceText()
  const [open, setOpen] = useState(false)
  return (
    <details className={s.inside} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{g.changes.inside(module_id, version)} {mark}</summary>
      {open && <Binary hash={wasm_hash} />}
    </details>
  )
}
