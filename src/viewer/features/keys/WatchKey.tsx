import { useState } from 'react'
import { ShieldOff } from 'lucide-react'
import { useDeskText } from '../../i18n/desk/index.ts'
import { Button, Field } from '../../ui/parts.tsx'
import { Scanner } from '../sign/qr/Scanner.tsx'
import { DeskProblem } from './DeskProblem.tsx'
import { FileInput } from './FileInput.tsx'
import { readText } from './files.ts'
import { Fingerprint } from './Fingerprint.tsx'
import { MAX_PUBLIC_KEY_BYTES, parsePublicKey, watchKey } from './public-keys.ts'
import { useTask } from './use-task.ts'
import ui from '../../ui/ui.module.css'

/** Takes up the public half of a key that lies on another device, from a file, a code or as text. */
export function WatchKey({ worldId, onWatched }: { readonly worldId: string | null; readonly onWatched: () => void }) {
  const d = useDeskText()
  const task = useTask()
  const [text, setText] = useState('')
  const [label, setLabel] = useState('')
  const [publicKey, setPublicKey] = useState<Uint8Array | null>(null)
  const take = (given: string): void => {
    const parsed = parsePublicKey(given)
    setPublicKey(parsed.publicKey)
    if (parsed.label !== null && label === '') setLabel(parsed.label)
  }
  const type = (given: string): void => {
    setText(given)
    setPublicKey(null)
    task.forget()
    if (given.trim().length >= 64) void task.run(() => take(given))
  }
  const watch = (): Promise<void> =>
    task.run(() => {
      watchKey(publicKey!, label, worldId, Date.now())
      setText('')
      setLabel('')
      setPublicKey(null)
      onWatched()
    })
  return (
    <form className={ui.panelForm} onSubmit={(event) => { event.preventDefault(); void watch() }}>
      <p className={ui.note}>{d.watch.intro}</p>
      <Field label={d.watch.key} hint={d.watch.keyHint}><input value={text} maxLength={MAX_PUBLIC_KEY_BYTES} spellCheck={false} autoComplete="off" onChange={(event) => type(event.target.value)} /></Field>
      <FileInput label={d.watch.choose} accept=".json,.txt,application/json,text/plain" onChoose={([chosen]) => void task.run(async () => take(await readText(chosen!, MAX_PUBLIC_KEY_BYTES)))} />
      <Scanner label={d.watch.scan} onCode={(code) => { take(code); return 'done' }} />
      {publicKey !== null && (
        <>
          <Fingerprint publicKey={publicKey} />
          <Field label={d.create.label} hint={d.watch.compare}><input value={label} maxLength={64} autoComplete="off" onChange={(event) => setLabel(event.target.value)} /></Field>
          <div><Button type="submit" look="primary" disabled={label.trim() === ''}><ShieldOff size={16} aria-hidden />{d.watch.add}</Button></div>
        </>
      )}
      {task.error !== null && <DeskProblem error={task.error} />}
    </form>
  )
}
