import { useRef, useState } from 'react'
import { Download, QrCode as QrIcon } from 'lucide-react'
import { useStore } from 'zustand'
import { ChunkCollector, MAX_RESPONSE_BYTES } from '../../../vault/index.ts'
import type { Intent, SignedIntent } from '../../../vault/index.ts'
import { toHex } from '../../../codec/index.ts'
import { useText } from '../../i18n/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { nodeStore } from '../../stores/node.ts'
import { Button, Pre, Skeleton } from '../../ui/parts.tsx'
import { useAsync } from '../../ui/use-async.ts'
import { vault } from '../../vault-client/client.ts'
import { DeskProblem } from '../keys/DeskProblem.tsx'
import { FileInput } from '../keys/FileInput.tsx'
import { readBytes, saveFile } from '../keys/files.ts'
import { useTask } from '../keys/use-task.ts'
import { CodeSeries } from './qr/CodeSeries.tsx'
import { Scanner } from './qr/Scanner.tsx'
import ks from '../keys/keys.module.css'
import ui from '../../ui/ui.module.css'

/** Signing on another device, by file or by codes in either direction (R14). The answer is checked here before anything is sent. */
export function AirGap({ intent, publicKey, digest, blocked, onSigned }: {
  readonly intent: Intent; readonly publicKey: Uint8Array; readonly digest: string; readonly blocked: boolean; readonly onSigned: (signed: SignedIntent) => void
}) {
  const { f } = useText()
  const d = useDeskText()
  const height = useStore(nodeStore, ({ status }) => status?.head?.height ?? null)
  // One request for the whole ceremony: an answer fits this one alone.
  const made = useAsync(toHex(publicKey), 0, () => vault().makeRequest(intent, publicKey))
  const [asCodes, showCodes] = useState(false)
  const [progress, setProgress] = useState<string | undefined>(undefined)
  const collector = useRef(new ChunkCollector())
  const task = useTask()
  if (made.state === 'failed') return <DeskProblem error={made.error} />
  if (made.state === 'loading') return <Skeleton lines={3} />
  const request = made.result
  const name = `${intent.kind}-${digest.slice(0, 8)}.awsign`
  const accept = (response: Uint8Array): Promise<void> => task.run(async () => onSigned(await vault().acceptResponse(request, response, height)))
  const collect = (code: string): 'more' | 'done' => {
    const { received, total, file } = collector.current.add(code)
    setProgress(d.qr.collected(f.int(received), f.int(total)))
    if (file === null) return 'more'
    collector.current.reset()
    void accept(file)
    return 'done'
  }
  return (
    <div className={ks.steps}>
      <section className={ks.step}>
        <h4>{d.airgap.out}</h4>
        <p className={ui.note}>{d.airgap.outWhy}</p>
        <div className={ui.row}>
          <Button onClick={() => saveFile(name, request, 'application/octet-stream')}><Download size={15} aria-hidden />{d.airgap.save}</Button>
          <Button aria-expanded={asCodes} onClick={() => showCodes(!asCodes)}><QrIcon size={15} aria-hidden />{d.airgap.codes}</Button>
        </div>
        {asCodes && <CodeSeries file={request} label={d.airgap.codesLabel} />}
        <Pre label={d.airgap.command}>{`npm run aw -- sign ${name}`}</Pre>
      </section>
      <section className={ks.step}>
        <h4>{d.airgap.in}</h4>
        <p className={ui.note}>{d.airgap.inWhy}</p>
        <FileInput label={d.airgap.choose} accept=".awsig,application/octet-stream" disabled={task.busy || blocked} onChoose={([file]) => void task.run(async () => onSigned(await vault().acceptResponse(request, await readBytes(file!, MAX_RESPONSE_BYTES), height)))} />
        {!blocked && <Scanner label={d.airgap.scan} progress={progress} onCode={collect} />}
        {task.error !== null && <DeskProblem error={task.error} />}
      </section>
    </div>
  )
}
