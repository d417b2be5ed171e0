import { LockKeyhole, LockKeyholeOpen } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { useText } from '../../i18n/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { Button } from '../../ui/parts.tsx'
import { useNow } from '../../ui/clock.ts'
import { vault } from '../../vault-client/client.ts'
import { noteUnlocked, unlockedStore } from '../../vault-client/unlocked.ts'
import s from './keys.module.css'

/** Between two looks at whether another tab locked the key. */
const LOOK_MS = 2000

/** While a key is open: which one, for how long, and the way to lock it now. Nothing otherwise. */
export function UnlockedBanner({ labelOf }: { readonly labelOf: (keyId: string) => string }) {
  const { f } = useText()
  const d = useDeskText()
  const open = useStore(unlockedStore, (state) => state.open)
  const now = useNow(1000)
  useEffect(() => {
    if (open === null) return undefined
    const timer = setInterval(() => void vault().unlocked().then(noteUnlocked, () => noteUnlocked(null)), LOOK_MS)
    return () => clearInterval(timer)
  }, [open])
  if (open === null || open.until <= now) return null
  return (
    <p className={s.unlocked} role="timer" aria-live="off">
      <LockKeyholeOpen size={16} aria-hidden />
      <span>{d.unlock.open(labelOf(open.key_id), f.int(Math.ceil((open.until - now) / 1000)))}</span>
      <Button onClick={() => void vault().lock().catch(() => undefined)}><LockKeyhole size={15} aria-hidden />{d.unlock.lockNow}</Button>
    </p>
  )
}
