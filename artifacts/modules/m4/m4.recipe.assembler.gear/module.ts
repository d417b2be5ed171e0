import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** In an assembler: a gear. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('assembler.gear')
    .consumes('iron_ingot', 2)
    .produces('gear', 1)
    .power(4).blocks(1).madeIn('assembler')
    .judge(ptr, len)
}
