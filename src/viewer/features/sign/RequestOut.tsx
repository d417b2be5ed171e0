import { useState } from 'react'
import { Download, QrCode as QrIcon } from 'lucide-react'
import { useDeskText } from '../../i18n/desk/index.ts'
import { Button, Skeleton } from '../../ui/parts.tsx'
import type { Loadable } from '../../ui/use-async.ts'
import { DeskProblem } from '../keys/DeskProblem.tsx'
import { saveFile } from '../keys/files.ts'
import { CodeSeries } from './qr/CodeSeries.tsx'
import ui from '../../ui/ui.module.css'

/** The one request of a ceremony: for the device that compares, and for the one that signs. */
export interface SigningRequestFile {
  readonly name: string
  readonly bytes: Uint8Array
}

export function RequestOut({ request }: { readonly request: Loadable<SigningRequestFile | null> }) {
  const d = useDeskText()
  const [asCodes, showCodes] = useState(false)
  if (request.state === 'failed') return <DeskProblem error={request.error} />
  if (request.state === 'loading' || request.result === null) return <Skeleton lines={2} />
  const { name, bytes } = request.result
  return (
    <>
      <div className={ui.row}>
        <Button onClick={() => saveFile(name, bytes, 'application/octet-stream')}><Download size={15} aria-hidden />{d.airgap.save}</Button>
        <Button aria-expanded={asCodes} onClick={() => showCodes(!asCodes)}><QrIcon size={15} aria-hidden />{d.airgap.codes}</Button>
      </div>
      {asCodes && <CodeSeries file={bytes} label={d.airgap.codesLabel} />}
    </>
  )
}
