/** Mandelbrot set in 64-bit fixed point. */
const ONE: i64 = 1 << 24
export function run(size: i32): i32 {
  let total = 0
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const cr = (<i64>x * 3 * ONE) / size - 2 * ONE
      const ci = (<i64>y * 2 * ONE) / size - ONE
      let zr: i64 = 0, zi: i64 = 0
      let i = 0
      while (i < 100) {
        const rr = (zr * zr) >> 24, ii = (zi * zi) >> 24
        if (rr + ii > 4 * ONE) break
        zi = ((zr * zi) >> 23) + ci
        zr = rr - ii + cr
        i++
      }
      total += i
    }
  }
  return total
}
