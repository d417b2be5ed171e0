import { ShieldCheck } from 'lucide-react'
import { useText } from '../../i18n/index.ts'
import type { ProvenRecord } from '../../../node/index.ts'
import { openOverlay } from '../../stores/panels.ts'
import { toHexText } from '../../ui/hex-text.ts'
import { Button, CopyButton, Fact, Facts, Hex, Pre } from '../../ui/parts.tsx'
import { HeightLink } from '../../ui/links.tsx'
import { valueText } from '../events/describe.ts'
import ui from '../../ui/ui.module.css'

export function RawRecord({ record }: { record: ProvenRecord }) {
  const { t } = useText()
  const hex = record.value_bytes === null ? '' : toHexText(record.value_bytes)
  return (
    <>
      <p className={ui.note}>{t.agent.rawIntro}</p>
      <section><h3>{t.agent.text}</h3><Pre label={t.agent.text}>{valueText(record.value)}</Pre></section>
      <section><h3>{t.agent.hex} <CopyButton value={hex} /></h3><Pre label={t.agent.hex}>{hex === '' ? t.app.none : hex}</Pre></section>
    </>
  )
}

export function RecordProof({ record }: { record: ProvenRecord }) {
  const { t, f } = useText()
  return (
    <>
      <p className={ui.note}>{t.agent.proofIntro}</p>
      <Facts>
        <Fact name={t.app.height}><HeightLink height={record.header.height} /></Fact>
        <Fact name={t.proof.facts.siblings}>{f.int(record.proof.siblings.length)}</Fact>
        <Fact name={t.ledger.stateRoot}><Hex value={toHexText(record.header.state_root)} edge={8} /></Fact>
        <Fact name={t.ledger.hash}><Hex value={toHexText(record.certificate.block_hash)} edge={8} /></Fact>
      </Facts>
      <div><Button look="primary" onClick={() => openOverlay({ kind: 'proof', key: record.key })}><ShieldCheck size={16} aria-hidden />{t.agent.openProof}</Button></div>
    </>
  )
}
