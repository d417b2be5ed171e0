import { shortHex, useText } from '../../i18n/index.ts'
import type { NodeStatus, PeerStatus, RefusalNotice, ValidatorStatus } from '../../../node/index.ts'
import { Badge, ClaimedMark, Empty, Panel, PeerText, Skeleton, TableScroll } from '../../ui/parts.tsx'
import type { Tone } from '../../ui/parts.tsx'
import { HeightLink } from '../../ui/links.tsx'
import ui from '../../ui/ui.module.css'

export function Validators({ status }: { status: NodeStatus | null }) {
  const { t, f } = useText()
  const validators = status?.validators ?? []
  const head = status?.head ?? null
  return (
    <Panel title={t.network.validators} flush aside={status !== null && status.votes_height !== null && <span className={ui.note}>{t.network.thisRound(f.int(status.votes_height))}</span>}>
      {status === null ? <Skeleton /> : validators.length === 0 ? <Empty>{t.network.noValidators}</Empty> : (
        <>
          <TableScroll label={t.network.validators}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t.network.validator}</th><th scope="col" data-num>{t.network.stake}</th><th scope="col">{t.network.signedHead}</th>
                  <th scope="col" data-num>{t.network.lastSigned}</th><th scope="col">{t.network.prevote}</th><th scope="col">{t.network.precommit}</th>
                </tr>
              </thead>
              <tbody>{validators.map((validator) => <ValidatorRow key={validator.validator_id} validator={validator} />)}</tbody>
            </table>
          </TableScroll>
          {head !== null && <p className={ui.note} style={{ padding: '10px 16px' }}>{t.network.quorum(f.int(head.signed_stake), f.int(head.total_stake))}</p>}
        </>
      )}
    </Panel>
  )
}

function ValidatorRow({ validator }: { validator: ValidatorStatus }) {
  const { t, f } = useText()
  return (
    <tr>
      <td className={ui.whole}><PeerText value={validator.validator_id} limit={64} /></td>
      <td data-num>{f.int(validator.stake)}</td>
      <td><Badge tone={validator.signed_head ? 'ok' : 'muted'}>{validator.signed_head ? '✓' : '–'} {validator.signed_head ? t.app.yes : t.app.no}</Badge></td>
      <td data-num>{validator.last_signed_height === null ? t.app.none : <HeightLink height={validator.last_signed_height} />}</td>
      <td><Vote vote={validator.prevote} /></td>
      <td><Vote vote={validator.precommit} /></td>
    </tr>
  )
}

function Vote({ vote }: { vote: 'block' | 'nil' | null }) {
  const { t } = useText()
  if (vote === null) return <span className={ui.muted}>{t.network.vote.unseen}</span>
  return <Badge tone={vote === 'block' ? 'ok' : 'warn'}>{t.network.vote[vote]}</Badge>
}

const PEER_TONES: Readonly<Record<PeerStatus['state'], Tone>> = { connected: 'ok', connecting: 'info', backoff: 'warn' }

export function Peers({ status }: { status: NodeStatus | null }) {
  const { t } = useText()
  const peers = status?.peers ?? []
  return (
    <Panel title={t.network.peers} flush aside={<span className={ui.note}>{t.trust.legendClaimed}: ◌</span>}>
      {status === null ? <Skeleton /> : peers.length === 0 ? <Empty>{status.role === 'solo' ? t.network.soloPeers : t.network.noPeers}</Empty> : (
        <TableScroll label={t.network.peers}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.network.peer}</th><th scope="col">{t.network.state}</th><th scope="col" data-num>{t.app.height}</th><th scope="col" data-num>{t.network.score}</th>
                <th scope="col">{t.network.address}</th><th scope="col">{t.network.lastError}</th>
              </tr>
            </thead>
            <tbody>{peers.map((peer) => <PeerRow key={`${peer.peer_id} ${peer.address}`} peer={peer} />)}</tbody>
          </table>
        </TableScroll>
      )}
    </Panel>
  )
}

function PeerRow({ peer }: { peer: PeerStatus }) {
  const { t, f } = useText()
  return (
    <tr>
      <td className={ui.whole}><code title={peer.peer_id}>{shortHex(peer.peer_id)}</code>{peer.validator_id !== null && <><br /><ClaimedMark claimant={peer.peer_id}><PeerText value={peer.validator_id} limit={64} /></ClaimedMark></>}</td>
      <td><Badge tone={PEER_TONES[peer.state]}>{t.network.states[peer.state]}</Badge>{peer.demoted && <> <Badge tone="bad">{t.network.demoted}</Badge></>}</td>
      <td data-num>{peer.height === null ? t.app.none : <ClaimedMark claimant={peer.peer_id}>{f.int(peer.height)}</ClaimedMark>}</td>
      <td data-num>{f.decimal(peer.score)}</td>
      <td className={ui.long}><small><PeerText value={peer.address} limit={160} /></small></td>
      <td>{peer.last_error === null ? <span className={ui.muted}>{t.app.none}</span> : <small><PeerText value={peer.last_error} limit={200} /></small>}</td>
    </tr>
  )
}

export function Refusals({ status }: { status: NodeStatus | null }) {
  const { t, f } = useText()
  const refusals = status?.refusals.toReversed() ?? []
  const counters = Object.entries(status?.metrics ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return (
    <Panel title={t.network.refusals} flush aside={<span className={ui.note}>{t.network.refusalsIntro}</span>}>
      {status === null ? <Skeleton lines={2} /> : refusals.length === 0 ? <Empty>{t.network.noRefusals}</Empty> : (
        <TableScroll label={t.network.refusals}>
          <table>
            <thead><tr><th scope="col">{t.network.when}</th><th scope="col">{t.app.code}</th><th scope="col" data-num>{t.app.height}</th><th scope="col">{t.network.what}</th><th scope="col">{t.network.from}</th></tr></thead>
            <tbody>{refusals.map((refusal, index) => <RefusalRow key={index} refusal={refusal} />)}</tbody>
          </table>
        </TableScroll>
      )}
      <details className={ui.counters}>
        <summary>{t.network.counters} ({f.int(counters.length)})</summary>
        {counters.length === 0 ? <p className={ui.note}>{t.network.noCounters}</p> : (
          <dl className={ui.counterList}>{counters.map(([name, count]) => <div key={name}><dt><code>{name}</code></dt><dd>{f.int(count)}</dd></div>)}</dl>
        )}
      </details>
    </Panel>
  )
}

function RefusalRow({ refusal }: { refusal: RefusalNotice }) {
  const { t, f } = useText()
  return (
    <tr>
      <td>{f.time(refusal.at)}</td>
      <td><code className={ui.bad}>{refusal.code}</code></td>
      <td data-num>{refusal.height === null ? t.app.none : f.int(refusal.height)}</td>
      <td>{t.codes.failures[refusal.code]?.what}<br /><small className={ui.muted}><PeerText value={refusal.message} limit={240} /></small></td>
      <td>{refusal.peer_id === null ? t.app.unknown : <code title={refusal.peer_id}>{shortHex(refusal.peer_id)}</code>}</td>
    </tr>
  )
}
