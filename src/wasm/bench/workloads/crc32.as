/** CRC-32 (IEEE 802.3) with a table, one byte at a time. */
const TABLE = memory.data(1024)
const DATA: usize = 65536
export function run(size: i32): i32 {
  for (let i: u32 = 0; i < 256; i++) {
    let c = i
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >> 1) : c >> 1
    store<u32>(TABLE + (<usize>i << 2), c)
  }
  for (let i = 0; i < 65536; i++) store<u8>(DATA + i, <u8>(i * 31 + (i >> 7)))
  let crc: u32 = ~0
  for (let round = 0; round < size; round++) {
    for (let i = 0; i < 65536; i++) crc = load<u32>(TABLE + (<usize>((crc ^ load<u8>(DATA + i)) & 255) << 2)) ^ (crc >> 8)
  }
  return <i32>~crc
}
