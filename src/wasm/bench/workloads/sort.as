/** Quicksort with insertion sort for short ranges, over 32-bit integers. */
const BASE: usize = 65536
@inline function at(i: i32): i32 { return load<i32>(BASE + (<usize>i << 2)) }
@inline function put(i: i32, v: i32): void { store<i32>(BASE + (<usize>i << 2), v) }
function sort(low: i32, high: i32): void {
  while (high - low > 12) {
    const pivot = at((low + high) >> 1)
    let i = low, j = high
    while (i <= j) {
      while (at(i) < pivot) i++
      while (at(j) > pivot) j--
      if (i <= j) {
        const t = at(i)
        put(i++, at(j))
        put(j--, t)
      }
    }
    if (j - low < high - i) {
      sort(low, j)
      low = i
    } else {
      sort(i, high)
      high = j
    }
  }
  for (let i = low + 1; i <= high; i++) {
    const v = at(i)
    let j = i - 1
    while (j >= low && at(j) > v) {
      put(j + 1, at(j))
      j--
    }
    put(j + 1, v)
  }
}
export function run(size: i32): i32 {
  let x: u32 = 12345
  for (let i = 0; i < size; i++) {
    x = x * 1664525 + 1013904223
    put(i, <i32>(x >> 1))
  }
  sort(0, size - 1)
  let sum = 0
  for (let i = 0; i < size; i++) sum = sum * 31 + at(i)
  return sum
}
