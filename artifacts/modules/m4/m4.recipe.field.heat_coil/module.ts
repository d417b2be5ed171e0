import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** By hand: copper hammered and wound into a coil. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('field.heat_coil')
    .consumes('copper_ore', 2)
    .produces('heat_coil', 1)
    .power(1).blocks(1)
    .judge(ptr, len)
}
