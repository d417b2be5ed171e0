/** Integer matrix multiply. */
const A: usize = 65536
export function run(size: i32): i32 {
  const bytes = <usize>(size * size) << 2
  const B = A + bytes, C = B + bytes
  for (let i = 0; i < size * size; i++) {
    store<i32>(A + (<usize>i << 2), i * 7 % 101)
    store<i32>(B + (<usize>i << 2), i * 13 % 97)
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = 0
      for (let k = 0; k < size; k++) sum += load<i32>(A + (<usize>(i * size + k) << 2)) * load<i32>(B + (<usize>(k * size + j) << 2))
      store<i32>(C + (<usize>(i * size + j) << 2), sum)
    }
  }
  let sum = 0
  for (let i = 0; i < size * size; i++) sum = sum * 31 + load<i32>(C + (<usize>i << 2))
  return sum
}
