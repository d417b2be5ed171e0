import { useDeferredValue, useState } from 'react'
import { BadgeCheck, CircleAlert } from 'lucide-react'
import { useStore } from 'zustand'
import { formatView } from '../../app/url.ts'
import { useText } from '../../i18n/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import { feedStore } from '../../stores/feed.ts'
import { nodeStore } from '../../stores/node.ts'
import { Badge, Empty, Hex, Page, Panel, PeerText, Problem, Skeleton, TableScroll } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { Effects } from './Effects.tsx'
import { loadModules } from './records.ts'
import type { ActiveModule } from './records.ts'
import { bySet, compareBy, fee, matches, rowsOf } from './rows.ts'
import type { ModuleRow, SortKey } from './rows.ts'
import { usageOf } from './usage.ts'
import type { Usage } from './usage.ts'
import ui from '../../ui/ui.module.css'
import s from './modules.module.css'

/** Modules change rarely: their records are fetched and verified again every so many blocks. */
export const RECHECK_BLOCKS = 20
/** Blocks that rates are taken over. */
export const USAGE_BLOCKS = 100

/** Grows every `RECHECK_BLOCKS` blocks. */
export function useRecheck(): number {
  return useStore(nodeStore, (node) => Math.ceil((node.status?.head?.height ?? 0) / RECHECK_BLOCKS))
}

export default function ModulesPage() {
  const { t, f } = useText()
  const p = usePageText()
  const [query, setQuery] = useState('')
  const blocks = useStore(feedStore, (feed) => feed.blocks)
  const loaded = useAsync('modules', useRecheck(), loadModules)
  const list = resultOf(loaded)
  const usage = usageOf(blocks, USAGE_BLOCKS)
  const wanted = useDeferredValue(query)
  const rows = list === null ? [] : rowsOf(list.modules, usage).filter((row) => matches(row, wanted))
  return (
    <Page title={p.modules.title} intro={p.modules.intro}>
      {loaded.state === 'failed' && <Problem error={loaded.error} />}
      <Panel title={p.modules.active} flush aside={list !== null && <span className={ui.note}>{p.modules.listed(f.int(list.modules.length), f.int(list.height))} · {p.modules.over(f.int(usage.blocks))}</span>}>
        <div className={s.filter} role="search">
          <input type="search" value={query} maxLength={80} placeholder={p.modules.filter} aria-label={p.modules.filter} onChange={(event) => setQuery(event.target.value)} />
        </div>
        {list === null
          ? loaded.state === 'loading' && <Skeleton lines={8} />
          : rows.length === 0 ? <Empty>{list.modules.length === 0 ? p.modules.none : p.modules.noneMatch}</Empty> : <Table rows={rows} usage={usage} />}
      </Panel>
      <Effects />
      <p className={ui.hidden} role="status">{list === null ? t.app.loading : p.modules.listed(f.int(list.modules.length), f.int(list.height))}</p>
    </Page>
  )
}

function Table({ rows, usage }: { rows: readonly ModuleRow[]; usage: Usage }) {
  const p = usePageText()
  const [sort, setSort] = useState<{ readonly key: SortKey; readonly reversed: boolean }>({ key: 'module', reversed: false })
  const head = (key: SortKey, label: string, number = false) => (
    <th scope="col" data-num={number || undefined} aria-sort={sort.key !== key ? 'none' : (number === sort.reversed ? 'ascending' : 'descending')}>
      <button type="button" onClick={() => setSort({ key, reversed: sort.key === key && !sort.reversed })}>{label}</button>
    </th>
  )
  const sorted = rows.toSorted(compareBy(sort.key, sort.reversed))
  return (
    <TableScroll label={p.modules.active}>
      <table className={s.modules}>
        <thead>
          <tr>
            {head('module', p.modules.module)}{head('part', p.modules.part)}<th scope="col">{p.modules.hash}</th><th scope="col">{p.modules.identity}</th>
            {head('calls', p.modules.callsPerBlock, true)}{head('fuel', p.modules.fuel, true)}{head('fees', p.modules.fees, true)}{head('failures', p.modules.failures, true)}
          </tr>
        </thead>
        {bySet(sorted).map(([set, found]) => (
          <tbody key={set}>
            <tr className={s.set}><th scope="rowgroup" colSpan={8}>{p.modules.sets[set]}</th></tr>
            {found.map((row) => <Row key={row.module.id} row={row} usage={usage} />)}
          </tbody>
        ))}
      </table>
    </TableScroll>
  )
}

function Row({ row, usage }: { row: ModuleRow; usage: Usage }) {
  const { f } = useText()
  const p = usePageText()
  const { module, cid, use, fuelShare, feeShare } = row
  const { manifest } = module
  const percent = (part: number): string => p.modules.share(f.decimal(Math.round(part * 1000) / 10))
  return (
    <tr>
      <th scope="row"><a href={formatView({ page: 'module', id: module.id })}><PeerText value={module.id} limit={64} /></a><small>{module.version}</small></th>
      <td data-label={p.modules.part}>{p.modules.roles[manifest.role]}<small>{p.modules.stages[manifest.subscriptions.stage]}</small></td>
      <td data-label={p.modules.hash} className={s.hashes}><Hex value={manifest.wasm_hash} edge={5} /><Hex value={cid} edge={5} /></td>
      <td data-label={p.modules.identity}><IdentityBadge module={module} /></td>
      <td data-num data-label={p.modules.callsPerBlock}>{usage.blocks === 0 ? '0' : f.decimal(use.calls / usage.blocks)}<small>{p.modules.aSecond(usage.seconds === 0 ? '0' : f.decimal(use.calls / usage.seconds))}</small></td>
      <td data-num data-label={p.modules.fuel}>{f.int(use.fuel)}<small>{percent(fuelShare)}</small></td>
      <td data-num data-label={p.modules.fees} title={p.modules.fee(f.int(use.electricity), f.int(use.data))}>{f.int(fee(use))}<small>{percent(feeShare)}</small></td>
      <td data-num data-label={p.modules.failures} className={use.failures > 0 ? ui.bad : undefined}>{f.int(use.failures)}</td>
    </tr>
  )
}

export function IdentityBadge({ module: { problem, manifest } }: { module: ActiveModule }) {
  const p = usePageText()
  const signer = manifest.artifact_identity?.signer_node_id
  return (
    <span className={s.identity}>
      <Badge tone={problem === null ? 'ok' : 'bad'}>
        {problem === null ? <BadgeCheck size={13} aria-hidden /> : <CircleAlert size={13} aria-hidden />}{problem === null ? p.modules.verified : p.modules.refused}
      </Badge>
      <small title={p.modules.signedBy(signer ?? '')}>{problem === null ? <PeerText value={signer ?? ''} limit={64} /> : <code>{problem}</code>}</small>
    </span>
  )
}
