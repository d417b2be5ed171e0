/** Lowercase hex for showing. The first view does without the codec, so this is its own; anything that is hashed or signed uses the codec. */
export function toHexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
