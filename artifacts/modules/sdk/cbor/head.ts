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

/** Items that were checked lie inside memory: their heads need no bound. */
export const NO_END: usize = usize.MAX_VALUE

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
  if (info >= 24) readArgument(info, end)
}

/** Big-endian, of 1, 2, 4 or 8 bytes; never one that a shorter form holds. */
function readArgument(info: u32, end: usize): void {
  const width: usize = 1 << ((info - 24) as usize)
  if (width > end - headEnd) unreachable()
  let argument: u64 = 0
  let smallest: u64 = 0
  if (info == 24) {
    argument = load<u8>(headEnd) as u64
    smallest = 24
  } else if (info == 25) {
    argument = bswap<u16>(load<u16>(headEnd)) as u64
    smallest = 0x100
  } else if (info == 26) {
    argument = bswap<u32>(load<u32>(headEnd)) as u64
    smallest = 0x10000
  } else {
    argument = bswap<u64>(load<u64>(headEnd))
    smallest = 0x100000000
    // A negative integer is −1 − argument, so its argument stops one earlier.
    if (argument > (headMajor == NEGATIVE ? MAX_SAFE_INTEGER - 1 : MAX_SAFE_INTEGER)) unreachable()
  }
  if (argument < smallest) unreachable()
  headArgument = argument
  headEnd += width
}
