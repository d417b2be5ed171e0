/** Longest Collatz chain: a tight, unpredictable 64-bit loop. */
export function run(size: i32): i32 {
  let best = 0
  for (let i = 1; i < size; i++) {
    let n: u64 = i
    let steps = 0
    while (n != 1) {
      n = n & 1 ? 3 * n + 1 : n >> 1
      steps++
    }
    if (steps > best) best = steps
  }
  return best
}
