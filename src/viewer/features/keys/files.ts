/** Files to and from the person at the page. */
import { PageError } from '../../node-client/errors.ts'

/** Throws `FILE_TOO_LARGE`. */
export async function readBytes(file: Blob, maxBytes: number): Promise<Uint8Array> {
  if (file.size > maxBytes) throw new PageError('FILE_TOO_LARGE', `The file has ${file.size} bytes, more than the ${maxBytes} that such a file can have. Choose another one.`, { bytes: file.size, max_bytes: maxBytes })
  return new Uint8Array(await file.arrayBuffer())
}

/** Throws `FILE_TOO_LARGE`. */
export async function readText(file: Blob, maxBytes: number): Promise<string> {
  return new TextDecoder().decode(await readBytes(file, maxBytes))
}

/** Offers a file for saving; where it goes is the browser's business. */
export function saveFile(name: string, content: string | Uint8Array | Blob, type: string): void {
  const url = URL.createObjectURL(new Blob([content as string | Uint8Array<ArrayBuffer> | Blob], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(url), 60_000) // some browsers read it late
}
