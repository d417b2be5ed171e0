import { useEffect, useState } from 'react'
import { HardDrive, TriangleAlert } from 'lucide-react'
import type { KeyInfo } from '../../../vault/index.ts'
import { useText } from '../../i18n/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { Button } from '../../ui/parts.tsx'
import { useNow } from '../../ui/clock.ts'
import s from './keys.module.css'

/** A backup older than this is worth another look. */
const OLD_BACKUP_MS = 180 * 24 * 3_600_000

/** Warns while the browser may drop the keys, or while one has no backup. */
export function StorageNotice({ keys }: { readonly keys: readonly KeyInfo[] }) {
  const { f } = useText()
  const d = useDeskText()
  const now = useNow(60_000)
  const [persisted, setPersisted] = useState<boolean | null>(null)
  const [refused, setRefused] = useState(false)
  useEffect(() => {
    let current = true
    void navigator.storage?.persisted?.().then((answer) => { if (current) setPersisted(answer) }, () => undefined)
    return () => { current = false }
  }, [])
  const ask = async (): Promise<void> => {
    const granted = await navigator.storage.persist().catch(() => false)
    setPersisted(granted)
    setRefused(!granted)
  }
  if (keys.length === 0) return null
  const unproven = keys.filter(({ backup_verified_at }) => backup_verified_at === null).length
  const oldest = Math.max(0, ...keys.map(({ backup_verified_at }) => (backup_verified_at === null ? 0 : now - backup_verified_at)))
  return (
    <>
      {unproven > 0 && <p className={s.notice} data-tone="warn"><TriangleAlert size={16} aria-hidden /><span>{d.storage.unproven(f.int(unproven))}</span></p>}
      {oldest > OLD_BACKUP_MS && <p className={s.notice} data-tone="info"><TriangleAlert size={16} aria-hidden /><span>{d.storage.old(f.span(oldest))}</span></p>}
      {persisted === false && (
        <p className={s.notice} data-tone="info">
          <HardDrive size={16} aria-hidden /><span>{refused ? d.storage.refused : d.storage.mayVanish}</span>
          {!refused && <Button onClick={() => void ask()}>{d.storage.ask}</Button>}
        </p>
      )}
    </>
  )
}
