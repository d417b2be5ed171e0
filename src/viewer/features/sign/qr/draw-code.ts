import { encodeQR } from 'qr'

/** Modules of light around a code, as ISO/IEC 18004 wants them. */
const QUIET_ZONE = 4
/** Pixels a side, about: cameras need a few per module, also where the page scales the canvas down. */
const TARGET_SIZE = 720

/** Draws `text` as a QR code, black on white in every theme, in as many whole pixels per module as fit. */
export function drawCode(canvas: HTMLCanvasElement | OffscreenCanvas, text: string): void {
  const modules = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_ZONE })
  const scale = Math.max(3, Math.floor(TARGET_SIZE / modules.length))
  canvas.width = canvas.height = modules.length * scale
  const context = canvas.getContext('2d') as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = '#000000'
  modules.forEach((row, y) => row.forEach((dark, x) => {
    if (dark) context.fillRect(x * scale, y * scale, scale, scale)
  }))
}
