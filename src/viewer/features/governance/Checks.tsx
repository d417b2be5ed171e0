import { RotateCw } from 'lucide-react'
import { useText } from '../../i18n/index.ts'
import { useGovernanceText } from '../../i18n/governance/index.ts'
import type { GovernanceCatalog } from '../../i18n/governance/index.ts'
import { Button, Panel } from '../../ui/parts.tsx'
import type { CheckItem } from '../sign/check-item.ts'
import type { CheckState, Finding } from './checks.ts'
import { CheckBadge } from './parts.tsx'
import ui from '../../ui/ui.module.css'
import s from './governance.module.css'

export function Checks({ findings, onAgain }: { findings: readonly Finding[]; onAgain: () => void }) {
  const { f } = useText()
  const g = useGovernanceText()
  const count = (state: CheckState): string => f.int(findings.filter((finding) => finding.state === state).length)
  const summary = g.checks.summary(count('pass'), count('fail'), count('inconclusive'), count('not-run'))
  return (
    <Panel title={g.checks.title} aside={<><span className={ui.note} role="status">{summary}</span><Button look="quiet" onClick={onAgain}><RotateCw size={15} aria-hidden />{g.checks.run}</Button></>}>
      <p className={ui.note}>{g.checks.intro}</p>
      <ul className={s.checks}>
        {findings.map((finding) => (
          <li key={finding.id} data-check={finding.id} data-state={finding.state}>
            <span><CheckBadge state={finding.state} /></span>
            <div><p>{g.checks.label[finding.id]}</p><small>{evidenceOf(finding, g)}</small></div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function evidenceOf({ evidence, values }: Finding, g: GovernanceCatalog): string {
  return (g.checks.evidence[evidence] as (...values: readonly string[]) => string)(...values)
}

/** What this page found, for the sheet that signs. Which key signs is the sheet's own question. */
export function evidenceItems(findings: readonly Finding[], g: GovernanceCatalog): CheckItem[] {
  return findings.filter(({ id }) => id !== 'own_key').map((finding) => ({ id: finding.id, state: finding.state, detail: evidenceOf(finding, g), label: g.checks.label[finding.id] }))
}
