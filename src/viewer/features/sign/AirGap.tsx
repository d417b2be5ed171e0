import { useRef, useState } from 'react'
import { useStore } from 'zustand'
import { ChunkCollector, MAX_RESPONSE_BYTES } from '../../../vault/index.ts'
import type { SignedIntent } from '../../../vault/index.ts'
import { useText } from '../../i18n/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { nodeStore } from '../../stores/node.ts'
import { Pre } from '../../ui/parts.tsx'
import { resultOf } from '../../ui/use-async.ts'
import type { Loadable } from '../../ui/use-async.ts'
import { vault } from '../../vault-client/client.ts'
import { DeskProblem } from '../keys/DeskProblem.tsx'
import { FileInput } from '../keys/FileInput.tsx'
import { readBytes } from '../keys/files.ts'
import { useTask } from '../keys/use-task.ts'
import { Scanner } from './qr/Scanner.tsx'
import { RequestOut } from './RequestOut.tsx'
import type { SigningRequestFile } from './RequestOut.tsx'
import ks from '../keys/keys.module.css'
import ui from '../../ui/ui.module.css'

/** Signing on another device, by file or by codes in either direction (R14). The answer is checked here before anything is sent. */
export function AirGap({ request, blocked, onSigned }: { readonly request: Loadable<SigningRequestFile | null>; readonly blocked: boolean; readonly onSigned: (signed: SignedIntent) => void }) {
  const { f } = useText()
  const d = useDeskText()
  const height = useStore(nodeStore, ({ status }) => status?.head?.height ?? null)
  const [progress, setProgress] = useState<string | undefined>(undefined)
  const collector = useRef(new ChunkCollector())
  const task = useTask()
  const made = resultOf(request)
  const accept = (read: () => Promise<Uint8Array> | Uint8Array): Promise<void> => task.run(async () => onSigned(await vault().acceptResponse(made!.bytes, await read(), height)))
  const collect = (code: string): 'more' | 'done' => {
    const { received, total, file } = collector.current.add(code)
    setProgress(d.qr.collected(f.int(received), f.int(total)))
    if (file === null) return 'more'
    collector.current.reset()
    void accept(() => file)
    return 'done'
  }
  return (
    <div className={ks.steps}>
      <section className={ks.step}>
        <h4>{d.airgap.out}</h4>
        <p className={ui.note}>{d.airgap.outWhy}</p>
        <RequestOut request={request} />
        {made !== null && <Pre label={d.airgap.command}>{`npm run aw -- sign ${made.name}`}</Pre>}
      </section>
      <section className={ks.step}>
        <h4>{d.airgap.in}</h4>
        <p className={ui.note}>{d.airgap.inWhy}</p>
        <FileInput label={d.airgap.choose} accept=".awsig,application/octet-stream" disabled={task.busy || blocked || made === null} onChoose={([file]) => void accept(() => readBytes(file!, MAX_RESPONSE_BYTES))} />
        {!blocked && made !== null && <Scanner label={d.airgap.scan} progress={progress} onCode={collect} />}
        {task.error !== null && <DeskProblem error={task.error} />}
      </section>
    </div>
  )
}
