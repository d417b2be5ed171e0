const utf8 = new TextEncoder()

/** Growing byte buffer with the encodings of the binary format. Integers are always written in their shortest form. */
export class Writer {
  private buffer: Uint8Array
  length = 0

  constructor(capacity = 1024) {
    this.buffer = new Uint8Array(capacity)
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return
    const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.length + count))
    grown.set(this.buffer.subarray(0, this.length))
    this.buffer = grown
  }

  clear(): void {
    this.length = 0
  }

  u8(byte: number): void {
    if (this.length === this.buffer.length) this.reserve(1)
    this.buffer[this.length++] = byte
  }

  u32(value: number): void {
    this.reserve(5)
    let rest = value
    do {
      const byte = rest & 0x7f
      rest >>>= 7
      this.buffer[this.length++] = rest === 0 ? byte : byte | 0x80
    } while (rest !== 0)
  }

  /** Signed LEB128 of a safe integer: i32, i64 and s33 immediates alike. */
  signed(value: number): void {
    this.reserve(10)
    let rest = value
    for (;;) {
      const byte = rest & 0x7f
      rest = Math.floor(rest / 128)
      const last = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)
      this.buffer[this.length++] = last ? byte : byte | 0x80
      if (last) return
    }
  }

  /** Copies source[start, end). */
  copy(source: Uint8Array, start: number, end: number): void {
    const count = end - start
    if (count <= 0) return
    this.reserve(count)
    if (count < 24) {
      // Most copies are a few instructions between two edits; a loop beats the call into the engine.
      for (let i = start, at = this.length; i < end; i++, at++) this.buffer[at] = source[i]!
    } else {
      this.buffer.set(source.subarray(start, end), this.length)
    }
    this.length += count
  }

  bytes(source: Uint8Array): void {
    this.copy(source, 0, source.length)
  }

  /** Appends everything another writer holds. */
  append(other: Writer): void {
    this.copy(other.buffer, 0, other.length)
  }

  name(text: string): void {
    const encoded = utf8.encode(text)
    this.u32(encoded.length)
    this.bytes(encoded)
  }

  /** A section: id, size, and what `body` writes. */
  section(id: number, body: (content: Writer) => void): void {
    const content = new Writer(256)
    body(content)
    this.u8(id)
    this.u32(content.length)
    this.append(content)
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.buffer.slice(0, this.length)
  }
}
