import { useState } from 'react'
import { Scale } from 'lucide-react'
import { useText } from '../../i18n/index.ts'
import { useGovernanceText } from '../../i18n/governance/index.ts'
import type { WorldManifest } from '../../../world/index.ts'
import { Badge, Button, Empty, Page, Panel, PeerText, Problem, Skeleton, TableScroll } from '../../ui/parts.tsx'
import { resultOf } from '../../ui/use-async.ts'
import { TrustMark } from '../agent/TrustMark.tsx'
import { SignerName } from '../keys/SignerName.tsx'
import { AuditExport } from './AuditExport.tsx'
import { NewProposal } from './NewProposal.tsx'
import { knownActors, useOwnKeys } from './own-keys.ts'
import type { OwnKeys } from './own-keys.ts'
import { Overview } from './Overview.tsx'
import { Expiry, PhaseBadge, ProposalLink, ShadowBadge, SignedCount } from './parts.tsx'
import { isOpen, needs } from './proposals.ts'
import type { Proposal } from './proposals.ts'
import { readProposal } from './reading.ts'
import { Line } from '../sign/Lines.tsx'
import { useHead, useManifest, useProposals } from './use-governance.ts'
import type { HeadView } from './use-governance.ts'
import ui from '../../ui/ui.module.css'
import s from './governance.module.css'

export default function GovernancePage() {
  const { f } = useText()
  const g = useGovernanceText()
  const head = useHead()
  const { manifest, hash, checked, error } = useManifest()
  const loaded = useProposals()
  const list = resultOf(loaded)
  const keys = useOwnKeys(manifest)
  const [composing, setComposing] = useState(false)
  const open = list?.proposals.filter(({ record }) => isOpen(record)) ?? []
  const over = list?.proposals.filter(({ record }) => !isOpen(record)) ?? []
  const governed = manifest !== null && manifest.governance.signers.length > 0
  return (
    <Page title={g.title} intro={g.intro} aside={<div className={ui.row}><TrustMark checked={checked} failed={error !== null} recordKey="manifest" />{governed && <Button look="primary" aria-expanded={composing} onClick={() => setComposing(!composing)}><Scale size={16} aria-hidden />{composing ? g.compose.close : g.compose.open}</Button>}</div>}>
      {error !== null && <Problem error={error} />}
      {loaded.state === 'failed' && <Problem error={loaded.error} />}
      {manifest !== null && !governed && <Panel title={g.closedTitle}><p className={ui.prose}>{g.closedBody}</p><p className={ui.note}>{g.closedNext}</p></Panel>}
      {composing && manifest !== null && hash !== null && head !== null && <NewProposal manifest={manifest} manifestHash={hash} head={head} open={open} keys={keys} />}
      {manifest === null || head === null || list === null ? error === null && loaded.state !== 'failed' && <Panel title={g.list.open}><Skeleton lines={5} /></Panel> : governed && (
        <>
          <Panel title={g.list.open} flush aside={<span className={ui.note}>{g.list.listed(f.int(list.proposals.length), f.int(list.height))} {!list.complete && g.list.cut}</span>}>
            {open.length === 0 ? <Empty>{g.list.none} {g.list.noneNext}</Empty> : <Table label={g.list.open} proposals={open} manifest={manifest} head={head} keys={keys} />}
          </Panel>
          <Panel title={g.list.over} flush aside={<span className={ui.note}>{g.list.kept}</span>}>
            {over.length === 0 ? <Empty>{g.list.noneOver}</Empty> : <Table label={g.list.over} proposals={over} manifest={manifest} head={head} keys={keys} />}
          </Panel>
        </>
      )}
      {manifest !== null && hash !== null && head !== null && <Overview manifest={manifest} hash={hash} head={head} keys={keys} />}
      <AuditExport preset={{}} />
    </Page>
  )
}

function Table({ label, ...rest }: { label: string; proposals: readonly Proposal[]; manifest: WorldManifest; head: HeadView; keys: OwnKeys | null }) {
  const g = useGovernanceText()
  return (
    <TableScroll label={label}>
      <table className={s.proposals}>
        <thead><tr><th scope="col">{g.list.proposal}</th><th scope="col">{g.list.state}</th><th scope="col">{g.list.shadow}</th><th scope="col">{g.list.signed}</th><th scope="col">{g.list.time}</th></tr></thead>
        <tbody>{rest.proposals.map((proposal) => <Row key={proposal.id} proposal={proposal} {...rest} />)}</tbody>
      </table>
    </TableScroll>
  )
}

function Row({ proposal, manifest, head, keys }: { proposal: Proposal; manifest: WorldManifest; head: HeadView; keys: OwnKeys | null }) {
  const g = useGovernanceText()
  const { id, record } = proposal
  const mine = needs(proposal, manifest, knownActors(keys))
  return (
    <tr>
      <th scope="row">
        <a href={`#/proposal/${id}`}><Line line={readProposal(head.worldId, record, manifest).sentence} /></a>
        <small><ProposalLink id={id} /> · <SignerName actor={record.author} />{record.title !== '' && <> · <q><PeerText value={record.title} limit={120} /></q></>}</small>
      </th>
      <td data-label={g.list.state}><span className={s.stack}><PhaseBadge record={record} manifest={manifest} />{mine && <Badge tone="warn">{g.list.needsYou}</Badge>}</span></td>
      <td data-label={g.list.shadow}><ShadowBadge shadow={record.shadow} /></td>
      <td data-label={g.list.signed}><SignedCount record={record} manifest={manifest} /></td>
      <td data-label={g.list.time}><Expiry record={record} head={head} /></td>
    </tr>
  )
}
