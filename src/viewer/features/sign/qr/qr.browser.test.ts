import { afterEach, describe, expect, it, vi } from 'vitest'
import { ChunkCollector, digestCode, MAX_CHUNKS, CHUNK_BYTES, toChunks } from '../../../../vault/index.ts'
import { drawCode } from './draw-code.ts'
import { openCamera, readPicture, watchVideo } from './scan.ts'

const refusal = (code: string): unknown => expect.objectContaining({ code })
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 73 + (index >> 8)) % 256)

async function picture(text: string): Promise<Blob> {
  const canvas = new OffscreenCanvas(1, 1)
  drawCode(canvas, text)
  return canvas.convertToBlob()
}

afterEach(() => vi.restoreAllMocks())

describe('codes', () => {
  it('come back from the picture they were drawn in, small and large', async () => {
    const whole = toChunks(bytes(CHUNK_BYTES))[0]!
    const last = toChunks(bytes(CHUNK_BYTES * MAX_CHUNKS)).at(-1)!
    for (const text of [digestCode('0f'.repeat(32)), toChunks(bytes(1))[0]!, whole, last]) expect(await readPicture(await picture(text)), text.slice(0, 40)).toBe(text)
  })

  it('carry a request over, code by code, in any order', async () => {
    const request = bytes(5 * CHUNK_BYTES + 17)
    const collector = new ChunkCollector()
    for (const text of toChunks(request).reverse()) collector.add((await readPicture(await picture(text)))!)
    expect(collector.add(toChunks(request)[0]!)).toMatchObject({ received: 6, total: 6, file: request })
  })

  it('are found where they are a small part of a large picture', async () => {
    const text = digestCode('0f'.repeat(32))
    const page = new OffscreenCanvas(1280, 2923)
    const context = page.getContext('2d')!
    context.fillStyle = '#f3f5fa'
    context.fillRect(0, 0, page.width, page.height)
    context.drawImage(await createImageBitmap(await picture(text)), 310, 1210, 170, 170)
    expect(await readPicture(await page.convertToBlob())).toBe(text)
  })

  it('are not found where there are none', async () => {
    const empty = new OffscreenCanvas(300, 300)
    empty.getContext('2d')!.fillRect(0, 0, 300, 150)
    expect(await readPicture(await empty.convertToBlob())).toBeNull()
    await expect(readPicture(new Blob(['no picture']))).rejects.toThrowError(refusal('PICTURE_INVALID'))
  })

  it('are read from moving pictures, one after the other', async () => {
    const request = bytes(3 * CHUNK_BYTES)
    const codes = toChunks(request)
    const screen = document.createElement('canvas')
    drawCode(screen, codes[0]!)
    const video = document.createElement('video')
    video.muted = true
    video.srcObject = screen.captureStream(10)
    await video.play()
    let shown = 0
    const turning = setInterval(() => drawCode(screen, codes[++shown % codes.length]!), 150)
    const collector = new ChunkCollector()
    const { promise, resolve } = Promise.withResolvers<Uint8Array>()
    const stop = watchVideo(video, (text) => {
      const { file } = collector.add(text)
      if (file !== null) resolve(file)
    })
    expect(await promise).toEqual(request)
    stop()
    clearInterval(turning)
  })

  it.each([['NotAllowedError', 'CAMERA_REFUSED'], ['NotFoundError', 'CAMERA_MISSING'], ['NotReadableError', 'CAMERA_FAILED']])('say what to do without a camera: %s', async (name, code) => {
    vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockRejectedValue(new DOMException('no', name))
    await expect(openCamera()).rejects.toThrowError(refusal(code))
  })
})
