import { CircleCheck, CircleDashed, CircleHelp, CircleX } from 'lucide-react'
import { readableText } from '../../../vault/index.ts'
import type { IntentCheck } from '../../../vault/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import type { DeskCatalog } from '../../i18n/desk/index.ts'
import type { CheckItem, CheckState } from './check-item.ts'
import type { WorldCheck } from './world-checks.ts'
import s from './sign.module.css'

/** Never green unless it was run and passed. */
const LOOK: Readonly<Record<CheckState, { readonly icon: typeof CircleCheck; readonly tone: string }>> = {
  pass: { icon: CircleCheck, tone: 'ok' }, fail: { icon: CircleX, tone: 'bad' }, inconclusive: { icon: CircleHelp, tone: 'warn' }, 'not-run': { icon: CircleDashed, tone: 'muted' },
}

export function CheckList({ title, checks }: { readonly title: string; readonly checks: readonly CheckItem[] }) {
  const d = useDeskText()
  if (checks.length === 0) return null
  return (
    <section className={s.part}>
      <h3>{title}</h3>
      <ul className={s.checks}>
        {checks.map(({ id, state, detail, label }) => {
          const { icon: Icon, tone } = LOOK[state]
          return (
            <li key={id} data-tone={tone} data-check={id} data-state={state}>
              <Icon size={17} aria-hidden />
              <span><b>{label ?? d.checks[id] ?? id}</b> <em>{d.sign.states[state]}</em>{detail !== '' && <small><bdi dir="auto">{readableText(detail)}</bdi></small>}</span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** The vault's checks: hashes it computed from the content, compared with those that are stated. */
export function vaultItems(checks: readonly IntentCheck[], d: DeskCatalog): readonly CheckItem[] {
  return checks.map(({ check, passed, stated, computed }) => ({
    id: check, state: passed ? 'pass' : 'fail', detail: passed ? (/^[\w./-]{1,90}$/.test(computed) ? computed : '') : d.sign.differs(orNothing(stated, d), orNothing(computed, d)),
  }))
}

export function worldItems(checks: readonly WorldCheck[], d: DeskCatalog): readonly CheckItem[] {
  return checks.map(({ id, state, stated, found }) => ({
    id, state, detail: state === 'pass' ? found : state === 'fail' ? d.sign.differs(orNothing(stated, d), orNothing(found, d)) : state === 'inconclusive' ? d.sign.unknown : d.sign.noWorld,
  }))
}

const orNothing = (text: string, d: DeskCatalog): string => (text === '' ? d.sign.nothing : text)
