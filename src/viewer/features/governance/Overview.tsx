import { toHex } from '../../../codec/index.ts'
import { checkpointKey, CHECKPOINTS_KEY, governanceSignerKey, signerSetHash } from '../../../world/index.ts'
import type { WorldManifest } from '../../../world/index.ts'
import { useText } from '../../i18n/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import { useGovernanceText } from '../../i18n/governance/index.ts'
import { Badge, Empty, Fact, Facts, Hex, Panel, Problem, TableScroll } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { SignerName } from '../keys/SignerName.tsx'
import { useRecheck } from '../modules/ModulesPage.tsx'
import { HeightLink } from '../../ui/links.tsx'
import { EffectSettings } from './EffectSettings.tsx'
import { provenRecords, provenValue } from './load.ts'
import type { OwnKeys } from './own-keys.ts'
import { useActivity } from './use-governance.ts'
import type { HeadView } from './use-governance.ts'
import ui from '../../ui/ui.module.css'
import s from './governance.module.css'

interface Official {
  readonly id: string
  readonly public_key: Uint8Array
}

/** The rules by which the rules change, as the manifest of now has them. */
export function Overview({ manifest, hash, head, keys }: { manifest: WorldManifest; hash: string; head: HeadView; keys: OwnKeys | null }) {
  const { t, f } = useText()
  const g = useGovernanceText()
  const o = g.overview
  const { governance, trusted_signers, modules, version } = manifest
  const { signers, guardians, threshold, guardian_threshold, timelock_blocks, proposal_ttl_blocks, shadow_blocks, authors_may_approve, group_key, shadow_policy, epoch_id } = governance
  const signerRows = signers.map(({ signer_id, public_key }) => ({ id: signer_id, public_key }))
  const guardianRows = guardians.map(({ guardian_id, public_key }) => ({ id: guardian_id, public_key }))
  return (
    <>
      <Panel title={o.title} aside={<span className={ui.note}><a href="#/modules">{o.modules(f.int(Object.keys(modules).length))}</a></span>}>
        <Facts>
          <Fact name={o.version}>{f.int(version)}</Fact>
          <Fact name={o.epoch}>{f.int(epoch_id)}</Fact>
          {signers.length > 0 && (
            <>
              <Fact name={o.threshold}>{o.thresholdOf(f.int(threshold), f.int(signers.length))}</Fact>
              <Fact name={o.vetoes}>{o.vetoesOf(f.int(guardian_threshold), f.int(guardians.length))}</Fact>
              <Fact name={o.timelock}>{o.timelockIs(f.int(timelock_blocks))}</Fact>
              <Fact name={o.life}>{o.blocks(f.int(proposal_ttl_blocks), f.span(proposal_ttl_blocks * head.intervalMs))}</Fact>
              <Fact name={o.trial}>{o.trialIs(f.int(shadow_blocks))}</Fact>
              <Fact name={o.policy}>{o.policies[shadow_policy.mode]}</Fact>
              <Fact name={o.own}>{authors_may_approve ? t.app.yes : t.app.no}</Fact>
              <Fact name={o.group}>{group_key === null ? t.app.none : <Hex value={toHex(group_key)} edge={8} />}</Fact>
              <Fact name={o.signerSet} wide><Hex value={signerSetHash(manifest)} full /></Fact>
            </>
          )}
          <Fact name={o.hash} wide><Hex value={hash} full /></Fact>
        </Facts>
        {signers.length > 0 && <div className={ui.twins}><Officials title={o.signers} rows={signerRows} keys={keys} counted /><Officials title={o.guardians} rows={guardianRows} keys={keys} counted /></div>}
        <Officials title={o.trusted} rows={Object.keys(trusted_signers).sort().map((id) => ({ id, public_key: trusted_signers[id]! }))} keys={keys} />
      </Panel>
      <EffectSettings settings={manifest.effects} />
      {signers.length > 0 && <Checkpoints />}
    </>
  )
}

function Officials({ title, rows, keys, counted = false }: { title: string; rows: readonly Official[]; keys: OwnKeys | null; counted?: boolean }) {
  const { f } = useText()
  const g = useGovernanceText()
  const records = resultOf(useAsync(rows.map(({ id }) => id).join(), useActivity(), () => provenRecords(counted ? rows.map(({ id }) => governanceSignerKey(id)) : [])))
  const nonceOf = (id: string): string => {
    const record = records?.get(governanceSignerKey(id)) as { readonly nonce?: number } | undefined
    return record?.nonce === undefined ? '–' : f.int(record.nonce)
  }
  return (
    <section className={s.officials}>
      <h3>{title}</h3>
      {rows.length === 0 ? <p className={ui.note}>{g.overview.nobody}</p> : (
        <TableScroll label={title}>
          <table>
            <thead><tr><th scope="col">{g.overview.name}</th><th scope="col">{g.overview.key}</th>{counted && <th scope="col" data-num>{g.overview.actions}</th>}</tr></thead>
            <tbody>
              {rows.map(({ id, public_key }) => (
                <tr key={id}>
                  <th scope="row"><span className={s.stack}><SignerName actor={counted ? `signer/${id}` : id} publicKey={public_key} />{keys?.hex.includes(toHex(public_key)) === true && <Badge tone="ok">{g.overview.here}</Badge>}</span></th>
                  <td><Hex value={toHex(public_key)} edge={6} /></td>
                  {counted && <td data-num>{nonceOf(id)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      )}
    </section>
  )
}

interface Checkpoint {
  readonly height: number
  readonly state_root: string
  readonly agents: number | null
}

/** Newest first. */
export async function loadCheckpoints(): Promise<readonly Checkpoint[]> {
  const listed = (await provenValue<readonly { readonly height: number; readonly state_root: string }[]>(CHECKPOINTS_KEY)) ?? []
  const summaries = await provenRecords(listed.map(({ height }) => checkpointKey(height)))
  return listed.map(({ height, state_root }) => ({ height, state_root, agents: (summaries.get(checkpointKey(height)) as { readonly agents?: number } | undefined)?.agents ?? null })).reverse()
}

function Checkpoints() {
  const { f } = useText()
  const p = usePageText()
  const g = useGovernanceText()
  const loaded = useAsync('checkpoints', useRecheck(), loadCheckpoints)
  const list = resultOf(loaded)
  return (
    <Panel title={g.overview.checkpoints} flush aside={<span className={ui.note}>{g.overview.checkpointsNote}</span>}>
      {loaded.state === 'failed' && <Problem error={loaded.error} />}
      {list !== null && (list.length === 0 ? <Empty>{g.overview.noCheckpoints}</Empty> : (
        <TableScroll label={g.overview.checkpoints}>
          <table>
            <thead><tr><th scope="col">{g.overview.height}</th><th scope="col">{g.overview.root}</th><th scope="col" data-num>{g.overview.held}</th></tr></thead>
            <tbody>{list.map(({ height, state_root, agents }) => <tr key={height}><th scope="row">{height === 0 ? p.module.genesis : <HeightLink height={height} />}</th><td><Hex value={state_root} edge={10} /></td><td data-num>{agents === null ? '–' : f.int(agents)}</td></tr>)}</tbody>
          </table>
        </TableScroll>
      ))}
    </Panel>
  )
}
