import { FolderOpen } from 'lucide-react'
import { Button, PeerText } from '../../ui/parts.tsx'
import { useRef } from 'react'
import ui from '../../ui/ui.module.css'

/** Chooses files; the browser's own button speaks the language of the browser, this one that of the page. The same file may be chosen again. */
export function FileInput({ label, accept, name = null, multiple = false, disabled = false, onChoose }: {
  readonly label: string; readonly accept: string; readonly name?: string | null; readonly multiple?: boolean; readonly disabled?: boolean; readonly onChoose: (files: readonly File[]) => void
}) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <span className={ui.row}>
      <input
        ref={input} type="file" hidden accept={accept} multiple={multiple} disabled={disabled} aria-label={label} tabIndex={-1}
        onChange={(event) => { const files = [...(event.target.files ?? [])]; event.target.value = ''; if (files.length > 0) onChoose(files) }}
      />
      <Button disabled={disabled} onClick={() => input.current?.click()}><FolderOpen size={15} aria-hidden />{label}</Button>
      {name !== null && <span className={ui.note}><PeerText value={name} limit={60} /></span>}
    </span>
  )
}
