import { useState } from 'react'
import { Download, ShieldCheck } from 'lucide-react'
import { fingerprintOf } from '../../../vault/index.ts'
import type { KeyInfo, Secret } from '../../../vault/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { Button } from '../../ui/parts.tsx'
import { vault } from '../../vault-client/client.ts'
import { DeskProblem } from './DeskProblem.tsx'
import { FileInput } from './FileInput.tsx'
import { readText, saveFile } from './files.ts'
import { Passphrase } from './Passphrase.tsx'
import { SecretForm } from './SecretForm.tsx'
import { useTask } from './use-task.ts'
import s from './keys.module.css'
import ui from '../../ui/ui.module.css'

export const MAX_KEYSTORE_BYTES = 16_384

/** Writes the encrypted file of a key, then has it opened again: only a backup that opens is one. */
export function BackupForm({ keyInfo, onProven }: { readonly keyInfo: KeyInfo; readonly onProven: (proven: KeyInfo) => void }) {
  const d = useDeskText()
  const [passphrase, setPassphrase] = useState('')
  const [saved, setSaved] = useState<string | null>(null)
  const save = async (secret: Secret): Promise<void> => {
    const file = await vault().exportKeystore(keyInfo.key_id, secret, passphrase)
    const name = keystoreName(keyInfo.public_key)
    saveFile(name, file, 'application/json')
    setSaved(name)
    setPassphrase('')
  }
  return (
    <div className={s.steps}>
      <section className={s.step} data-done={saved !== null || undefined}>
        <h4>{d.backup.save}</h4>
        <p className={ui.note}>{d.backup.saveWhy}</p>
        <SecretForm keyInfo={keyInfo} action={saved === null ? d.backup.saveFile : d.backup.saveAgain} ready={passphrase !== ''} use={save}>
          <Passphrase label={d.backup.filePassphrase} value={passphrase} fresh onChange={setPassphrase} />
        </SecretForm>
        {saved !== null && <p role="status" className={ui.ok}><Download size={15} aria-hidden /> {d.backup.saved} <code>{saved}</code></p>}
      </section>
      <section className={s.step}>
        <h4>{d.backup.prove}</h4>
        <p className={ui.note}>{d.backup.proveWhy}</p>
        <ProveBackup keyId={keyInfo.key_id} onProven={onProven} />
      </section>
    </div>
  )
}

/** `agent-world-key-<first digits of the fingerprint>.awkey.json`: says which key, and nothing a thief could use. */
export const keystoreName = (publicKey: Uint8Array): string => `agent-world-key-${fingerprintOf(publicKey).slice(0, 8)}.awkey.json`

function ProveBackup({ keyId, onProven }: { readonly keyId: string; readonly onProven: (proven: KeyInfo) => void }) {
  const d = useDeskText()
  const task = useTask()
  const [file, setFile] = useState<{ readonly name: string; readonly text: string } | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const prove = (): Promise<void> =>
    task.run(async () => {
      const proven = await vault().confirmBackup(keyId, file!.text, passphrase)
      setPassphrase('')
      onProven(proven)
    })
  return (
    <form className={ui.panelForm} onSubmit={(event) => { event.preventDefault(); void prove() }}>
      <FileInput
        label={d.backup.choose} accept=".json,application/json" name={file?.name ?? null}
        onChoose={([chosen]) => void task.run(async () => setFile({ name: chosen!.name, text: await readText(chosen!, MAX_KEYSTORE_BYTES) }))}
      />
      <Passphrase label={d.backup.fileItsPassphrase} value={passphrase} disabled={task.busy} onChange={setPassphrase} />
      <div><Button type="submit" disabled={task.busy || file === null || passphrase === ''}><ShieldCheck size={16} aria-hidden />{task.busy ? d.unlock.stretching : d.backup.check}</Button></div>
      {task.error !== null && <DeskProblem error={task.error} />}
    </form>
  )
}
