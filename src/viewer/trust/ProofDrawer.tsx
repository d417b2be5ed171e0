import { useEffect, useState } from 'react'
import { Check, LoaderCircle, Minus, RotateCw, X } from 'lucide-react'
import { useStore } from 'zustand'
import { Dialog } from '../app/Dialog.tsx'
import { bareAsteroid, useText } from '../i18n/index.ts'
import { whenNode } from '../node-client/client.ts'
import type { ProvenRecord } from '../../node/index.ts'
import { nodeStore } from '../stores/node.ts'
import { Button, Hex, PeerText, Problem, Skeleton } from '../ui/parts.tsx'
import { resultOf, useAsync } from '../ui/use-async.ts'
import { checkRecord, STEP_IDS } from './checks.ts'
import type { CheckedStep, StepId } from './checks.ts'
import s from './proof.module.css'

type Run = { readonly steps: ReadonlyMap<StepId, CheckedStep>; readonly outcome: 'running' | 'holds' | 'fails'; readonly tookMs: number }

const STARTED: Run = { steps: new Map(), outcome: 'running', tookMs: 0 }

export default function ProofDrawer({ recordKey }: { recordKey: string }) {
  const { t, f } = useText()
  const [round, setRound] = useState(0)
  const loaded = useAsync(recordKey, round, async () => (await whenNode()).query(recordKey))
  const record = resultOf(loaded)
  return (
    <Dialog title={t.proof.title} side="drawer">
      <p className={s.intro}>{t.proof.intro}</p>
      <div className={s.subject}>
        <span><small>{t.proof.record}</small> <PeerText value={recordKey.startsWith('asteroid/') ? t.asteroid.named(bareAsteroid(recordKey)) : recordKey} /></span>
        {record !== null && <span><small>{t.app.height}</small> {f.int(record.header.height)}</span>}
        <Button onClick={() => setRound(round + 1)}><RotateCw size={15} aria-hidden />{t.proof.recheck}</Button>
      </div>
      {loaded.state === 'failed' && <Problem error={loaded.error} safe={t.proof.unavailable} />}
      {record === null ? loaded.state !== 'failed' && <Skeleton lines={7} /> : <Steps record={record} round={round} />}
    </Dialog>
  )
}

function Steps({ record, round }: { record: ProvenRecord; round: number }) {
  const { t, f } = useText()
  const followed = useStore(nodeStore, (node) => node.status?.world_id ?? null)
  const pinned = useStore(nodeStore, (node) => node.pinnedWorld)
  const run = useRun(record, pinned ?? followed, round)
  return (
    <>
      <p className={s.outcome} data-outcome={run.outcome} role="status">
        {run.outcome === 'running' ? t.proof.checking : run.outcome === 'holds' ? `${t.proof.allPass} ${t.proof.took(f.int(run.tookMs))}` : t.proof.someFail}
      </p>
      {record.value_bytes === null && <p className={s.intro}>{t.proof.absent}</p>}
      <ol className={s.steps}>
        {STEP_IDS.map((id) => <Step key={id} id={id} step={run.steps.get(id) ?? null} current={run.outcome === 'running' && run.steps.size === STEP_IDS.indexOf(id)} />)}
      </ol>
    </>
  )
}

/** Checks the record again whenever another one is shown or the user asks. */
function useRun(record: ProvenRecord, worldId: string | null, round: number): Run {
  const [run, setRun] = useState<Run>(STARTED)
  useEffect(() => {
    let current = true
    const began = performance.now()
    setRun(STARTED)
    const onStep = (step: CheckedStep): void => {
      if (current) setRun((before) => ({ ...before, steps: new Map(before.steps).set(step.id, step) }))
    }
    void checkRecord(record, worldId, onStep).then((holds) => {
      if (current) setRun((before) => ({ ...before, outcome: holds ? 'holds' : 'fails', tookMs: performance.now() - began }))
    })
    return () => { current = false }
  }, [record, worldId, round])
  return run
}

function Step({ id, step, current }: { id: StepId; step: CheckedStep | null; current: boolean }) {
  const { t } = useText()
  const state = step === null ? (current ? 'running' : 'waiting') : step.holds ? 'pass' : 'fail'
  const Icon = { pass: Check, fail: X, running: LoaderCircle, waiting: Minus }[state]
  const { title, says } = t.proof.steps[id]
  return (
    <li data-state={state}>
      <span className={s.mark}><Icon size={15} aria-hidden /></span>
      <div>
        <h3>{title} <small>{t.proof.states[state]}</small></h3>
        <p>{says}</p>
        {step !== null && (
          <dl className={s.facts}>
            {step.facts.map(([name, value]) => (
              <div key={name}><dt>{t.proof.facts[name]}</dt><dd>{/^[0-9a-f]{64,}$/.test(value) ? <Hex value={value} full={value.length === 64} edge={24} /> : <PeerText value={value} />}</dd></div>
            ))}
          </dl>
        )}
      </div>
    </li>
  )
}
