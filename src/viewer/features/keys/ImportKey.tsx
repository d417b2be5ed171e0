import { useState } from 'react'
import { Import } from 'lucide-react'
import { parseKeystore } from '../../../vault/index.ts'
import type { KeyInfo } from '../../../vault/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { Button, Fact, Facts, Hex, PeerText } from '../../ui/parts.tsx'
import { vault } from '../../vault-client/client.ts'
import { MAX_KEYSTORE_BYTES } from './BackupForm.tsx'
import { DeskProblem } from './DeskProblem.tsx'
import { FileInput } from './FileInput.tsx'
import { readText } from './files.ts'
import { Fingerprint } from './Fingerprint.tsx'
import { initialLock, isLockReady, LockChoice, lockFrom } from './LockChoice.tsx'
import { Passphrase } from './Passphrase.tsx'
import { useTask } from './use-task.ts'
import ui from '../../ui/ui.module.css'

/** Brings a key from its encrypted file, and says how it is opened here from then on. */
export function ImportKey({ onImported }: { readonly onImported: (key: KeyInfo) => void }) {
  const d = useDeskText()
  const task = useTask()
  const [file, setFile] = useState<{ readonly name: string; readonly text: string } | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const [lock, setLock] = useState(initialLock)
  const [kept, keepPassphrase] = useState(true)
  const keystore = file === null ? null : parseKeystore(file.text)
  const choose = (chosen: File): Promise<void> =>
    task.run(async () => {
      setFile(null)
      const text = await readText(chosen, MAX_KEYSTORE_BYTES)
      parseKeystore(text)
      setFile({ name: chosen.name, text })
    })
  const bring = (): Promise<void> =>
    task.run(async () => {
      const how = kept ? ({ kind: 'passphrase', passphrase } as const) : await lockFrom(lock, keystore!.label)
      const key = await vault().importKeystore(file!.text, passphrase, how)
      setFile(null)
      setPassphrase('')
      setLock({ ...lock, passphrase: '' })
      onImported(key)
    })
  return (
    <form className={ui.panelForm} onSubmit={(event) => { event.preventDefault(); void bring() }}>
      <p className={ui.note}>{d.restore.intro}</p>
      <FileInput label={d.restore.choose} accept=".json,application/json" name={file?.name ?? null} disabled={task.busy} onChoose={([chosen]) => void choose(chosen!)} />
      {keystore !== null && (
        <>
          <Facts><Fact name={d.keys.label}><PeerText value={keystore.label} limit={64} /></Fact><Fact name={d.keys.world}>{keystore.world_id === null ? d.keys.anyWorld : <Hex value={keystore.world_id} edge={10} />}</Fact></Facts>
          <Fingerprint publicKey={keystore.public_key} />
          <Passphrase label={d.backup.fileItsPassphrase} value={passphrase} disabled={task.busy} onChange={setPassphrase} />
          <label className={ui.check}><input type="checkbox" checked={kept} disabled={task.busy} onChange={(event) => keepPassphrase(event.target.checked)} /><span>{d.restore.samePassphrase}</span></label>
          {!kept && <LockChoice value={lock} disabled={task.busy} onChange={setLock} />}
          <div><Button type="submit" look="primary" disabled={task.busy || passphrase === '' || (!kept && !isLockReady(lock))}><Import size={16} aria-hidden />{task.busy ? d.unlock.stretching : d.restore.bring}</Button></div>
        </>
      )}
      {task.error !== null && <DeskProblem error={task.error} />}
    </form>
  )
}
