import { useText } from '../../i18n/index.ts'
import { PeerText } from '../../ui/parts.tsx'
import s from './industry.module.css'

/** Materials by amount, as chips; `none` where there are none. */
export function Materials({ of, none }: { of: Readonly<Record<string, number>>; none: string }) {
  const { f } = useText()
  const entries = Object.entries(of).filter(([, amount]) => amount > 0)
  if (entries.length === 0) return <>{none}</>
  return <ul className={s.materials}>{entries.map(([name, amount]) => <li key={name}><PeerText value={name} limit={40} /> <b>{f.int(amount)}</b></li>)}</ul>
}

export const unitsOf = (materials: Readonly<Record<string, number>>): number => Object.values(materials).reduce((sum, amount) => sum + amount, 0)
