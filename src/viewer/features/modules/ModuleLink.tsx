import { formatView } from '../../app/url.ts'
import { PeerText } from '../../ui/parts.tsx'

export function ModuleLink({ id }: { id: string }) {
  return <a href={formatView({ page: 'module', id })}><PeerText value={id} limit={64} /></a>
}
