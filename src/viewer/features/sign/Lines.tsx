import { chineseText } from '../../../vault/index.ts'
import type { SummaryLine } from '../../../vault/index.ts'
import { useText } from '../../i18n/index.ts'

/** A line of the summary in the reader's language. Its values were made safe to show in the vault. */
export function Line({ line }: { readonly line: SummaryLine }) {
  const { language } = useText()
  return <bdi>{language === 'zh' ? chineseText(line) : line.text}</bdi>
}

export function Lines({ lines, className }: { readonly lines: readonly SummaryLine[]; readonly className?: string | undefined }) {
  return <ul className={className}>{lines.map((line, index) => <li key={index}><Line line={line} /></li>)}</ul>
}
