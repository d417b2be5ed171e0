/** Sieve of Eratosthenes over bytes. */
const BASE: usize = 65536
export function run(size: i32): i32 {
  memory.fill(BASE, 1, size)
  for (let i = 2; i * i < size; i++) {
    if (load<u8>(BASE + i)) for (let j = i * i; j < size; j += i) store<u8>(BASE + j, 0)
  }
  let count = 0
  for (let i = 2; i < size; i++) count += load<u8>(BASE + i)
  return count
}
