/** Most bytes the host may hand over. With it and the page limit of the build, a hostile length cannot wrap an address. */
const MAX_INPUT_BYTES: usize = 128 << 10

/** Room for `len` bytes of input. Exported by every module: the host writes the call's input there. */
export function alloc(len: usize): usize {
  if (len > MAX_INPUT_BYTES) unreachable()
  return heap.alloc(len)
}

/** The packed return form of `wasm-1`: low 32 bits pointer, high 32 bits length. */
export function packed(ptr: usize, len: usize): u64 {
  return ((len as u64) << 32) | (ptr as u64)
}
