/** Codes from a camera or from pictures. The decoder is loaded with the first scan. */
import { PageError } from '../../../node-client/errors.ts'

/** Frames of a camera are scaled down to this many pixels a side: more makes the search slower, not better. */
const FRAME_SIDE = 1280
/** A code may be a small part of a picture, or a large blurred one: looked for as it is first, then scaled down. */
const PICTURE_SIDES = [3200, 1280]
/** Milliseconds the decoder may spend on second guesses: less than a frame with a camera, so that the page stays quick; more for the one picture there is. */
const FRAME_BUDGET_MS = 8
const PICTURE_BUDGET_MS = 200
/** Between two looks at the camera; codes change four times a second. */
const LOOK_INTERVAL_MS = 90

type Decode = (image: ImageData) => string | null

async function loadDecoder(budgetMs: number): Promise<Decode> {
  const { decodeQR } = await import('qr/decode.js')
  return (image) => {
    try {
      return decodeQR(image, { timeLimit: budgetMs })
    } catch {
      return null // most frames show no code
    }
  }
}

/** The camera, the one at the back where there are two. Throws `CAMERA_MISSING`, `CAMERA_REFUSED`, `CAMERA_FAILED`. */
export async function openCamera(deviceId: string | null = null): Promise<MediaStream> {
  if (navigator.mediaDevices?.getUserMedia === undefined) throw new PageError('CAMERA_MISSING', 'This browser gives the page no camera. Use a file, or a picture of the code.')
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { width: { ideal: 1280 }, height: { ideal: 720 }, ...(deviceId === null ? { facingMode: 'environment' } : { deviceId: { exact: deviceId } }) },
    })
  } catch (cause) {
    throw cameraError(cause)
  }
}

function cameraError(cause: unknown): PageError {
  switch ((cause as { name?: string }).name) {
    case 'NotAllowedError': case 'SecurityError': return new PageError('CAMERA_REFUSED', 'The browser did not let the page use the camera. Allow it in the address bar, or use a file.', {}, { cause })
    case 'NotFoundError': case 'OverconstrainedError': return new PageError('CAMERA_MISSING', 'There is no camera. Use a file, or a picture of the code.', {}, { cause })
    default: return new PageError('CAMERA_FAILED', 'The camera gave no picture; another program may be using it. Close that one and try again, or use a file.', {}, { cause })
  }
}

/** Looks at what `video` shows until the answer is called; `onText` gets every code that is read, the same one again and again. */
export function watchVideo(video: HTMLVideoElement, onText: (text: string) => void): () => void {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  let timer: ReturnType<typeof setTimeout> | null = null
  let stopped = false
  const loading = loadDecoder(FRAME_BUDGET_MS)
  const look = async (): Promise<void> => {
    const decode = await loading
    if (stopped) return
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0) {
      const text = decode(frame(canvas, context, video, video.videoWidth, video.videoHeight, FRAME_SIDE))
      if (text !== null) onText(text)
    }
    if (!stopped) timer = setTimeout(() => void look(), LOOK_INTERVAL_MS)
  }
  void look()
  return () => {
    stopped = true
    if (timer !== null) clearTimeout(timer)
  }
}

/** The code in a picture; null when none is found. Throws `PICTURE_INVALID`. */
export async function readPicture(file: Blob): Promise<string | null> {
  const decode = await loadDecoder(PICTURE_BUDGET_MS)
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file)
  } catch (cause) {
    throw new PageError('PICTURE_INVALID', 'This file is no picture that the browser can read. Choose a PNG or JPEG.', {}, { cause })
  }
  try {
    const canvas = document.createElement('canvas')
    const context = canvas.getContext('2d', { willReadFrequently: true })!
    for (const side of PICTURE_SIDES) {
      const text = decode(frame(canvas, context, bitmap, bitmap.width, bitmap.height, side))
      if (text !== null) return text
    }
    return null
  } finally {
    bitmap.close()
  }
}

function frame(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, source: CanvasImageSource, width: number, height: number, maxSide: number): ImageData {
  const scale = Math.min(1, maxSide / Math.max(width, height))
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))]
  if (canvas.width !== w) canvas.width = w
  if (canvas.height !== h) canvas.height = h
  context.drawImage(source, 0, 0, w, h)
  return context.getImageData(0, 0, w, h)
}
