import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** In an assembler: a chip, and wasted resin. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('assembler.control_chip')
    .consumes('copper_wire', 4)
    .consumes('polymer_resin', 2)
    .produces('control_chip', 1)
    .leaves('waste_resin', 1)
    .power(6).blocks(2).madeIn('assembler')
    .judge(ptr, len)
}
