import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** By hand: a rough frame, and slag. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('field.structural_frame')
    .consumes('iron_ore', 3)
    .consumes('carbon_fuel', 1)
    .produces('structural_frame', 1)
    .leaves('slag', 1)
    .power(1).blocks(1)
    .judge(ptr, len)
}
