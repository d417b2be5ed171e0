import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { useText } from '../../i18n/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import type { AllianceRecord, ContractRecord, CouncilRecord, CrisisRecord, FactoryRecord, GameplayPolicy, IndustryRecord, WarRecord } from '../../../world/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { nodeStore } from '../../stores/node.ts'
import { verifyRecord } from '../../trust/verify-record.ts'
import { AgentLink, AsteroidLink, HeightLink } from '../../ui/links.tsx'
import { Badge, Empty, Fact, Facts, Panel, PeerText, Problem, Progress, Skeleton, TableScroll } from '../../ui/parts.tsx'
import type { Tone } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { conditionOf } from '../industry/condition.ts'
import { FactoryLink } from '../industry/links.tsx'
import { Materials } from '../industry/materials.tsx'
import { provenList } from '../modules/records.ts'
import type { ProvenList } from '../modules/records.ts'
import ui from '../../ui/ui.module.css'
import s from './economy.module.css'

/** Records of a table; more would not be read, and each is proved. */
const MAX_ROWS = 60
/** Tables are fetched and verified again every so many blocks. */
const REFRESH_BLOCKS = 5
/** Basis points of one per cent. */
const BPS = 100

const useRefresh = (): number => useStore(nodeStore, (node) => Math.ceil((node.status?.head?.height ?? 0) / REFRESH_BLOCKS))

async function proven<T>(key: string): Promise<{ readonly value: T | null; readonly height: number }> {
  const record = await (await whenNode()).query(key)
  const { value, provenance } = await verifyRecord(record, nodeStore.getState().pinnedWorld)
  return { value: value as T | null, height: provenance.height }
}

/** What stands, is promised, fought over and voted on, from proved records. */
export function Tables() {
  const p = usePageText()
  return (
    <>
      <Industry />
      <RecordTable<FactoryRecord> prefix="factory/" title={p.economy.factories} none={p.economy.noFactories} heads={[p.economy.factory, p.economy.owner, p.economy.place, p.economy.condition, p.economy.jobs, p.economy.stored]} row={factoryRow} />
      <div className={ui.twins}>
        <RecordTable<CrisisRecord> prefix="crisis/" title={p.economy.crises} none={p.economy.noCrises} heads={[p.economy.crisis, p.economy.given, p.economy.until, p.economy.status]} row={crisisRow} />
        <RecordTable<WarRecord> prefix="war/" title={p.economy.wars} none={p.economy.noWars} heads={[p.economy.war, p.economy.intensity, p.economy.until, p.economy.status]} row={warRow} />
      </div>
      <RecordTable<ContractRecord> prefix="contract/" title={p.economy.contracts} none={p.economy.noContracts} heads={[p.economy.delivers, p.economy.pays, p.economy.parties, p.economy.until, p.economy.status]} row={contractRow} />
      <div className={ui.twins}>
        <RecordTable<AllianceRecord> prefix="alliance/" title={p.economy.alliances} none={p.economy.noAlliances} heads={[p.economy.alliance, p.economy.founder, p.economy.members]} row={allianceRow} />
        <Book />
      </div>
      <RecordTable<CouncilRecord> prefix="council/" title={p.economy.council} none={p.economy.noCouncil} heads={[p.economy.proposal, p.economy.votes, p.economy.until, p.economy.status]} row={councilRow} />
      <PolicyPanel />
    </>
  )
}

type RowOf<T> = (props: { readonly id: string; readonly record: T; readonly height: number }) => ReactNode

/** Newest ids are as good as any other order: ids are hashes. Those that are over come last. */
function RecordTable<T>({ prefix, title, none, heads, row: Row }: { prefix: string; title: string; none: string; heads: readonly string[]; row: RowOf<T> }) {
  const { f } = useText()
  const p = usePageText()
  const loaded = useAsync<ProvenList>(prefix, useRefresh(), () => provenList(prefix, MAX_ROWS))
  const list = resultOf(loaded)
  const entries = [...(list?.records ?? [])].map(([id, record]) => ({ id, record: record as unknown as T, over: isOver(record) })).sort((a, b) => Number(a.over) - Number(b.over))
  return (
    <Panel title={title} flush aside={list !== null && <span className={ui.note}>{list.complete ? f.int(list.records.size) : p.economy.incomplete(f.int(MAX_ROWS))}</span>}>
      {loaded.state === 'failed' && <Problem error={loaded.error} />}
      {list === null ? loaded.state === 'loading' && <Skeleton lines={2} /> : entries.length === 0 ? <Empty>{none}</Empty> : (
        <TableScroll label={title}>
          <table className={s.records}>
            <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
            <tbody>{entries.map(({ id, record }) => <Row key={id} id={id} record={record} height={list.height} />)}</tbody>
          </table>
        </TableScroll>
      )}
    </Panel>
  )
}

function isOver(record: unknown): boolean {
  const { status, result } = record as { readonly status?: string; readonly result?: unknown }
  if (status !== undefined) return !['open', 'accepted', 'active'].includes(status)
  return result !== undefined && result !== null
}

const factoryRow: RowOf<FactoryRecord> = function FactoryRow({ id, record, height }) {
  const { t, f } = useText()
  const p = usePageText()
  const condition = conditionOf(record, height)
  return (
    <tr>
      <th scope="row"><FactoryLink id={id} name={record.spec.display_name} /><small><PeerText value={record.factory_kind} limit={48} /></small></th>
      <td><AgentLink id={record.owner} /></td><td><AsteroidLink id={record.asteroid} /></td>
      <td><Badge tone={({ building: 'info', idle: 'muted', running: 'ok', wornOut: 'bad' } as const)[condition]}>{p.factory[condition]}</Badge></td>
      <td data-num>{f.int(record.jobs.length)}</td><td><Materials of={record.materials} none={t.app.none} /></td>
    </tr>
  )
}

const CRISIS_TONES: Readonly<Record<CrisisRecord['status'], Tone>> = { active: 'warn', resolved: 'ok', timed_out: 'bad' }

const crisisRow: RowOf<CrisisRecord> = function CrisisRow({ record }) {
  const { f } = useText()
  const p = usePageText()
  return (
    <tr>
      <th scope="row">{p.economy.crisisKinds[record.kind]}<small>{p.economy.severity} {f.int(record.severity)}</small></th>
      <td><PeerText value={`${f.int(record.contributed)} / ${f.int(record.required)} ${record.needs}`} limit={60} /><Progress part={record.contributed / record.required} label={p.economy.given} /></td>
      <td><HeightLink height={record.until_height} /></td><td><Badge tone={CRISIS_TONES[record.status]}>{p.economy.crisisStatus[record.status]}</Badge></td>
    </tr>
  )
}

const warRow: RowOf<WarRecord> = function WarRow({ record }) {
  const { f } = useText()
  const p = usePageText()
  return (
    <tr>
      <th scope="row"><AllianceName id={record.aggressor} /> → <AllianceName id={record.defender} /><small><PeerText value={record.objective} limit={120} /></small></th>
      <td data-num>{f.int(record.intensity)}</td><td><HeightLink height={record.ends_height} /></td>
      <td>{record.result === null ? <Badge tone="warn">{p.economy.goesOn}</Badge> : <>{p.economy.winner[record.result.winner]} <small>{f.int(record.result.aggressor_score)} : {f.int(record.result.defender_score)}</small></>}</td>
    </tr>
  )
}

function AllianceName({ id }: { id: string }) {
  const loaded = useAsync(id, 0, async () => (await (await whenNode()).query(id)).value as AllianceRecord | null)
  return <PeerText value={resultOf(loaded)?.name ?? id.slice('alliance/'.length).slice(0, 8)} limit={32} />
}

const CONTRACT_TONES: Readonly<Record<ContractRecord['status'], Tone>> = { open: 'info', accepted: 'ok', settled: 'muted', cancelled: 'muted', expired: 'warn' }

const contractRow: RowOf<ContractRecord> = function ContractRow({ id, record }) {
  const { t, f } = useText()
  const p = usePageText()
  return (
    <tr>
      <th scope="row"><PeerText value={`${f.int(record.deliver.amount)} ${record.deliver.material}`} limit={60} /><small title={id}>{id.slice('contract/'.length).slice(0, 8)} · <AsteroidLink id={record.place} /></small></th>
      <td>{f.int(record.payment.amount)} {t.sentence.resources[record.payment.resource]}</td>
      <td><AgentLink id={record.creator} /> · {record.counterparty === null ? p.economy.anybody : <AgentLink id={record.counterparty} />}</td>
      <td><HeightLink height={record.expires_height} /></td><td><Badge tone={CONTRACT_TONES[record.status]}>{p.economy.contractStatus[record.status]}</Badge></td>
    </tr>
  )
}

const allianceRow: RowOf<AllianceRecord> = function AllianceRow({ id, record }) {
  const { f } = useText()
  const p = usePageText()
  return (
    <tr>
      <th scope="row"><PeerText value={record.name} limit={32} /><small><code>{id.slice('alliance/'.length).slice(0, 8)}</code></small></th>
      <td><AgentLink id={record.founder} /></td><td data-num>{f.int(record.members.length)} {record.war !== null && <Badge tone="warn">{p.economy.atWar}</Badge>}</td>
    </tr>
  )
}

const COUNCIL_TONES: Readonly<Record<CouncilRecord['status'], Tone>> = { open: 'info', passed: 'ok', failed: 'muted' }

const councilRow: RowOf<CouncilRecord> = function CouncilRow({ id, record }) {
  const { f } = useText()
  const p = usePageText()
  return (
    <tr>
      <th scope="row"><PeerText value={record.title} limit={80} /><small><code>{id.slice('council/'.length)}</code> · <AgentLink id={record.proposer} /></small></th>
      <td><ul>{record.options.map(({ name, weight, votes }) => <li key={name} data-winner={name === record.winning_option || undefined}><PeerText value={p.economy.votesOf(name, f.int(weight), f.int(votes))} limit={100} /></li>)}</ul></td>
      <td><HeightLink height={record.closes_height} /></td><td><Badge tone={COUNCIL_TONES[record.status]}>{p.economy.proposalStatus[record.status]}</Badge></td>
    </tr>
  )
}

function Industry() {
  const { f } = useText()
  const p = usePageText()
  const loaded = useAsync('industry', useRefresh(), () => proven<IndustryRecord>('industry'))
  const record = resultOf(loaded)?.value ?? null
  return (
    <Panel title={p.economy.stage}>
      {loaded.state === 'failed' && <Problem error={loaded.error} />}
      <Facts>
        <Fact name={p.economy.stage}>{p.economy.stages[record?.stage ?? 'bootstrap']}</Fact>
        <Fact name={p.economy.factoriesBuilt}>{f.int(record?.factories_built ?? 0)}</Fact>
        <Fact name={p.economy.recipesDone}>{f.int(record?.completed_recipe_jobs ?? 0)}</Fact>
        <Fact name={p.economy.transitsDone}>{f.int(record?.completed_transits ?? 0)}</Fact>
      </Facts>
    </Panel>
  )
}

interface BookEntry {
  readonly order_id: string
  readonly limit_price: number
  readonly remaining: number
}
/** Orders shown of each side. */
const SHOWN_ORDERS = 8

/** Both sides of the power market, best price first. */
function Book() {
  const { f } = useText()
  const p = usePageText()
  const loaded = useAsync('power', useRefresh(), () => Promise.all([proven<readonly BookEntry[]>('power_book/buy'), proven<readonly BookEntry[]>('power_book/sell')]))
  const sides = resultOf(loaded)
  const rows = (['buy', 'sell'] as const).flatMap((side, index) => (sides?.[index]?.value ?? []).slice(0, SHOWN_ORDERS).map((entry) => ({ side, ...entry })))
  return (
    <Panel title={p.economy.book} flush aside={<span className={ui.note}>{p.economy.best}</span>}>
      {loaded.state === 'failed' && <Problem error={loaded.error} />}
      {sides === null ? loaded.state === 'loading' && <Skeleton lines={2} /> : rows.length === 0 ? <Empty>{p.economy.noOrders}</Empty> : (
        <TableScroll label={p.economy.book}>
          <table>
            <thead><tr><th scope="col">{p.act.fields.side}</th><th scope="col" data-num>{p.economy.price}</th><th scope="col" data-num>{p.economy.units}</th></tr></thead>
            <tbody>{rows.map(({ side, order_id, limit_price, remaining }) => <tr key={order_id}><td><Badge tone={side === 'buy' ? 'ok' : 'info'}>{p.economy[side]}</Badge></td><td data-num>{f.int(limit_price)}</td><td data-num>{f.int(remaining)}</td></tr>)}</tbody>
          </table>
        </TableScroll>
      )}
    </Panel>
  )
}

/** What the council made the policy; before its first change, that of the world's parameters. */
function PolicyPanel() {
  const { f } = useText()
  const p = usePageText()
  const loaded = useAsync('policy', useRefresh(), async () => {
    const { value } = await proven<GameplayPolicy>('gameplay_policy')
    return value ?? (await proven<{ readonly params: { readonly society: { readonly policy: GameplayPolicy } } }>('world/config')).value!.params.society.policy
  })
  const policy = resultOf(loaded)
  return (
    <Panel title={p.economy.policy}>
      {loaded.state === 'failed' && <Problem error={loaded.error} />}
      {policy !== null && (
        <Facts>
          {(Object.keys(p.economy.policyNames) as (keyof typeof p.economy.policyNames)[]).map((name) => (
            <Fact key={name} name={p.economy.policyNames[name]}>{name.endsWith('_bps') ? p.economy.basisPoints(f.decimal(policy[name] / BPS)) : f.int(policy[name])}</Fact>
          ))}
        </Facts>
      )}
    </Panel>
  )
}
