import { Suspense, lazy, useState } from 'react'
import type { BadManifest, ProposalRecord, ShadowReport, WorldManifest } from '../../../world/index.ts'
import { hintOf, isBadManifest } from '../../../world/index.ts'
import type { Intent } from '../../../vault/index.ts'
import { useText } from '../../i18n/index.ts'
import { useGovernanceText } from '../../i18n/governance/index.ts'
import { errorInfoOf } from '../../node-client/errors.ts'
import type { ErrorInfo } from '../../../codec/index.ts'
import { ReceiptLink } from '../../ui/links.tsx'
import { Button, Field, Panel, Problem } from '../../ui/parts.tsx'
import { evidenceItems } from './Checks.tsx'
import type { Finding } from './checks.ts'
import { frameOf } from './frame.ts'
import { applyIntent, approveIntent, rejectIntent, vetoIntent } from './intent.ts'
import { MOVES, refusalOf } from './moves.ts'
import type { Move, Refusal } from './moves.ts'
import { knownActors } from './own-keys.ts'
import type { OwnKeys } from './own-keys.ts'
import type { ProposalViewProps } from './ProposalPage.tsx'
import { ActorOption, PhaseBadge } from './parts.tsx'
import ui from '../../ui/ui.module.css'
import s from './governance.module.css'

const SignSheet = lazy(() => import('../sign/SignSheet.tsx'))

interface DecideProps extends ProposalViewProps {
  readonly report: ShadowReport | null
  readonly next: WorldManifest | BadManifest | null
  readonly keys: OwnKeys | null
  readonly findings: readonly Finding[]
  /** An approval is about to be read: what can still be checked should be. */
  readonly onReview: () => void
}

/** Everyone who may have a say: signers, guardians, the author, and agents of this browser's keys. */
function actorsOf({ record, manifest, keys }: DecideProps): string[] {
  const { signers, guardians } = manifest.governance
  const officials = [...signers.map(({ signer_id }) => signer_id), ...guardians.map(({ guardian_id }) => guardian_id)].map((name) => `signer/${name}`)
  const own = knownActors(keys)
  return [...new Set([...officials.filter((actor) => own.includes(actor)), record.author, ...officials, ...own])]
}

export function Decide(props: DecideProps) {
  const g = useGovernanceText()
  const { record, manifest, manifestHash, head, keys, findings, onReview } = props
  const actors = actorsOf(props)
  const [chosen, choose] = useState<string | null>(null)
  const known = knownActors(keys)
  const actor = chosen ?? actors.find((each) => known.includes(each) && MOVES.some((move) => refusal(move, each) === null)) ?? actors[0]!
  const [reason, setReason] = useState('')
  const [intent, setIntent] = useState<Intent | null>(null)
  const [problem, setProblem] = useState<ErrorInfo | 'stale' | null>(null)
  const [sent, setSent] = useState<string | null>(null)
  function refusal(move: Move, as: string): Refusal {
    return refusalOf(move, { record, manifest, manifestHash, height: head.height + 1 }, as)
  }
  const begin = (move: Move): void => {
    setProblem(null)
    setSent(null)
    if (move === 'approve') onReview()
    makeIntent(move, props, actor, reason).then((made) => (made === null ? setProblem('stale') : setIntent(made)), (error: unknown) => setProblem(errorInfoOf(error)))
  }
  const offered = MOVES.filter((move) => isOffered(move, record, manifest, actor))
  return (
    <Panel title={g.decide.title} aside={<PhaseBadge record={record} manifest={manifest} />}>
      {record.closed_height !== null ? <p>{g.decide.nothing}</p> : <div className={s.decide}>
        <Field label={g.decide.as}>
          <select value={actor} onChange={(event) => choose(event.target.value)}>
            {actors.map((each) => <ActorOption key={each} actor={each} keys={keys} />)}
          </select>
        </Field>
        {offered.some((move) => move === 'reject' || move === 'withdraw') && (
          <Field label={g.decide.reason} hint={g.decide.reasonHint}><input value={reason} maxLength={400} onChange={(event) => setReason(event.target.value)} /></Field>
        )}
        <div className={s.moves}>
          {offered.map((move) => <MoveRow key={move} move={move} refused={refusal(move, actor)} onBegin={() => begin(move)} />)}
        </div>
        {problem === 'stale' ? <p className={ui.warn} role="alert">{g.decide.stale}</p> : problem !== null && <Problem error={problem} />}
        <p className={ui.note}>{g.decide.undo} {g.decide.cli}</p>
      </div>}
      {sent !== null && <p className={ui.ok} role="status">{g.decide.sent} {g.decide.receipt}: <ReceiptLink id={sent} /></p>}
      {/* What is signed may end the proposal: its sheet stays open until it is closed. */}
      {intent !== null && (
        <Suspense fallback={null}>
          <SignSheet intent={intent} evidence={evidenceItems(findings, g)} onDone={(actionId) => { setIntent(null); setSent(actionId) }} />
        </Suspense>
      )}
    </Panel>
  )
}

/** Guardians see the veto, signers their votes, authors the way back; anyone may bring a certificate once there is one. */
function isOffered(move: Move, { author, certificate, approvals }: ProposalRecord, { governance: { signers, guardians, threshold } }: WorldManifest, actor: string): boolean {
  const isAuthor = author === actor
  const certified = certificate !== null || approvals.length >= threshold
  const isSigner = signers.some(({ signer_id }) => `signer/${signer_id}` === actor)
  switch (move) {
    case 'approve': return isSigner
    case 'reject': return isSigner && !isAuthor
    case 'withdraw': return isAuthor
    case 'veto': return guardians.some(({ guardian_id }) => `signer/${guardian_id}` === actor)
    case 'apply': return certified
  }
}

function MoveRow({ move, refused, onBegin }: { move: Move; refused: Refusal; onBegin: () => void }) {
  const { t } = useText()
  const g = useGovernanceText()
  const why = refused === null ? null : t.codes.rejections[refused]?.what ?? hintOf(refused)
  return (
    <div className={s.move}>
      <Button {...(move === 'approve' && refused === null ? { look: 'primary' as const } : {})} disabled={refused !== null} onClick={onBegin} data-move={move}>{g.decide.move[move]}</Button>
      <small>{g.decide.says[move]} {why !== null && <>{why} <code>{refused}</code></>}</small>
    </div>
  )
}

/** Null while a record it takes is not there. */
async function makeIntent(move: Move, { id, record, manifest, head, report, next }: DecideProps, actor: string, reason: string): Promise<Intent | null> {
  const frame = await frameOf(head.worldId, actor, head.height)
  if (frame === null) return null
  const subject = { proposal_id: id, record, manifest }
  const outcome = report === null || next === null || isBadManifest(next) ? null : { ...subject, report, next }
  switch (move) {
    case 'approve': return outcome === null ? null : approveIntent(frame, outcome)
    case 'apply': return outcome === null ? null : applyIntent(frame, outcome)
    case 'veto': return vetoIntent(frame, subject)
    case 'reject': case 'withdraw': return rejectIntent(frame, subject, reason)
  }
}
