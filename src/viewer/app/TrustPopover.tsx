import { useStore } from 'zustand'
import { shortHex, useText } from '../i18n/index.ts'
import { nodeStore } from '../stores/node.ts'
import { closeOverlay, openOverlay } from '../stores/panels.ts'
import { Button, ButtonLink, Fact, Facts, Hex, PeerText } from '../ui/parts.tsx'
import { HeightLink } from '../ui/links.tsx'
import { isWrongdoing } from '../trust/refusals.ts'
import { useNow } from '../ui/clock.ts'
import { Dialog } from './Dialog.tsx'
import { TRUST_LOOK, useTrust } from './TrustChip.tsx'
import s from './app.module.css'
import ui from '../ui/ui.module.css'

/** Refusals shown here; all that the node keeps are on the network page. */
const SHOWN_REFUSALS = 4

/** What the chip means right now, what the head rests on, and what was refused. */
export function TrustPopover() {
  const { t, f } = useText()
  const trust = useTrust()
  const now = useNow(1000)
  const status = useStore(nodeStore, (node) => node.status)
  const head = status?.head ?? null
  const refusals = status?.refusals.filter(isWrongdoing).slice(-SHOWN_REFUSALS).reverse() ?? []
  const { icon: Icon, tone } = TRUST_LOOK[trust.kind]
  return (
    <Dialog title={trust.kind === 'stale' ? t.trust.stale(f.span(trust.forMs)) : t.trust[trust.kind]}>
      <p className={s.chip} data-tone={tone}><Icon size={17} aria-hidden /><span>{status === null ? t.boot.loading : t.status.phases[status.phase]}</span></p>
      <p>{t.trust.explain[trust.kind]}</p>
      {head !== null && (
        <Facts>
          <Fact name={t.app.height}><HeightLink height={head.height} /></Fact>
          <Fact name={t.ledger.signers}>{t.trust.by(f.int(head.signers.length), f.int(status!.validators.length || head.signers.length))}</Fact>
          <Fact name={t.ledger.stake}>{t.app.of(f.int(head.signed_stake), f.int(head.total_stake))}</Fact>
          <Fact name={t.ledger.verifiedAt}>{t.app.ago(f.span(now - head.verified_at))}</Fact>
          <Fact name={t.ledger.hash}><Hex value={head.block_hash} edge={8} /></Fact>
          <Fact name={t.ledger.stateRoot}><Hex value={head.state_root} edge={8} /></Fact>
        </Facts>
      )}
      {refusals.length > 0 && (
        <section>
          <h3>{t.trust.refusedTitle}</h3>
          <ul className={s.list}>
            {refusals.map((refusal, index) => (
              <li key={index}>
                <span>{t.codes.failures[refusal.code]?.what ?? t.problem.unknown(refusal.code)}</span>
                <small>{f.time(refusal.at)} · {refusal.code}{refusal.peer_id !== null && <> · <PeerText value={t.toast.fromPeer(shortHex(refusal.peer_id, 8))} /></>}</small>
              </li>
            ))}
          </ul>
        </section>
      )}
      <div className={ui.row}>
        <Button look="primary" disabled={head === null} onClick={() => openOverlay({ kind: 'proof', key: 'world/head' })}>{t.trust.open}</Button>
        <span onClick={closeOverlay}><ButtonLink href="#/network">{t.nav.network}</ButtonLink></span>
      </div>
    </Dialog>
  )
}
