import { useState } from 'react'
import type { Intent, IntentSummary, KeyInfo, SignedIntent } from '../../../vault/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import type { Loadable } from '../../ui/use-async.ts'
import { vault } from '../../vault-client/client.ts'
import { SecretForm } from '../keys/SecretForm.tsx'
import { SignerName } from '../keys/SignerName.tsx'
import { UnlockedBanner } from '../keys/UnlockedBanner.tsx'
import { AirGap } from './AirGap.tsx'
import { Line } from './Lines.tsx'
import type { SigningRequestFile } from './RequestOut.tsx'
import s from './sign.module.css'
import ui from '../../ui/ui.module.css'

/** Opens the key and signs at once; the other way round the air gap stands on the same screen (R14). */
export function SignStep({ intent, summary, request, keyInfo, publicKey, blocked, onSigned }: {
  readonly intent: Intent; readonly summary: IntentSummary; readonly request: Loadable<SigningRequestFile | null>; readonly keyInfo: KeyInfo | null; readonly publicKey: Uint8Array
  /** A check failed meanwhile: nothing can be signed, and what comes back from another device is not taken. */
  readonly blocked: boolean
  readonly onSigned: (signed: SignedIntent) => void
}) {
  const d = useDeskText()
  const [elsewhere, setElsewhere] = useState(keyInfo === null)
  return (
    <>
      <p className={s.sentence}><Line line={summary.sentence} /></p>
      <p className={s.by}>{d.sign.by} <SignerName actor={intent.actor} publicKey={publicKey} /></p>
      <UnlockedBanner labelOf={() => keyInfo?.label ?? ''} />
      {keyInfo !== null && (
        <section className={s.part} aria-label={d.sign.here}>
          <h3>{d.sign.here}</h3>
          <SecretForm keyInfo={keyInfo} action={d.sign.signNow} ready={!blocked} use={async (secret) => {
            await vault().unlock(keyInfo.key_id, secret)
            onSigned(await vault().sign(keyInfo.key_id, intent))
          }} />
          <p className={ui.note}>{d.sign.once}</p>
        </section>
      )}
      <details className={s.part} open={elsewhere} onToggle={(event) => setElsewhere(event.currentTarget.open)}>
        <summary>{d.sign.elsewhere}</summary>
        {elsewhere && <AirGap request={request} blocked={blocked} onSigned={onSigned} />}
      </details>
    </>
  )
}
