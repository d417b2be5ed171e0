/** Links to what has a page of its own. */
import { bareAsteroid, peerText, shortHex, useText } from '../i18n/index.ts'
import { agentView, formatView } from '../app/url.ts'
import { useAgentName } from './names.ts'
import s from './ui.module.css'

export function AgentLink({ id }: { id: string }) {
  const name = useAgentName(id)
  return <a href={formatView(agentView(id))} title={id}><bdi className={s.peer} dir="auto">{peerText(name, 32)}</bdi></a>
}

export function AsteroidLink({ id }: { id: string }) {
  const { t } = useText()
  return <a href={formatView({ page: 'asteroid', id })}>{t.asteroid.named(bareAsteroid(id))}</a>
}

export function HeightLink({ height }: { height: number }) {
  const { f } = useText()
  return <a href={formatView({ page: 'height', height })}>{f.int(height)}</a>
}

export function ReceiptLink({ id }: { id: string }) {
  return <a href={formatView({ page: 'receipt', id })} title={id}><code>{shortHex(id)}</code></a>
}
