/** Small parts the pages of governance share. */
import { useEffect, useRef, useState } from 'react'
import { Ban, Check, CircleAlert, CircleCheck, CircleDashed, CircleHelp, CirclePause, Clock, Hourglass, PenLine, QrCode, ShieldX, TriangleAlert, Undo2, X } from 'lucide-react'
import { Line } from '../sign/Lines.tsx'
import type { SummaryLine } from '../../../vault/index.ts'
import { digestCode } from '../../../vault/index.ts'
import type { ProposalRecord, WorldManifest } from '../../../world/index.ts'
import { formatView } from '../../app/url.ts'
import { shortHex, useText } from '../../i18n/index.ts'
import { useGovernanceText } from '../../i18n/governance/index.ts'
import { Badge, Button } from '../../ui/parts.tsx'
import type { Tone } from '../../ui/parts.tsx'
import { Digest } from '../keys/Fingerprint.tsx'
import type { CheckState } from './checks.ts'
import { blocksLeft, phaseOf } from './proposals.ts'
import type { OwnKeys } from './own-keys.ts'
import type { Phase } from './proposals.ts'
import type { HeadView } from './use-governance.ts'
import ui from '../../ui/ui.module.css'
import s from './governance.module.css'

const PHASE_LOOK: Readonly<Record<Phase, readonly [Tone, typeof Check]>> = {
  shadow: ['info', Hourglass], anchoring: ['info', Hourglass], signing: ['warn', PenLine], failed: ['bad', CircleAlert], queued: ['info', Clock], applied: ['ok', CircleCheck], rejected: ['bad', X],
  vetoed: ['bad', ShieldX], withdrawn: ['muted', Undo2], late: ['muted', CirclePause], superseded: ['muted', Ban],
}

export function PhaseBadge({ record, manifest }: { record: ProposalRecord; manifest: WorldManifest }) {
  const g = useGovernanceText()
  const phase = phaseOf(record, manifest)
  const [tone, Icon] = PHASE_LOOK[phase]
  return <Badge tone={tone}><Icon size={13} aria-hidden />{g.phase[phase]}</Badge>
}

export function ShadowBadge({ shadow }: Pick<ProposalRecord, 'shadow'>) {
  const g = useGovernanceText()
  if (shadow === null) return <Badge tone="muted"><CircleDashed size={13} aria-hidden />{g.shadowStatus.none}</Badge>
  const Icon = shadow.status === 'passed' ? Check : CircleAlert
  return <Badge tone={shadow.status === 'passed' ? 'ok' : shadow.status === 'warning' ? 'warn' : 'bad'}><Icon size={13} aria-hidden />{g.shadowStatus[shadow.status]}</Badge>
}

/** ●●○ and in words. */
export function SignedCount({ record, manifest }: { record: ProposalRecord; manifest: WorldManifest }) {
  const { f } = useText()
  const g = useGovernanceText()
  const needed = record.certificate?.required_signers ?? manifest.governance.threshold
  const signed = record.approvals.length
  return <span className={s.signed}><span aria-hidden>{'●'.repeat(Math.min(signed, 16))}{'○'.repeat(Math.max(0, needed - signed))}</span> {g.list.count(f.int(signed), f.int(needed))}</span>
}

export function Expiry({ record, head }: { record: ProposalRecord; head: HeadView }) {
  const { f } = useText()
  const g = useGovernanceText()
  if (record.closed_height !== null) return <>{g.list.ended(f.int(record.closed_height))}</>
  if (record.apply_height !== null) return <>{g.list.applies(f.span(Math.max(0, record.apply_height - head.height) * head.intervalMs), f.int(record.apply_height))}</>
  return <>{g.list.expires(f.span(blocksLeft(record, head.height) * head.intervalMs), f.int(record.expires_height))}</>
}

export function ProposalLink({ id }: { id: string }) {
  return <a href={formatView({ page: 'proposal', id })} title={id}><code>{shortHex(id)}</code></a>
}

/** Who may sign, and where the key for it is. */
export function ActorOption({ actor, keys }: { actor: string; keys: OwnKeys | null }) {
  const { keyHere, keyOnDevice, keyElsewhere } = useGovernanceText().decide
  return <option value={actor}>{actor} · {keys?.actors.includes(actor) === true ? keyHere : keys?.elsewhere.includes(actor) === true ? keyOnDevice : keyElsewhere}</option>
}

export function Dangers({ lines }: { lines: readonly SummaryLine[] }) {
  return <ul className={s.dangers}>{lines.map((line, index) => <li key={index}><TriangleAlert size={16} aria-hidden /><Line line={line} /></li>)}</ul>
}

const CHECK_LOOK: Readonly<Record<CheckState, readonly [Tone, typeof Check]>> = { pass: ['ok', Check], fail: ['bad', X], inconclusive: ['warn', CircleHelp], 'not-run': ['muted', CircleDashed] }

export function CheckBadge({ state }: { state: CheckState }) {
  const g = useGovernanceText()
  const [tone, Icon] = CHECK_LOOK[state]
  return <Badge tone={tone}><Icon size={13} aria-hidden />{g.checks.states[state]}</Badge>
}

/** A whole hash in words and digits, as a code on demand (R6). */
export function WholeHash({ label, hex, recomputed }: { label: string; hex: string; recomputed: boolean }) {
  const g = useGovernanceText()
  const [coded, setCoded] = useState(false)
  return (
    <div className={s.hash}>
      <div className={s.hashHead}>
        <h3>{label} <small className={ui.muted}>{recomputed ? g.hashes.recomputed : g.hashes.stated}</small></h3>
        <Button look="quiet" aria-expanded={coded} onClick={() => setCoded(!coded)}><QrCode size={15} aria-hidden />{coded ? g.hashes.hideCode : g.hashes.code}</Button>
      </div>
      <Digest label={label} hex={hex} />
      {coded && <HashCode hex={hex} label={g.hashes.codeAlt(label)} />}
    </div>
  )
}

function HashCode({ hex, label }: { hex: string; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    let current = true
    void import('../sign/qr/draw-code.ts').then(({ drawCode }) => {
      if (current && canvas.current !== null) drawCode(canvas.current, digestCode(hex))
    })
    return () => { current = false }
  }, [hex])
  return <canvas ref={canvas} className={s.code} role="img" aria-label={label} />
}
