import { useMemo } from 'react'
import { Download } from 'lucide-react'
import { encodeCanonical, governanceCertificatePayload, sha256, toHex } from '../../../codec/index.ts'
import type { Value } from '../../../codec/index.ts'
import { hashOf, isBadManifest, manifestHash as hashOfManifest, proposalIdOf, signerSetHash } from '../../../world/index.ts'
import type { BadManifest, ShadowReport, WorldManifest } from '../../../world/index.ts'
import { groupedHex } from '../../../vault/index.ts'
import { useText } from '../../i18n/index.ts'
import { useGovernanceText } from '../../i18n/governance/index.ts'
import type { GovernanceCatalog } from '../../i18n/governance/index.ts'
import { Button, Panel, Pre } from '../../ui/parts.tsx'
import { formatSetting } from './draft.ts'
import { statementOf } from './intent.ts'
import { WholeHash } from './parts.tsx'
import type { ProposalViewProps } from './ProposalPage.tsx'
import { contentOf } from './proposals.ts'
import { saveFile } from '../keys/files.ts'
import ui from '../../ui/ui.module.css'
import s from './governance.module.css'

type HashName = 'proposal_id' | 'base_manifest_hash' | 'manifest_hash' | 'report_hash' | 'block_hash' | 'signer_set_hash' | 'signed_hash'

interface Named {
  readonly name: HashName
  readonly hex: string
  readonly recomputed: boolean
}

/** Every hash that plays a part, made here wherever the bytes are at hand. */
export function Hashes({ id, record, manifest, manifestHash, head, report, next }: ProposalViewProps & { report: ShadowReport | null; next: WorldManifest | BadManifest | null }) {
  const g = useGovernanceText()
  const hashes = useMemo((): Named[] => {
    const statement = record.closed_height === null ? statementOf(head.worldId, { proposal_id: id, record, manifest }) : null
    const nextHash = next === null || isBadManifest(next) ? null : hashOfManifest(next)
    const { shadow } = record
    const own = proposalIdOf(contentOf(record))
    return [
      { name: 'proposal_id', hex: own, recomputed: true },
      { name: 'base_manifest_hash', hex: record.base_manifest_hash, recomputed: record.base_manifest_hash === manifestHash },
      ...(nextHash !== null ? [{ name: 'manifest_hash' as const, hex: nextHash, recomputed: true }] : shadow === null ? [] : [{ name: 'manifest_hash' as const, hex: shadow.manifest_hash, recomputed: false }]),
      ...(report === null ? [] : [{ name: 'report_hash' as const, hex: hashOf(report), recomputed: true }]),
      ...(shadow?.block_hash == null ? [] : [{ name: 'block_hash' as const, hex: shadow.block_hash, recomputed: false }]),
      ...(record.closed_height === null ? [{ name: 'signer_set_hash' as const, hex: signerSetHash(manifest), recomputed: true }] : []),
      ...(statement === null ? [] : [{ name: 'signed_hash' as const, hex: toHex(sha256(governanceCertificatePayload(statement))), recomputed: true }]),
    ]
  }, [id, record, manifest, manifestHash, head.worldId, report, next])
  return (
    <Panel title={g.hashes.title}>
      <p className={ui.note}>{g.hashes.intro}</p>
      {hashes.map(({ name, hex, recomputed }) => <WholeHash key={name} label={labelOf(name, g)} hex={hex} recomputed={recomputed} />)}
    </Panel>
  )
}

const labelOf = (name: HashName, g: GovernanceCatalog): string => g.hashes[name]

/** The record as it is, and the bytes its id is the hash of. */
export function Raw({ id, record }: Pick<ProposalViewProps, 'id' | 'record'>) {
  const { f } = useText()
  const g = useGovernanceText()
  const bytes = useMemo(() => encodeCanonical(contentOf(record) as unknown as Value), [record])
  return (
    <Panel title={g.raw.title}>
      <details className={s.inside}><summary>{g.raw.json}</summary><Pre label={g.raw.json}>{formatSetting(record as unknown as Value)}</Pre></details>
      <details className={s.inside}>
        <summary>{g.raw.bytes} ({g.raw.size(f.int(bytes.length))})</summary>
        <Pre label={g.raw.bytes}>{groupedHex(toHex(bytes))}</Pre>
      </details>
      <div className={ui.row}><Button onClick={() => saveFile(`proposal-${id.slice(0, 12)}.cbor`, bytes, 'application/cbor')}><Download size={15} aria-hidden />{g.raw.download}</Button></div>
    </Panel>
  )
}
