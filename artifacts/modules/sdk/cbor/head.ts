export const UNSIGNED: u32 = 0
export const NEGATIVE: u32 = 1
export const BYTE_STRING: u32 = 2
export const TEXT_STRING: u32 = 3
export const ARRAY: u32 = 4
export const MAP: u32 = 5
export const SIMPLE: u32 = 7

export const FALSE: u64 = 20
export const TRUE: u64 = 21
export const NULL: u64 = 22

/** State and messages hold safe integers only. */
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1

// What `readHead` found: plain globals, since a function returns one value and an object per item would fill the memory.
export let headMajor: u32 = 0
export let headArgument: u64 = 0
/** Address after the head. */
export let headEnd: usize = 0

/** Reads the head of the item at `at`, strictly: shortest form, definite length, no tag, no float (RFC 8949 §4.2.1). Traps otherwise. */
export function readHead(at: usize, end: usize): void {
  if (at >= end) unreachable()
  const initial = load<u8>(at) as u32
  const info = initial & 31
  headMajor = initial >> 5
  headArgument = info as u64
  headEnd = at + 1
  if (headMajor == SIMPLE) {
    if (info < 20 || info > 22) unreachable()
    return
  }
  if (headMajor == 6 || info > 27) unreachable()
  if (info < 24) return
  const width: usize = 1 << ((info - 24) as usize)
  if (width > end - headEnd) unreachable()
  let argument: u64 = 0
  for (let i: usize = 0; i < width; i++) argument = (argument << 8) | (load<u8>(headEnd + i) as u64)
  const smallest: u64 = width == 1 ? 24 : (1 as u64) << ((width * 4) as u64)
  // A negative integer is −1 − argument, so its argument stops one earlier.
  const largest: u64 = headMajor == NEGATIVE ? MAX_SAFE_INTEGER - 1 : MAX_SAFE_INTEGER
  if (argument < smallest || argument > largest) unreachable()
  headArgument = argument
  headEnd += width
}
