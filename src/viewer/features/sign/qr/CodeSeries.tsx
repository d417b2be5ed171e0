import { useEffect, useMemo, useState } from 'react'
import { Pause, Play, SkipBack, SkipForward } from 'lucide-react'
import { toChunks } from '../../../../vault/index.ts'
import { useText } from '../../../i18n/index.ts'
import { useDeskText } from '../../../i18n/desk/index.ts'
import { errorInfoOf } from '../../../node-client/errors.ts'
import { Button } from '../../../ui/parts.tsx'
import { DeskProblem } from '../../keys/DeskProblem.tsx'
import { QrCode } from './QrCode.tsx'
import s from './qr.module.css'
import ui from '../../../ui/ui.module.css'

/** Long enough for a phone to catch each, short enough that a row of forty takes ten seconds. */
const CODE_MS = 250

/** A file as a row of codes, shown one after the other until the other device has them all; they can be paged by hand, too. */
export function CodeSeries({ file, label }: { readonly file: Uint8Array; readonly label: string }) {
  const { f } = useText()
  const d = useDeskText()
  const codes = useMemo(() => {
    try {
      return toChunks(file)
    } catch (error) {
      return errorInfoOf(error)
    }
  }, [file])
  const [at, setAt] = useState(0)
  const [playing, play] = useState(true)
  const total = Array.isArray(codes) ? codes.length : 0
  useEffect(() => {
    if (!playing || total < 2) return undefined
    const timer = setInterval(() => setAt((now) => (now + 1) % total), CODE_MS)
    return () => clearInterval(timer)
  }, [playing, total])
  if (!Array.isArray(codes)) return <DeskProblem error={codes} />
  const step = (by: number): void => {
    play(false)
    setAt((now) => (now + by + total) % total)
  }
  const place = d.qr.place(f.int(at + 1), f.int(total))
  return (
    <div className={s.series} role="group" aria-label={label}>
      <QrCode text={codes[at]!} label={`${label} ${place}`} large />
      {total > 1 && (
        <div className={ui.row}>
          <Button look="icon" onClick={() => step(-1)} aria-label={d.qr.previous}><SkipBack size={16} aria-hidden /></Button>
          <Button onClick={() => play(!playing)}>{playing ? <Pause size={15} aria-hidden /> : <Play size={15} aria-hidden />}{playing ? d.qr.pause : d.qr.play}</Button>
          <Button look="icon" onClick={() => step(1)} aria-label={d.qr.next}><SkipForward size={16} aria-hidden /></Button>
          <span className={ui.note}>{place}</span>
        </div>
      )}
    </div>
  )
}
