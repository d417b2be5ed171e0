import { BadgeCheck, CircleAlert, LoaderCircle } from 'lucide-react'
import { useText } from '../../i18n/index.ts'
import { openOverlay } from '../../stores/panels.ts'
import type { CheckedRecord } from './use-record.ts'
import s from '../../ui/ui.module.css'

/** Says whether the record beside it was verified here, and opens its proof. Only a `Verified` value makes it green. */
export function TrustMark({ checked, failed, recordKey }: { checked: CheckedRecord | null; failed: boolean; recordKey: string }) {
  const { t, f } = useText()
  const tone = failed ? 'bad' : checked === null ? 'info' : 'ok'
  const Icon = failed ? CircleAlert : checked === null ? LoaderCircle : BadgeCheck
  return (
    <button type="button" className={s.button} data-quiet data-tone={tone} onClick={() => openOverlay({ kind: 'proof', key: recordKey })}>
      <Icon size={16} aria-hidden />
      {failed ? t.proof.states.fail : checked === null ? t.trust.verifying : t.agent.verifiedAt(f.int(checked.verified.provenance.height))}
    </button>
  )
}
