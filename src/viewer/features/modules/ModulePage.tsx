import { useStore } from 'zustand'
import { shortHex, useText } from '../../i18n/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import { identityHash } from '../../../world/index.ts'
import type { ModuleManifest, ModuleRecord } from '../../../world/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { feedStore } from '../../stores/feed.ts'
import { toHexText } from '../../ui/hex-text.ts'
import { AgentLink, AsteroidLink, HeightLink } from '../../ui/links.tsx'
import { ButtonLink, Empty, Fact, Facts, Hex, Page, Panel, PeerText, Problem, Skeleton, TableScroll } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { TrustMark } from '../agent/TrustMark.tsx'
import { useRecord } from '../agent/use-record.ts'
import { Binary } from './Binary.tsx'
import { cidOf } from './cid.ts'
import { USAGE_BLOCKS, useRecheck } from './ModulesPage.tsx'
import { activeModule, loadSigners, provenList } from './records.ts'
import type { ActiveModule, InstanceRecord } from './records.ts'
import { Sparkline } from './Sparkline.tsx'
import { failuresOf, feeHistory, NO_USE, usageOf } from './usage.ts'
import ui from '../../ui/ui.module.css'
import s from './modules.module.css'

/** Failures shown; the events page has all. */
const SHOWN_FAILURES = 12

export default function ModulePage({ id }: { id: string }) {
  const p = usePageText()
  const key = `module/${id}`
  const loaded = useRecord(key)
  const checked = resultOf(loaded)
  const signers = resultOf(useAsync('signers', useRecheck(), loadSigners))
  const record = checked?.verified.value as unknown as ModuleRecord | null | undefined
  return (
    <Page title={id} aside={<div className={ui.row}><ButtonLink href="#/modules">{p.module.back}</ButtonLink><TrustMark checked={checked} failed={loaded.state === 'failed'} recordKey={key} /></div>}>
      {loaded.state === 'failed' && <Problem error={loaded.error} />}
      {record === null && <Empty>{p.module.notFound}. {p.module.notFoundNext}</Empty>}
      {record === undefined || (record !== null && signers === null)
        ? loaded.state !== 'failed' && <Skeleton lines={9} />
        : record !== null && signers !== null && <Module module={activeModule(record, signers)} signerKey={signers.get(record.manifest.artifact_identity?.signer_node_id ?? '') ?? null} />}
    </Page>
  )
}

function Module({ module, signerKey }: { module: ActiveModule; signerKey: Uint8Array | null }) {
  return (
    <>
      <Identity module={module} signerKey={signerKey} />
      <Manifest module={module} />
      <Use module={module} />
      <Instances moduleId={module.id} />
      <Binary hash={module.manifest.wasm_hash} />
    </>
  )
}

function Identity({ module, signerKey }: { module: ActiveModule; signerKey: Uint8Array | null }) {
  const p = usePageText()
  const { manifest, problem } = module
  const identity = manifest.artifact_identity
  return (
    <Panel title={p.module.identity}>
      <p className={problem === null ? ui.ok : ui.bad}>{problem === null ? p.module.identityHolds : p.module.identityFails} {problem !== null && <code>{problem}</code>}</p>
      <Facts>
        <Fact name={p.module.wasmHash} wide><Hex value={manifest.wasm_hash} full /></Fact>
        <Fact name={p.module.cid} wide><Hex value={cidOf(manifest.wasm_hash)} full /></Fact>
        {identity !== undefined && (
          <>
            <Fact name={p.module.sourceHash} wide><Hex value={identity.source_hash} full /></Fact>
            <Fact name={p.module.buildHash} wide><Hex value={identity.build_manifest_hash} full /></Fact>
            <Fact name={p.module.identityHash} wide><Hex value={identityHash(module.id, identity)} full /></Fact>
            <Fact name={p.module.signer}><PeerText value={identity.signer_node_id} limit={64} /></Fact>
            <Fact name={p.module.scheme}><PeerText value={identity.signature_scheme} limit={40} /></Fact>
            {signerKey !== null && <Fact name={p.module.signerKey}><Hex value={toHexText(signerKey)} edge={8} /></Fact>}
            <Fact name={p.module.signature}><Hex value={toHexText(identity.artifact_signature)} edge={8} /></Fact>
          </>
        )}
      </Facts>
    </Panel>
  )
}

function Manifest({ module: { manifest, since, version } }: { module: ActiveModule }) {
  const { t, f } = useText()
  const p = usePageText()
  const { subscriptions, limits, abi_contract } = manifest
  const kinds = (list: readonly string[]) => (list.length === 0 ? t.app.none : <code><PeerText value={list.join(', ')} limit={600} /></code>)
  return (
    <Panel title={p.module.manifest}>
      <Facts>
        <Fact name={p.module.version}>{version}</Fact>
        <Fact name={p.module.since}>{since === 0 ? p.module.genesis : <HeightLink height={since} />}</Fact>
        <Fact name={p.module.kind}>{p.module.kinds[manifest.kind]}</Fact>
        <Fact name={p.module.role}>{p.modules.roles[manifest.role]}</Fact>
        <Fact name={p.module.stage}>{p.modules.stages[subscriptions.stage]}</Fact>
        <Fact name={p.module.abi}>{p.module.abiIs(manifest.interface_version, f.int(manifest.abi_version))}</Fact>
        <Fact name={p.module.exports}>{kinds(manifest.exports)}</Fact>
        {subscriptions.action_kinds.length > 0 && <Fact name={p.module.actions} wide>{kinds(subscriptions.action_kinds)}</Fact>}
        {subscriptions.event_kinds.length > 0 && <Fact name={p.module.events} wide>{kinds(subscriptions.event_kinds)}</Fact>}
        <Fact name={p.module.filters} wide><Filters filters={subscriptions.filters} /></Fact>
        <Fact name={p.module.caps}>{kinds(manifest.required_caps)}</Fact>
        {abi_contract !== undefined && abi_contract.policy_hooks.length > 0 && <Fact name={p.module.hooks}>{kinds(abi_contract.policy_hooks)}</Fact>}
        {abi_contract?.gameplay != null && <Fact name={p.module.gameplay}><PeerText value={abi_contract.gameplay.kind} limit={40} /></Fact>}
      </Facts>
      <section>
        <h3>{p.module.limits}</h3>
        <Facts>{(Object.keys(p.module.limit) as (keyof typeof limits)[]).map((name) => <Fact key={name} name={p.module.limit[name]}>{f.int(limits[name])}</Fact>)}</Facts>
      </section>
    </Panel>
  )
}

type FilterList = NonNullable<ModuleManifest['subscriptions']['filters']>
type Rule = NonNullable<FilterList['all']>[number]

/** Filters as a reader of rules would say them, not as they are stored. */
function Filters({ filters }: { filters: FilterList | undefined }) {
  const p = usePageText()
  const groups = ([['all', p.module.filterAll], ['any', p.module.filterAny]] as const).filter(([name]) => (filters?.[name]?.length ?? 0) > 0)
  if (groups.length === 0) return <span className={ui.muted}>{p.module.noFilters}</span>
  const said = (rule: Rule): string => {
    const [operator, value] = Object.entries(rule).find(([name]) => name !== 'path') ?? ['eq', null]
    return `${p.module.operators[operator as keyof typeof p.module.operators] ?? operator} ${JSON.stringify(value)}`
  }
  return groups.map(([name, label]) => (
    <div key={name}>
      <small className={ui.muted}>{label}</small>
      <ul>{filters![name]!.map((rule, index) => <li key={index}><code><PeerText value={rule.path} limit={120} /></code> <PeerText value={said(rule)} limit={200} /></li>)}</ul>
    </div>
  ))
}

function Use({ module: { id, manifest } }: { module: ActiveModule }) {
  const { t, f } = useText()
  const p = usePageText()
  const blocks = useStore(feedStore, (feed) => feed.blocks)
  const usage = usageOf(blocks, USAGE_BLOCKS)
  const use = usage.byModule.get(id) ?? NO_USE
  const failures = failuresOf(blocks, id, SHOWN_FAILURES)
  const own = resultOf(useAsync(manifest.wasm_hash, blocks[0]?.head.height ?? 0, async () => (await (await whenNode()).moduleStatistics()).find(({ wasm_hash }) => wasm_hash === manifest.wasm_hash) ?? null))
  const ownFailures = Object.entries(own?.failures ?? {})
  const fees = feeHistory(blocks, id, USAGE_BLOCKS)
  return (
    <Panel title={p.module.use}>
      <p className={ui.note}>{p.module.useIntro(f.int(usage.blocks))}</p>
      <Facts>
        <Fact name={p.module.calls}>{f.int(use.calls)}</Fact>
        <Fact name={p.modules.callsPerBlock}>{usage.blocks === 0 ? '0' : f.decimal(use.calls / usage.blocks)}</Fact>
        <Fact name={p.modules.callsPerSecond}>{usage.seconds === 0 ? '0' : f.decimal(use.calls / usage.seconds)}</Fact>
        <Fact name={p.modules.fuel}>{f.int(use.fuel)}</Fact>
        <Fact name={p.modules.fees}>{p.modules.fee(f.int(use.electricity), f.int(use.data))}</Fact>
        <Fact name={p.modules.failures}>{f.int(use.failures)}</Fact>
        <Fact name={p.module.here}>{f.int(own?.calls ?? 0)}</Fact>
        <Fact name={p.module.fuelHere}>{f.int(own?.fuel_used ?? 0)}</Fact>
        <Fact name={p.module.failedHere}>{ownFailures.length === 0 ? t.app.none : ownFailures.map(([code, count]) => `${code} ${f.int(count)}`).join(' · ')}</Fact>
      </Facts>
      <section>
        <h3>{p.module.history}</h3>
        {use.calls === 0 ? <p className={ui.note}>{p.module.noUse}</p> : <Sparkline values={fees} label={p.module.historyAlt(f.int(fees.at(-1) ?? 0), f.int(Math.max(0, ...fees)))} />}
      </section>
      <section>
        <h3>{p.module.recentFailures}</h3>
        {failures.length === 0 ? <p className={ui.note}>{p.module.noFailures}</p> : (
          <ul className={`${s.failures} ${s.mixed}`}>
            {failures.map(({ height, code, detail, instance_id }, index) => (
              <li key={index}><HeightLink height={height} /> <code className={ui.bad}>{code}</code> <PeerText value={detail} limit={200} /> <small className={ui.muted}><PeerText value={instance_id} limit={80} /></small></li>
            ))}
          </ul>
        )}
      </section>
    </Panel>
  )
}

function Instances({ moduleId }: { moduleId: string }) {
  const { t } = useText()
  const p = usePageText()
  const loaded = useAsync(moduleId, useRecheck(), () => provenList(`module_instance/${moduleId}#`))
  const list = resultOf(loaded)
  return (
    <Panel title={p.module.instances} flush>
      {loaded.state === 'failed' && <Problem error={loaded.error} />}
      {list === null ? loaded.state === 'loading' && <Skeleton lines={2} /> : list.records.size === 0 ? <Empty>{t.app.none}</Empty> : (
        <TableScroll label={p.module.instances}>
          <table className={s.mixed}>
            <thead><tr><th scope="col">{p.module.instance}</th><th scope="col">{p.module.target}</th><th scope="col">{p.module.owner}</th><th scope="col" data-num>{p.module.wakes}</th></tr></thead>
            <tbody>
              {[...list.records].map(([key, value]) => {
                const { target, owner, wake_height } = value as unknown as InstanceRecord
                return (
                  <tr key={key}>
                    <th scope="row"><code>{shortHex(key.slice('module_instance/'.length), 30)}</code></th>
                    <td>{p.module.targets[target.kind]}{target.agent !== undefined && <> · <AgentLink id={target.agent} /></>}{target.asteroid !== undefined && <> · <AsteroidLink id={target.asteroid} /></>}</td>
                    <td>{owner === null ? p.module.world : <AgentLink id={owner} />}</td>
                    <td data-num>{wake_height === null ? t.app.none : <HeightLink height={wake_height} />}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </TableScroll>
      )}
    </Panel>
  )
}
