import { useText } from '../../i18n/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { feedStore } from '../../stores/feed.ts'
import { HeightLink, ReceiptLink } from '../../ui/links.tsx'
import { useNames } from '../../ui/names.ts'
import { PeerText, Pre, Problem, Skeleton } from '../../ui/parts.tsx'
import { useAsync } from '../../ui/use-async.ts'
import type { WorldEvent } from '../../../world/index.ts'
import { causesOf } from './cause.ts'
import type { CauseStep, CauseSource } from './cause.ts'
import { actionName, nameFrom, sentenceOf, valueText } from './describe.ts'
import { rulesFor } from './rules.ts'
import s from './events.module.css'

const source: CauseSource = {
  block: async (height) =>
    feedStore.getState().blocks.find((block) => block.head.height === height) ?? (await whenNode()).blockAt(height),
}

/** Action → rule module → event, oldest first. */
export function WhyChain({ event }: { event: WorldEvent }) {
  const { t } = useText()
  const chain = useAsync(event.id, 0, () => causesOf(event, source))
  if (chain.state === 'loading') return <Skeleton lines={3} />
  if (chain.state === 'failed') return <Problem error={chain.error} />
  return (
    <ol className={s.steps} aria-label={t.why.title}>
      {chain.result.toReversed().map((step, index) => <Step key={index} step={step} />)}
    </ol>
  )
}

function Step({ step }: { step: CauseStep }) {
  const { t, f } = useText()
  const names = useNames()
  switch (step.kind) {
    case 'event':
      return (
        <li>
          <p><strong>{t.why.event}</strong><bdi>{sentenceOf(step.event, nameFrom(names), t, f)}</bdi></p>
          <small>{step.event.kind} · {step.event.id} · <HeightLink height={step.event.height} /></small>
          <details className={s.payload}><summary>{t.ledger.payload}</summary><Pre label={t.ledger.payload}>{valueText(step.event.payload)}</Pre></details>
        </li>
      )
    case 'action':
      return (
        <>
          <li>
            <p><strong>{t.why.action}</strong>{actionName(step.actionKind ?? '', t)} <ReceiptLink id={step.action_id} /></p>
            {step.receipt !== null && <small>{t.why.fees(f.int(step.receipt.fees.electricity), f.int(step.receipt.fees.data))} · {t.why.fuel(f.int(step.receipt.fuel))}</small>}
          </li>
          {step.actionKind !== null && <Rules actionKind={step.actionKind} />}
        </>
      )
    case 'schedule': return <li><p><strong>{t.why.schedule}</strong></p><small>{t.why.scheduled}</small></li>
    case 'block': return <li><p><strong>{t.why.block}</strong></p><small>{t.why.byBlock}</small></li>
    case 'genesis': return <li><p><strong>{t.why.genesis}</strong></p><small>{t.why.byGenesis}</small></li>
    case 'missing': return <li><small>{t.why.missing}</small></li>
  }
}

function Rules({ actionKind }: { actionKind: string }) {
  const { t, f } = useText()
  const rules = useAsync(actionKind, 0, () => rulesFor(actionKind))
  if (rules.state !== 'ready') return null
  if (rules.result.length === 0) return <li><p><strong>{t.why.rule}</strong></p><small>{t.why.ruleNone}</small></li>
  return rules.result.map((rule) => (
    <li key={rule.module_id}>
      <p><strong>{t.why.rule}</strong><PeerText value={t.why.ruleIs(rule.module_id, rule.version)} limit={80} /></p>
      <small>{t.why.ruleSince(f.int(rule.since_height))} · {t.why.hash} <code>{rule.wasm_hash.slice(0, 16)}…</code></small>
    </li>
  ))
}
