/** Strings in a hash map, with the language's own String and Map: allocation, hashing, comparison. */
export function run(size: i32): i32 {
  const counts = new Map<string, i32>()
  let x: u32 = 99
  for (let i = 0; i < size; i++) {
    x = x * 1664525 + 1013904223
    const key = 'agent-' + (x >> 22).toString()
    counts.set(key, (counts.has(key) ? counts.get(key) : 0) + 1)
  }
  const keys = counts.keys()
  let sum = 0
  for (let i = 0; i < keys.length; i++) sum = sum * 31 + counts.get(keys[i]) + keys[i].length
  return sum
}
