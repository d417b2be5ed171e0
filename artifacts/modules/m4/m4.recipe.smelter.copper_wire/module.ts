import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** In a smelter: wire. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('smelter.copper_wire')
    .consumes('copper_ore', 3)
    .produces('copper_wire', 4)
    .power(6).blocks(2).madeIn('smelter')
    .judge(ptr, len)
}
