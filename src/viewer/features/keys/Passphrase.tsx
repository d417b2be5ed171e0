import { useState } from 'react'
import { Eye, EyeOff, WandSparkles } from 'lucide-react'
import { toHex } from '../../../codec/index.ts'
import { digestWords } from '../../../vault/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { Button, Field } from '../../ui/parts.tsx'
import { strengthOf } from './strength.ts'
import s from './keys.module.css'

/** Words of a suggested passphrase: 16 bits each. */
const SUGGESTED_WORDS = 6

/** A passphrase, typed or pasted. A new one is judged while it is typed, and may be suggested. */
export function Passphrase({ label, value, fresh = false, disabled = false, onChange }: {
  readonly label: string; readonly value: string; readonly fresh?: boolean; readonly disabled?: boolean; readonly onChange: (value: string) => void
}) {
  const d = useDeskText()
  const [shown, show] = useState(false)
  const strength = strengthOf(value)
  const suggest = (): void => {
    onChange(digestWords(toHex(crypto.getRandomValues(new Uint8Array(32)))).split(' ').slice(0, SUGGESTED_WORDS).join(' '))
    show(true)
  }
  return (
    <div className={s.passphrase}>
      <Field label={label} hint={fresh ? (value === '' ? d.passphrase.hint : d.passphrase.strength[strength]) : undefined}>
        <input
          type={shown ? 'text' : 'password'} value={value} disabled={disabled} autoComplete={fresh ? 'new-password' : 'current-password'} spellCheck={false} autoCapitalize="off" maxLength={1024}
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
      {fresh && value !== '' && <i className={s.meter} data-strength={strength} aria-hidden />}
      <span className={s.passphraseTools}>
        <Button look="quiet" aria-pressed={shown} onClick={() => show(!shown)}>{shown ? <EyeOff size={15} aria-hidden /> : <Eye size={15} aria-hidden />}{shown ? d.passphrase.hide : d.passphrase.show}</Button>
        {fresh && <Button look="quiet" disabled={disabled} onClick={suggest}><WandSparkles size={15} aria-hidden />{d.passphrase.suggest}</Button>}
      </span>
    </div>
  )
}
