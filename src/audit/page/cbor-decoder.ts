/** In place of cbor-x in verify.html, where its size counts: decodes what `scanCanonical` found to be one canonical item, and nothing else. Same interface. */
export class Decoder {
  decode(bytes: Uint8Array): unknown {
    let at = 0
    const text = new TextDecoder('utf-8', { ignoreBOM: true })
    const take = (length: number): Uint8Array => bytes.slice(at, (at += length))
    const argument = (info: number): number => (info < 24 ? info : take(1 << (info - 24)).reduce((sum, byte) => sum * 256 + byte, 0))
    const item = (): unknown => {
      const head = bytes[at++]!
      const [major, info] = [head >> 5, head & 31]
      if (major === 7) return info === 22 ? null : info === 21
      const count = argument(info)
      if (major < 2) return major === 0 ? count : -1 - count
      if (major < 4) return major === 2 ? take(count) : text.decode(take(count))
      if (major === 4) return Array.from({ length: count }, item)
      const map: Record<string, unknown> = {}
      for (let pairs = count; pairs > 0; pairs--) map[item() as string] = item()
      return map
    }
    return item()
  }
}
