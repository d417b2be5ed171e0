import { WasmError } from '../errors.ts'
import type { WasmErrorCode } from '../errors.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }) // a BOM is part of the name; dropping it would merge two names

export function refuse(code: WasmErrorCode, message: string, offset: number, detail?: Readonly<Record<string, string | number>>): never {
  throw new WasmError(code, message, offset, detail)
}

/** Cursor over [pos, end) of a module. Every read is bounded; offsets in errors count from the start of the module. */
export class Reader {
  readonly bytes: Uint8Array
  readonly end: number
  pos: number

  constructor(bytes: Uint8Array, pos = 0, end = bytes.length) {
    this.bytes = bytes
    this.pos = pos
    this.end = end
  }

  get done(): boolean {
    return this.pos === this.end
  }

  u8(): number {
    if (this.pos >= this.end) refuse('WASM_TRUNCATED', 'the module ends in the middle of an item; check that the file is complete', this.pos)
    return this.bytes[this.pos++]!
  }

  /** Unsigned LEB128, 32 bits (WebAssembly core 2.0 §5.2.2): at most five bytes, no bits beyond the 32nd. */
  u32(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return shift === 28 && byte > 0x0f ? badInteger(this.pos - 1) : value >>> 0
    }
    return badInteger(this.pos - 1)
  }

  s32(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8()
      value |= (byte & 0x7f) << shift
      if (byte >= 0x80) continue
      if (shift === 28) return (byte & 0x78) === 0 || (byte & 0x78) === 0x78 ? value : badInteger(this.pos - 1)
      return (byte & 0x40) === 0 ? value : value | (-1 << (shift + 7))
    }
    return badInteger(this.pos - 1)
  }

  /** Signed LEB128, 33 bits: block types, where a type index must not collide with the negative codes of value types. */
  s33(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8()
      value += (byte & 0x7f) * 2 ** shift
      if (byte >= 0x80) continue
      if (shift === 28 && (byte & 0x70) !== 0 && (byte & 0x70) !== 0x70) return badInteger(this.pos - 1)
      return (byte & 0x40) === 0 ? value : value - 2 ** (shift + 7)
    }
    return badInteger(this.pos - 1)
  }

  skipS64(): void {
    for (let i = 0; i < 10; i++) {
      const byte = this.u8()
      if (byte >= 0x80) continue
      if (i === 9 && byte !== 0 && byte !== 0x7f) badInteger(this.pos - 1)
      return
    }
    badInteger(this.pos - 1)
  }

  skip(count: number): void {
    if (count > this.end - this.pos) refuse('WASM_TRUNCATED', 'an item is longer than what contains it; check that the file is complete', this.pos)
    this.pos += count
  }

  name(maxBytes: number): string {
    const at = this.pos
    const length = this.u32()
    if (length > maxBytes) refuse('WASM_LIMIT', `a name has ${length} bytes, at most ${maxBytes} are allowed`, at, { limit: 'nameBytes', actual: length, max: maxBytes })
    const start = this.pos
    this.skip(length)
    try {
      return utf8.decode(this.bytes.subarray(start, start + length))
    } catch {
      return refuse('WASM_BAD_UTF8', 'a name is not valid UTF-8', start)
    }
  }
}

function badInteger(offset: number): never {
  return refuse('WASM_BAD_INTEGER', 'a LEB128 integer is too long or has bits beyond its width', offset)
}
