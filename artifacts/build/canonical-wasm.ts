import { BuildError } from './errors.ts'

const HEADER_BYTES = 8
const CUSTOM_SECTION = 0

/** The module without custom sections: names and tool notes, which no engine runs and which differ between tools (strip-custom-sections-v1). */
export function canonicalWasm(wasm: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [wasm.subarray(0, HEADER_BYTES)]
  let at = HEADER_BYTES
  while (at < wasm.length) {
    const start = at
    const id = wasm[at++]!
    let size = 0
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++]
      if (byte === undefined || shift > 28) throw new BuildError('COMPILE_FAILED', 'The compiler gave a module whose sections do not end. Run "npm ci" and try again.')
      size += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    at += size
    if (id !== CUSTOM_SECTION) kept.push(wasm.subarray(start, at))
  }
  if (at !== wasm.length) throw new BuildError('COMPILE_FAILED', 'The compiler gave a module that is cut off. Run "npm ci" and try again.')
  return Uint8Array.from(Buffer.concat(kept))
}
