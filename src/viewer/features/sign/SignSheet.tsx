import { useEffect, useEffectEvent, useReducer, useState } from 'react'
import { useStore } from 'zustand'
import { toHex } from '../../../codec/index.ts'
import type { Intent, SignedIntent } from '../../../vault/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { Button, Skeleton } from '../../ui/parts.tsx'
import { resultOf } from '../../ui/use-async.ts'
import { alwaysStrict } from '../keys/desk-settings.ts'
import { DeskProblem } from '../keys/DeskProblem.tsx'
import { ceremony, isUnderWay, START, STEPS } from './ceremony.ts'
import type { Ceremony, ChosenKey } from './ceremony.ts'
import type { CheckItem } from './check-item.ts'
import { obstacleOf, verdictOf, wantedFor } from './check-item.ts'
import { vaultItems, worldItems } from './CheckList.tsx'
import { Checks } from './Checks.tsx'
import { CompareStep } from './CompareStep.tsx'
import { KeyChoice } from './KeyChoice.tsx'
import { ReadStep } from './ReadStep.tsx'
import { SentStep } from './SentStep.tsx'
import { DropQuestion, Footer, SheetFrame } from './SheetFrame.tsx'
import { SignStep } from './SignStep.tsx'
import { useCandidates, useRequest, useReview, useWorldView } from './use-ceremony-data.ts'
import type { Candidate } from './use-ceremony-data.ts'
import { worldChecks } from './world-checks.ts'
import ui from '../../ui/ui.module.css'

export interface SignSheetProps {
  /** What is to be signed; later changes of it are not looked at. */
  readonly intent: Intent
  /** Checks made elsewhere on the page, such as the shadow run again in this tab. They may change while the sheet is open. */
  readonly evidence?: readonly CheckItem[]
  /** Called once, when the sheet is closed: the id of the action that was signed and sent, or null. */
  readonly onDone: (actionId: string | null) => void
}

/** The signing of one typed intent, from reading it to its receipt. One intent per ceremony (R11). */
export default function SignSheet({ intent: given, evidence = [], onDone }: SignSheetProps) {
  const d = useDeskText()
  const [base] = useState(given)
  const [state, dispatch] = useReducer(ceremony, START)
  const intent = withReason(base, state.reason)
  const publicKey = state.key?.publicKey ?? null
  const loaded = useReview(base, publicKey)
  const review = resultOf(loaded)
  const view = useWorldView(base)
  const candidates = useCandidates(base, view?.actor?.public_key ?? null)
  const request = useRequest(intent, state.step === 'compare' || state.step === 'sign' ? publicKey : null)
  const always = useStore(alwaysStrict.store, ({ value }) => value)
  const keys = resultOf(candidates)
  useOnlyKey(keys?.fitting, state.key === null && state.step !== 'sent', (key) => dispatch({ type: 'choose', key }))

  // Which key it is cannot be wrong before one is chosen.
  const untilChosen = (item: CheckItem): CheckItem => (publicKey === null && (item.id === 'registered_key' || item.id === 'actor_key') ? { ...item, state: 'not-run', detail: d.sign.noKeyYet } : item)
  const own = vaultItems(review?.checks ?? [], d).map(untilChosen)
  const world = worldItems(worldChecks(base, publicKey, view), d).map(untilChosen)
  const verdict = verdictOf([...own, ...world, ...evidence.map((item) => wantedFor(base.kind, item))])
  const settled = loaded.state === 'ready' && publicKey !== null
  const obstacle = !settled ? 'key' : obstacleOf(verdict, state.reason)
  const strict = always || (review?.summary.strict ?? false)
  const [asking, ask] = useState(false)
  const close = (): void => (isUnderWay(state) ? ask(true) : onDone(state.signed?.action_id ?? null))
  const go = (by: 1 | -1): void => dispatch({ type: 'go', step: STEPS[STEPS.indexOf(state.step) + by]! })
  const keyInfo = keys?.fitting.find(({ key }) => publicKey !== null && toHex(key.publicKey) === toHex(publicKey))?.keyInfo ?? null
  const [record, setRecord] = useState('')
  const finish = (signed: SignedIntent): void => {
    // As it stood when it was signed: afterwards the world has moved on.
    setRecord(recordOf(base, { signed, state, checks: [...own, ...world, ...evidence], digest: review?.digest ?? null }))
    dispatch({ type: 'signed', signed })
  }

  return (
    <SheetFrame title={d.sign.title} step={state.step} onClose={close}>
      {asking && <DropQuestion onKeep={() => ask(false)} onDrop={() => onDone(null)} />}
      {loaded.state === 'failed' && <DeskProblem error={loaded.error} action={<Button onClick={() => onDone(null)}>{d.sign.close}</Button>} />}
      {review === null && loaded.state === 'loading' && <Skeleton lines={8} />}
      {review !== null && (
        <>
          {state.step === 'read' && <ReadStep summary={review.summary} />}
          {state.step === 'check' && (
            <>
              {candidates.state === 'failed' && <DeskProblem error={candidates.error} />}
              {keys === null ? <Skeleton lines={2} /> : <KeyChoice actor={base.actor} candidates={keys} chosen={state.key} onChoose={(key) => dispatch({ type: 'choose', key })} />}
              <Checks own={own} world={world} evidence={evidence} obstacle={obstacle} inconclusive={verdict.inconclusive} reasonSigned={base.kind === 'approve_proposal'} reason={state.reason} onReason={(reason) => dispatch({ type: 'reason', reason })} />
            </>
          )}
          {state.step === 'compare' && review.digest !== null && <CompareStep digest={review.digest} summary={review.summary} request={request} strict={strict} state={state} dispatch={dispatch} />}
          {state.step === 'sign' && publicKey !== null && review.digest !== null && (
            <>
              {obstacle !== null && <p className={ui.bad} role="alert">{d.sign.changedMeanwhile}</p>}
              <SignStep intent={intent} summary={review.summary} request={request} keyInfo={keyInfo} publicKey={publicKey} blocked={obstacle !== null} onSigned={finish} />
            </>
          )}
          {state.step === 'sent' && state.signed !== null && <SentStep intent={base} signed={state.signed} record={record} />}
          <Footer
            back={state.step !== 'read' && state.step !== 'sent' ? () => go(-1) : null}
            forward={
              state.step === 'read' ? { label: d.sign.toChecks, run: () => go(1), blocked: null }
              : state.step === 'check' ? { label: d.sign.toCompare, run: () => go(1), blocked: obstacle === null ? null : d.sign.obstacles[obstacle] }
              : state.step === 'compare' ? { label: d.sign.toSign, run: () => go(1), blocked: state.mismatch !== null ? d.sign.mismatch : strict && state.compared === null ? d.sign.obstacles.compare : obstacle === null ? null : d.sign.obstacles[obstacle] }
              : null
            }
            close={state.step === 'sent' ? close : null}
          />
        </>
      )}
    </SheetFrame>
  )
}

/** What was signed and what was known then, to be kept as a file; no secret is in it. */
function recordOf(intent: Intent, { signed, state, checks, digest }: { readonly signed: SignedIntent; readonly state: Ceremony; readonly checks: readonly CheckItem[]; readonly digest: string | null }): string {
  const { world_id, kind, actor, nonce, valid_until_height } = intent
  return `${JSON.stringify({
    format: 'agent-world-signing-record', version: 1, world_id, kind, actor, nonce, valid_until_height, digest, action_id: signed.action_id, public_key: toHex(signed.public_key),
    signature: toHex(signed.share_signature ?? signed.envelope_signature), envelope: toHex(signed.envelope), checks: checks.map(({ id, state: outcome, detail }) => ({ id, state: outcome, detail })), compared: state.compared, reason: state.reason.trim(),
  }, null, 2)}\n`
}

/** An approval carries the reason for going on in spite of something inconclusive (R3); other actions have no place for one. */
function withReason(intent: Intent, reason: string): Intent {
  return intent.kind === 'approve_proposal' && reason.trim() !== '' ? { ...intent, reason: reason.trim() } : intent
}

/** Where only one key fits, it is the one. */
function useOnlyKey(fitting: readonly Candidate[] | undefined, wanted: boolean, choose: (key: ChosenKey) => void): void {
  const usable = (fitting ?? []).filter(({ keyInfo }) => keyInfo === null || keyInfo.backup_verified_at !== null)
  const only = usable.length === 1 ? usable[0]!.key : null
  const take = useEffectEvent(choose)
  useEffect(() => {
    if (wanted && only !== null) take(only)
  }, [wanted, only])
}
