import { useState } from 'react'
import { KeyRound } from 'lucide-react'
import type { KeyInfo } from '../../../vault/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { Button, Field } from '../../ui/parts.tsx'
import { vault } from '../../vault-client/client.ts'
import { DeskProblem } from './DeskProblem.tsx'
import { initialLock, isLockReady, LockChoice, lockFrom } from './LockChoice.tsx'
import { useTask } from './use-task.ts'
import ui from '../../ui/ui.module.css'

/** A new key, made in the vault. `worldId` is that of this page, if it follows one. */
export function NewKey({ worldId, onCreated }: { readonly worldId: string | null; readonly onCreated: (key: KeyInfo) => void }) {
  const d = useDeskText()
  const task = useTask()
  const [label, setLabel] = useState('')
  const [bound, setBound] = useState(true)
  const [lock, setLock] = useState(initialLock)
  const create = (): Promise<void> =>
    task.run(async () => {
      const name = label.trim()
      const key = await vault().create({ label: name, world_id: bound ? worldId : null }, await lockFrom(lock, name))
      setLabel('')
      setLock({ ...lock, passphrase: '' })
      onCreated(key)
    })
  return (
    <form className={ui.panelForm} onSubmit={(event) => { event.preventDefault(); void create() }}>
      <Field label={d.create.label} hint={d.create.labelHint}><input value={label} maxLength={64} autoComplete="off" disabled={task.busy} onChange={(event) => setLabel(event.target.value)} /></Field>
      <LockChoice value={lock} disabled={task.busy} onChange={setLock} />
      {worldId !== null && (
        <label className={ui.check}><input type="checkbox" checked={bound} disabled={task.busy} onChange={(event) => setBound(event.target.checked)} /><span>{d.create.bound}</span></label>
      )}
      <div><Button type="submit" look="primary" disabled={task.busy || label.trim() === '' || !isLockReady(lock)}>
        <KeyRound size={16} aria-hidden />{task.busy ? (lock.kind === 'passkey' ? d.unlock.waiting : d.unlock.stretching) : d.create.create}
      </Button></div>
      {task.error !== null && <DeskProblem error={task.error} />}
    </form>
  )
}
