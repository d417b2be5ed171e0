import { useState } from 'react'
import { CircleCheck, OctagonX } from 'lucide-react'
import { digestCode, digestWords, groupedHex, parseDigestCode } from '../../../vault/index.ts'
import type { IntentSummary } from '../../../vault/index.ts'
import { useText } from '../../i18n/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { PageError } from '../../node-client/errors.ts'
import { useNow } from '../../ui/clock.ts'
import { Field } from '../../ui/parts.tsx'
import type { Loadable } from '../../ui/use-async.ts'
import { Digest } from '../keys/Fingerprint.tsx'
import { COMPARE_MS } from './ceremony.ts'
import type { Ceremony, CeremonyAction } from './ceremony.ts'
import { readDigest } from './comparison.ts'
import { QrCode } from './qr/QrCode.tsx'
import { Scanner } from './qr/Scanner.tsx'
import { RequestOut } from './RequestOut.tsx'
import type { SigningRequestFile } from './RequestOut.tsx'
import s from './sign.module.css'
import ui from '../../ui/ui.module.css'

/** The digest of what is signed, whole: digits, words and code (R6). Where `strict` it must be compared with what a second device shows (R7). */
export function CompareStep({ digest, summary, request, strict, state, dispatch }: {
  readonly digest: string; readonly summary: IntentSummary; readonly request: Loadable<SigningRequestFile | null>; readonly strict: boolean; readonly state: Ceremony; readonly dispatch: (action: CeremonyAction) => void
}) {
  const d = useDeskText()
  return (
    <>
      <p>{d.sign.digestWhy}</p>
      <div className={s.digest}>
        <QrCode text={digestCode(digest)} label={d.sign.digestCode} />
        <Digest label={d.sign.digest} hex={digest} />
      </div>
      <details className={s.part}>
        <summary>{d.sign.hashes}</summary>
        <dl className={s.hashes}>
          {summary.hashes.map(({ name, hex, recomputed }) => (
            <div key={name}><dt>{d.hashes[name] ?? name} <small>{recomputed ? d.sign.recomputed : d.sign.stated}</small></dt><dd><Digest label={d.hashes[name] ?? name} hex={hex} /></dd></div>
          ))}
        </dl>
      </details>
      {strict ? <SecondDevice digest={digest} request={request} state={state} dispatch={dispatch} /> : <p className={ui.note}>{d.sign.compareFree}</p>}
    </>
  )
}

function SecondDevice({ digest, request, state, dispatch }: {
  readonly digest: string; readonly request: Loadable<SigningRequestFile | null>; readonly state: Ceremony; readonly dispatch: (action: CeremonyAction) => void
}) {
  const { f } = useText()
  const d = useDeskText()
  const now = useNow(250)
  const [since] = useState(Date.now)
  const [typed, setTyped] = useState('')
  const wait = Math.max(0, COMPARE_MS - (now - since))
  const take = (scanned: string): void => dispatch({ type: 'scanned', digest: scanned, expected: digest })
  return (
    <section className={s.strict} aria-label={d.sign.secondDevice}>
      <h3>{d.sign.secondDevice}</h3>
      <p>{d.sign.secondDeviceHow}</p>
      <RequestOut request={request} />
      <Scanner label={d.sign.scanDigest} onCode={(code) => {
        const scanned = parseDigestCode(code)
        if (scanned === null) throw new PageError('DIGEST_CODE_INVALID', 'This code is no digest. Scan the one that verify.html shows for the request.')
        take(scanned)
        return 'done'
      }} />
      <Field label={d.sign.pasteDigest} hint={d.sign.pasteHint}>
        <input value={typed} maxLength={200} spellCheck={false} autoComplete="off" autoCapitalize="off" onChange={(event) => {
          setTyped(event.target.value)
          const read = readDigest(event.target.value, digest)
          if (read !== null) take(read)
        }} />
      </Field>
      <label className={ui.check}>
        <input type="checkbox" checked={state.compared === 'declared'} disabled={state.compared !== 'declared' && (wait > 0 || state.mismatch !== null || state.compared === 'scanned')} onChange={(event) => dispatch({ type: 'declare', same: event.target.checked })} />
        <span>{d.sign.declare}{wait > 0 && state.compared === null && <> <span className={ui.muted}>{d.sign.wait(f.int(Math.ceil(wait / 1000)))}</span></>}</span>
      </label>
      <div role="status">
        {state.compared === 'scanned' && <p className={ui.ok}><CircleCheck size={16} aria-hidden /> {d.sign.same}</p>}
        {state.mismatch !== null && (
          <div className={ui.problem}>
            <h3><OctagonX size={17} aria-hidden />{d.sign.mismatch}</h3>
            <p>{d.sign.mismatchNext}</p>
            <p className={s.groups}><code>{/^[0-9a-f]{64}$/.test(state.mismatch) ? `${groupedHex(state.mismatch)} · ${digestWords(state.mismatch)}` : state.mismatch}</code></p>
          </div>
        )}
      </div>
    </section>
  )
}
