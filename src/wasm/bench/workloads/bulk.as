/** Copies and fills in blocks of 64 bytes to 16 KiB. */
const BASE: usize = 65536
export function run(size: i32): i32 {
  for (let i = 0; i < 65536; i++) store<u8>(BASE + i, <u8>(i * 7))
  for (let round = 0; round < size; round++) {
    for (let n: usize = 64; n <= 16384; n <<= 1) {
      memory.copy(BASE + 65536 + (round & 255), BASE + n, n)
      memory.fill(BASE + 98304, <u8>round, n >> 1)
    }
  }
  let sum = 0
  for (let i = 0; i < 65536; i++) sum = sum * 31 + load<u8>(BASE + 65536 + i)
  return sum
}
