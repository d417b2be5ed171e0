import { Writer } from '../binary/writer.ts'
import { Random } from './random.ts'

/** Header and the given sections, as written: nothing is checked, so that anything can be broken. */
export function binary(...sections: readonly (readonly [id: number, ...content: number[]])[]): Uint8Array<ArrayBuffer> {
  const out = new Writer()
  out.bytes(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
  for (const [id, ...content] of sections) out.section(id, (s) => s.bytes(Uint8Array.from(content)))
  return out.finish()
}

/** One function () → () with a memory of one page; `code` without the final end. */
export function functionOf(...code: number[]): Uint8Array<ArrayBuffer> {
  return functionWith(Uint8Array.from(code))
}

export function functionWith(code: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Writer()
  out.bytes(binary([1, 1, 0x60, 0, 0], [3, 1, 0], [5, 1, 0, 1]))
  out.section(10, (s) => {
    s.u32(1)
    s.u32(code.length + 2)
    s.u8(0)
    s.bytes(code)
    s.u8(0x0b)
  })
  return out.finish()
}

/** A few bytes changed, dropped or copied from elsewhere; the header stays. */
export function mutate(bytes: Uint8Array, seed: number): Uint8Array<ArrayBuffer> {
  const random = new Random(seed)
  let mutant = Array.from(bytes)
  for (let i = random.below(3); i >= 0; i--) {
    const at = 8 + random.below(mutant.length - 8)
    switch (random.below(4)) {
      case 0:
        mutant[at] = random.below(256)
        break
      case 1:
        mutant[at]! ^= 1 << random.below(8)
        break
      case 2:
        mutant = mutant.toSpliced(at, 1)
        break
      default:
        mutant[at] = mutant[8 + random.below(mutant.length - 8)]!
    }
  }
  return Uint8Array.from(mutant)
}
