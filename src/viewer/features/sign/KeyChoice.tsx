import { fingerprintOf, digestWords } from '../../../vault/index.ts'
import { shortHex, useText } from '../../i18n/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { toHex } from '../../../codec/index.ts'
import { Badge, ButtonLink, PeerText } from '../../ui/parts.tsx'
import type { ChosenKey } from './ceremony.ts'
import type { Candidates } from './use-ceremony-data.ts'
import ks from '../keys/keys.module.css'
import s from './sign.module.css'
import ui from '../../ui/ui.module.css'

/** The keys that can sign this, and no other. */
export function KeyChoice({ actor, candidates: { fitting, others }, chosen, onChoose }: {
  readonly actor: string; readonly candidates: Candidates; readonly chosen: ChosenKey | null; readonly onChoose: (key: ChosenKey) => void
}) {
  const { f } = useText()
  const d = useDeskText()
  return (
    <fieldset className={ks.choices}>
      <legend className={s.legend}>{d.sign.whichKey(actor)}</legend>
      {fitting.map(({ key, label, keyInfo }) => {
        const unproven = keyInfo !== null && keyInfo.backup_verified_at === null
        const hex = toHex(key.publicKey)
        return (
          <label key={hex} className={ks.choice} data-off={unproven || undefined}>
            <input type="radio" name="signing-key" disabled={unproven} checked={chosen !== null && toHex(chosen.publicKey) === hex} onChange={() => onChoose(key)} />
            <span>
              <b>{label === '' ? d.sign.registeredKey : <PeerText value={label} limit={64} />} <Badge tone="muted">{d.keys.kinds[keyInfo?.kind ?? 'elsewhere']}</Badge></b>
              <small translate="no">{digestWords(fingerprintOf(key.publicKey))} · {shortHex(hex, 8)}</small>
              {unproven && <small className={ui.warn}>{d.codes['BACKUP_NOT_VERIFIED']!.next}</small>}
            </span>
          </label>
        )
      })}
      {fitting.length === 0 && <p className={ui.warn}>{d.sign.noKey(actor)}</p>}
      {others > 0 && <p className={ui.note}>{d.sign.otherKeys(f.int(others))}</p>}
      {fitting.every(({ keyInfo }) => keyInfo === null || keyInfo.backup_verified_at === null) && <div><ButtonLink href="#/keys">{d.sign.toKeys}</ButtonLink></div>}
    </fieldset>
  )
}
