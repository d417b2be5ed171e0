import type { Lock } from '../../../vault/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { createPasskey, passkeyObstacle } from '../../vault-client/passkey.ts'
import { Passphrase } from './Passphrase.tsx'
import s from './keys.module.css'
import ui from '../../ui/ui.module.css'

/** How a key is to be opened in this browser, as the form has it. */
export interface LockForm {
  readonly kind: 'passkey' | 'passphrase'
  readonly passphrase: string
}

export const initialLock = (): LockForm => ({ kind: passkeyObstacle() === null ? 'passkey' : 'passphrase', passphrase: '' })
export const isLockReady = ({ kind, passphrase }: LockForm): boolean => kind === 'passkey' || passphrase !== ''

/** Makes the lock, asking for a new passkey where it is one. */
export const lockFrom = async ({ kind, passphrase }: LockForm, label: string): Promise<Lock> => (kind === 'passphrase' ? { kind, passphrase } : createPasskey(label))

export function LockChoice({ value, disabled, onChange }: { readonly value: LockForm; readonly disabled: boolean; readonly onChange: (value: LockForm) => void }) {
  const d = useDeskText()
  const obstacle = passkeyObstacle()
  return (
    <fieldset className={s.choices} disabled={disabled}>
      <legend>{d.create.how}</legend>
      {(['passkey', 'passphrase'] as const).map((kind) => (
        <label key={kind} className={s.choice} data-off={(kind === 'passkey' && obstacle !== null) || undefined}>
          <input type="radio" name="lock" checked={value.kind === kind} disabled={kind === 'passkey' && obstacle !== null} onChange={() => onChange({ ...value, kind })} />
          <span><b>{d.create.kinds[kind].name}</b><small>{d.create.kinds[kind].what}</small></span>
        </label>
      ))}
      {obstacle !== null && (
        <p className={ui.note}>
          {d.codes[obstacle]!.what} {d.codes[obstacle]!.next}
          {obstacle === 'PASSKEY_NEEDS_NAME' && isThisMachine() && <> <a href={sameOnLocalhost()}>{d.create.openLocalhost}</a></>}
        </p>
      )}
      {value.kind === 'passphrase' && <Passphrase label={d.create.passphrase} value={value.passphrase} fresh disabled={disabled} onChange={(passphrase) => onChange({ ...value, passphrase })} />}
    </fieldset>
  )
}

const isThisMachine = (): boolean => location.hostname.startsWith('127.') || location.hostname === '[::1]'

function sameOnLocalhost(): string {
  const url = new URL(location.href)
  url.hostname = 'localhost'
  return url.href
}
