import { toHex } from '../../../codec/index.ts'
import { readableText } from '../../../vault/index.ts'
import { shortHex } from '../../i18n/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { keySubject } from './address-book.ts'
import { useAddressBook } from './use-address-book.ts'
import s from './keys.module.css'

/** An actor or key: what the world calls it, and beside it the local name if there is one. */
export function SignerName({ actor, publicKey }: { readonly actor?: string; readonly publicKey?: Uint8Array }) {
  const d = useDeskText()
  const book = useAddressBook()
  const hex = publicKey === undefined ? null : toHex(publicKey)
  const local = (actor === undefined ? null : book.nameOf(actor)) ?? (hex === null ? null : book.nameOf(keySubject(hex)))
  return (
    <span className={s.signer}>
      {actor !== undefined && <code>{actor.length > 40 ? shortHex(actor, 14) : actor}</code>}
      {actor === undefined && hex !== null && <code title={hex}>{shortHex(hex, 8)}</code>}
      {local !== null && <bdi className={s.localName} dir="auto" title={d.book.local}>“{readableText(local)}”</bdi>}
    </span>
  )
}
