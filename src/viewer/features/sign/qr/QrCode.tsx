import { useEffect, useRef } from 'react'
import { drawCode } from './draw-code.ts'
import s from './qr.module.css'

/** `text` as a QR code. `label` says in words what it carries. */
export function QrCode({ text, label, large = false }: { readonly text: string; readonly label: string; readonly large?: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    if (canvas.current !== null) drawCode(canvas.current, text)
  }, [text])
  return <canvas ref={canvas} className={s.code} data-large={large || undefined} role="img" aria-label={label} />
}
