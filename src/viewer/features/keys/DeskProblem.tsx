import type { ReactNode } from 'react'
import { TriangleAlert } from 'lucide-react'
import type { ErrorInfo } from '../../../codec/index.ts'
import { useText } from '../../i18n/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { PeerText, Problem } from '../../ui/parts.tsx'
import ui from '../../ui/ui.module.css'

/** An error of keys and signing: what happened, what is still safe, what to do, and the code. */
export function DeskProblem({ error, safe, action }: {
  readonly error: ErrorInfo
  /** What is still safe. Default: nothing was signed. */
  readonly safe?: string; readonly action?: ReactNode
}) {
  const { t, f } = useText()
  const d = useDeskText()
  const known = d.codes[error.code]
  if (known === undefined) return <Problem error={error} safe={safe ?? d.safe} action={action} />
  const { retry_ms: retry, ...facts } = error.detail
  const shown = Object.entries(facts).map(([name, value]) => `${name}=${value}`).join(' ')
  return (
    <div className={ui.problem} role="alert">
      <h3><TriangleAlert size={17} aria-hidden />{known.what}</h3>
      <dl>
        <div><dt>{t.problem.safe}</dt><dd>{safe ?? d.safe}</dd></div>
        <div><dt>{t.problem.next}</dt><dd>{known.next}{typeof retry === 'number' && retry > 0 && <> {d.retryIn(f.span(retry))}</>}</dd></div>
        <div><dt>{t.app.code}</dt><dd><code>{error.code}</code>{shown !== '' && <> <code><PeerText value={shown} /></code></>}</dd></div>
      </dl>
      {action !== undefined && <div className={ui.row}>{action}</div>}
    </div>
  )
}
