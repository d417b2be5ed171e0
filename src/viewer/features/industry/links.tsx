import { formatView } from '../../app/url.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import { AgentLink } from '../../ui/links.tsx'

export function FactoryLink({ id, name }: { id: string; name?: string }) {
  const p = usePageText()
  return <a href={formatView({ page: 'factory', id })} title={id}>{name ?? `${p.factory.title} ${id.slice('factory/'.length).slice(0, 6)}`}</a>
}

/** Who holds material: an agent or a factory. */
export function LedgerLink({ id }: { id: string }) {
  return id.startsWith('factory/') ? <FactoryLink id={id} /> : <AgentLink id={id} />
}
