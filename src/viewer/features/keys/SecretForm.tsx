import { useEffect, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { Fingerprint, KeyRound } from 'lucide-react'
import type { KeyInfo, Secret } from '../../../vault/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { Button } from '../../ui/parts.tsx'
import { askPasskey } from '../../vault-client/passkey.ts'
import { DeskProblem } from './DeskProblem.tsx'
import { Passphrase } from './Passphrase.tsx'
import { useTask } from './use-task.ts'
import ui from '../../ui/ui.module.css'

/** Asks the holder of a key for its passphrase or passkey and does `use` with it. What was typed is forgotten at once. */
export function SecretForm({ keyInfo, action, ready = true, children, use }: {
  readonly keyInfo: KeyInfo; readonly action: string; readonly ready?: boolean; readonly children?: ReactNode; readonly use: (secret: Secret) => Promise<void>
}) {
  const d = useDeskText()
  const task = useTask()
  const [passphrase, setPassphrase] = useState('')
  const { passkey } = keyInfo
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    // Only where nothing else took the focus that the barred field lost.
    if (task.error !== null && document.activeElement === document.body) form.current?.querySelector<HTMLElement>('input:not([hidden]):enabled, button[type=submit]:enabled')?.focus()
  }, [task.error])
  const submit = (): Promise<void> =>
    task.run(async () => {
      const secret: Secret = passkey === null ? { passphrase } : { prfOutput: await askPasskey(passkey) }
      setPassphrase('')
      try {
        await use(secret)
      } finally {
        if ('prfOutput' in secret) secret.prfOutput.fill(0)
      }
    })
  return (
    <form ref={form} className={ui.panelForm} onSubmit={(event) => { event.preventDefault(); void submit() }}>
      {passkey === null && (
        <>
          <input type="text" hidden readOnly autoComplete="username" value={keyInfo.label} />
          <Passphrase label={d.unlock.passphraseOf(keyInfo.label)} value={passphrase} disabled={task.busy} onChange={setPassphrase} />
        </>
      )}
      {children}
      <div className={ui.row}>
        <Button type="submit" look="primary" disabled={task.busy || !ready || (passkey === null && passphrase === '')}>
          {passkey === null ? <KeyRound size={16} aria-hidden /> : <Fingerprint size={16} aria-hidden />}{task.busy ? (passkey === null ? d.unlock.stretching : d.unlock.waiting) : action}
        </Button>
        {passkey !== null && <span className={ui.note}>{d.unlock.byPasskey}</span>}
      </div>
      {task.error !== null && <DeskProblem error={task.error} />}
    </form>
  )
}
