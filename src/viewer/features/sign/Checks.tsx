import { useText } from '../../i18n/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { Field } from '../../ui/parts.tsx'
import { MAX_REASON, MIN_REASON } from './check-item.ts'
import type { CheckItem, Obstacle } from './check-item.ts'
import { CheckList } from './CheckList.tsx'
import s from './sign.module.css'
import ui from '../../ui/ui.module.css'

/** Everything that was checked, by whom; and the reason, where something could not be. */
export function Checks({ own, world, evidence, obstacle, inconclusive, reasonSigned, reason, onReason }: {
  readonly own: readonly CheckItem[]; readonly world: readonly CheckItem[]; readonly evidence: readonly CheckItem[]; readonly obstacle: Obstacle | null; readonly inconclusive: number
  /** The reason becomes part of what is signed; otherwise it stands in the record of the ceremony alone. */
  readonly reasonSigned: boolean
  readonly reason: string; readonly onReason: (reason: string) => void
}) {
  const { f } = useText()
  const d = useDeskText()
  return (
    <>
      <CheckList title={d.sign.byVault} checks={own} />
      <CheckList title={d.sign.byWorld} checks={world} />
      <CheckList title={d.sign.byPage} checks={evidence} />
      {inconclusive > 0 && obstacle !== 'failed' && (
        <section className={s.reason}>
          <p className={ui.warn}>{d.sign.inconclusive(f.int(inconclusive))}</p>
          <Field label={d.sign.reason} hint={reasonSigned ? d.sign.reasonSigned(f.int(MIN_REASON)) : d.sign.reasonKept(f.int(MIN_REASON))}>
            <input value={reason} maxLength={MAX_REASON} autoComplete="off" onChange={(event) => onReason(event.target.value)} />
          </Field>
        </section>
      )}
      {obstacle === 'failed' && <p className={ui.bad} role="alert">{d.sign.failed}</p>}
    </>
  )
}
