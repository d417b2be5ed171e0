import { encodeCanonical, sha256, utf8Bytes } from '../../../codec/index.ts'

/** Where the answer lies in memory; `alloc` gives what comes after it. */
const ANSWER_AT = 16
const FREE_AT = 4_096

/**
 * A module of interface wasm-1 that allows everything and remarks its maker's mark: different bytes for every agent. Written section by
 * section (WebAssembly core specification §5.5).
 */
export function smallModule(agent: string): Uint8Array {
  const mark = Array.from(sha256(utf8Bytes(agent)).subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const answer = encodeCanonical({ emits: [{ kind: 'mark', payload: { of: mark } }], effects: [] })
  const section = (id: number, bytes: readonly number[]): number[] => [id, ...unsigned(bytes.length), ...bytes]
  const name = (text: string): number[] => [text.length, ...utf8Bytes(text)]
  const body = (code: readonly number[]): number[] => [...unsigned(code.length + 2), 0, ...code, 0x0b]
  return Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7e]), // (i32) -> i32, (i32, i32) -> i64
    ...section(3, [2, 0, 1]),
    ...section(5, [1, 1, 1, 8]), // 1 page, at most 8
    ...section(7, [3, ...name('memory'), 2, 0, ...name('alloc'), 0, 0, ...name('call'), 0, 1]),
    ...section(10, [
      2,
      ...body([0x41, ...signed(BigInt(FREE_AT))]),
      ...body([0x42, ...signed((BigInt(answer.length) << 32n) | BigInt(ANSWER_AT))]),
    ]),
    ...section(11, [1, 0, 0x41, ANSWER_AT, 0x0b, ...unsigned(answer.length), ...answer]),
  ])
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  do {
    const byte = rest & 0x7f
    rest >>>= 7
    bytes.push(rest === 0 ? byte : byte | 0x80)
  } while (rest !== 0)
  return bytes
}

function signed(value: bigint): number[] {
  const bytes: number[] = []
  let rest = value
  for (;;) {
    const byte = Number(rest & 0x7fn)
    rest >>= 7n
    const done = rest === 0n && (byte & 0x40) === 0
    bytes.push(done ? byte : byte | 0x80)
    if (done) return bytes
  }
}
