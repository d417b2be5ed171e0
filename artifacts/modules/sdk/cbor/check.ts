import { ARRAY, BYTE_STRING, MAP, NO_END, TEXT_STRING, headArgument, headEnd, headMajor, readHead } from './head'

/** Deepest nesting the host itself accepts. */
const MAX_DEPTH: i32 = 16
/** The high bit of each of eight bytes: none set means eight ASCII characters. */
const NON_ASCII_BITS: u64 = ((0x80808080 as u64) << 32) | (0x80808080 as u64)

/** Traps unless exactly one canonical item fills [start, end). Accessors rely on this pass and check types only. */
export function checkCanonical(start: usize, end: usize): void {
  if (checkItem(start, end, 0) != end) unreachable()
}

/** Checks the item at `at`; returns the address after it. */
function checkItem(at: usize, end: usize, depth: i32): usize {
  readHead(at, end)
  const major = headMajor
  const argument = headArgument
  let next = headEnd
  if (major == BYTE_STRING || major == TEXT_STRING) {
    if (argument > ((end - next) as u64)) unreachable()
    const after = next + (argument as usize)
    if (major == TEXT_STRING) checkUtf8(next, after)
    return after
  }
  if (major == ARRAY || major == MAP) {
    // Every child takes a byte at least, so a huge count ends here and not in the loop.
    if (depth >= MAX_DEPTH || argument > ((end - next) as u64)) unreachable()
    return major == ARRAY ? checkList(next, end, argument, depth) : checkMap(next, end, argument, depth)
  }
  return next
}

function checkList(at: usize, end: usize, count: u64, depth: i32): usize {
  for (let i: u64 = 0; i < count; i++) at = checkItem(at, end, depth + 1)
  return at
}

function checkMap(at: usize, end: usize, count: u64, depth: i32): usize {
  let previous: usize = 0
  for (let i: u64 = 0; i < count; i++) {
    const key = at
    at = checkItem(key, end, depth + 1)
    if (load<u8>(key) >> 5 != TEXT_STRING) unreachable()
    if (i > 0 && !isBefore(previous, key)) unreachable()
    previous = key
    at = checkItem(at, end, depth + 1)
  }
  return at
}

/** Bytewise order of two encoded texts: the head, which holds the length, comes first, so neither is a prefix of the other. */
export function isBefore(a: usize, b: usize): bool {
  readHead(a, NO_END)
  const end = headEnd + (headArgument as usize)
  while (a < end) {
    const left = load<u8>(a++)
    const right = load<u8>(b++)
    if (left != right) return left < right
  }
  return false
}

/** Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
function checkUtf8(at: usize, end: usize): void {
  while (at < end) {
    if (end - at >= 8 && (load<u64>(at) & NON_ASCII_BITS) == 0) {
      at += 8
      continue
    }
    const lead = load<u8>(at++) as u32
    if (lead < 0x80) continue
    let more: usize = 0
    if (lead >= 0xc2 && lead <= 0xdf) more = 1
    else if (lead >= 0xe0 && lead <= 0xef) more = 2
    else if (lead >= 0xf0 && lead <= 0xf4) more = 3
    if (more == 0 || more > end - at) unreachable()
    const lowest: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80
    const highest: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf
    const first = load<u8>(at) as u32
    if (first < lowest || first > highest) unreachable()
    for (let i: usize = 1; i < more; i++) if ((load<u8>(at + i) & 0xc0) != 0x80) unreachable()
    at += more
  }
}
