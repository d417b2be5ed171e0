/** Small integer generator (sfc32, from PractRand): one seed drives a whole simulated run. Not for keys. */
export class Prng {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number) {
    // The seed's low and high 32 bits; 12 rounds mix them as the generator's author prescribes.
    this.#a = seed >>> 0
    this.#b = Math.floor(seed / 2 ** 32) >>> 0
    this.#c = 0x9e3779b9
    for (let i = 0; i < 12; i++) this.next()
  }

  /** 0 … 2^32 − 1. */
  next(): number {
    const result = (this.#a + this.#b + this.#counter) >>> 0
    this.#counter = (this.#counter + 1) >>> 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) >>> 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) >>> 0
    return result
  }

  /** An integer within [min, max]. */
  between(min: number, max: number): number {
    return min + (this.next() % (max - min + 1))
  }

  /** True in `permille` of a thousand cases. */
  chance(permille: number): boolean {
    return this.next() % 1000 < permille
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.next() % items.length]
    if (item === undefined) throw new RangeError('Nothing to pick from.')
    return item
  }

  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items]
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.between(0, i)
      ;[result[i], result[j]] = [result[j]!, result[i]!]
    }
    return result
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next() & 0xff)
  }

  /** An independent generator, so that one part's draws do not shift another's. */
  fork(): Prng {
    return new Prng(this.next() * 2 ** 20 + (this.next() >>> 12))
  }
}
