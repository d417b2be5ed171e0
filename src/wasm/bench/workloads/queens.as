/** N queens by bit masks: recursion with a loop inside. */
function place(all: i32, columns: i32, left: i32, right: i32): i32 {
  if (columns == all) return 1
  let free = all & ~(columns | left | right)
  let count = 0
  while (free) {
    const bit = free & -free
    free ^= bit
    count += place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1)
  }
  return count
}
export function run(size: i32): i32 {
  return place((1 << size) - 1, 0, 0, 0)
}
