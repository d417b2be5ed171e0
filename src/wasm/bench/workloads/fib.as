/** Naive recursion: nothing but calls, the worst case for a counter. */
function fib(n: i32): i32 {
  return n < 2 ? n : fib(n - 1) + fib(n - 2)
}
export function run(size: i32): i32 {
  return fib(size)
}
