import { digestWords, fingerprintOf, groupedHex } from '../../../vault/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { CopyButton } from '../../ui/parts.tsx'
import s from './keys.module.css'

/** A whole digest as people compare it: eight words, and all its digits in groups of four bytes (R6). */
export function Digest({ label, hex }: { readonly label: string; readonly hex: string }) {
  return (
    <div className={s.digest} role="group" aria-label={label}>
      <p className={s.words} translate="no">{digestWords(hex).split(' ').map((word, index) => <span key={index}>{word} </span>)}</p>
      <p className={s.groups} translate="no"><code>{groupedHex(hex)}</code><CopyButton value={hex} /></p>
    </div>
  )
}

export function Fingerprint({ publicKey }: { readonly publicKey: Uint8Array }) {
  const d = useDeskText()
  return <Digest label={d.keys.fingerprint} hex={fingerprintOf(publicKey)} />
}
