/** A tokeniser for JSON-like text: branches on bytes, nested depth, numbers, escapes. */
const TEXT: usize = 65536
function put(at: usize, text: string): usize {
  for (let i = 0; i < text.length; i++) store<u8>(at++, <u8>text.charCodeAt(i))
  return at
}
class Scan {
  depth: i32 = 0
  tokens: i32 = 0
  sum: i32 = 0
}
function scan(from: usize, to: usize, s: Scan): void {
  let p = from
  while (p < to) {
    const c = load<u8>(p)
    if (c == 0x20 || c == 0x0a) {
      p++
    } else if (c == 0x7b || c == 0x5b) {
      s.depth++
      s.tokens++
      p++
    } else if (c == 0x7d || c == 0x5d) {
      s.depth--
      s.tokens++
      p++
    } else if (c == 0x22) {
      p++
      while (p < to && load<u8>(p) != 0x22) {
        if (load<u8>(p) == 0x5c) p++
        s.sum = s.sum * 31 + load<u8>(p)
        p++
      }
      p++
      s.tokens++
    } else if (c >= 0x30 && c <= 0x39) {
      let n = 0
      while (p < to) {
        const d = load<u8>(p)
        if (d < 0x30 || d > 0x39) break
        n = n * 10 + (d - 0x30)
        p++
      }
      s.sum += n
      s.tokens++
    } else {
      p++
    }
  }
}
export function run(size: i32): i32 {
  let end = TEXT
  for (let i = 0; i < 200; i++) end = put(end, '{"agent": "a\\"7", "at": [120, 4500, 77], "power": 993, "slots": ["sensor", "cargo", {"id": 12}]}, \n')
  const s = new Scan()
  for (let i = 0; i < size; i++) scan(TEXT, end, s)
  return s.sum + s.tokens + s.depth
}
