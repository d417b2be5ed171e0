/** An interpreter that dispatches through the function table. */
type Handler = (acc: i32, x: i32) => i32
const handlers: Handler[] = [
  (acc, x) => acc + x,
  (acc, x) => acc ^ (x << 3),
  (acc, x) => acc * 31 + x,
  (acc, x) => rotl(acc, x & 31),
  (acc, x) => (acc > x ? acc - x : x - acc),
  (acc, x) => acc | (x & 0xff),
  (acc, x) => (acc & 1 ? acc * 3 + 1 : acc >> 1),
  (acc, x) => acc - (x >> 2),
]
export function run(size: i32): i32 {
  let acc = 1
  let x: u32 = 7
  for (let i = 0; i < size; i++) {
    x = x * 1664525 + 1013904223
    acc = handlers[x >> 29](acc, <i32>(x & 0xffff))
  }
  return acc
}
