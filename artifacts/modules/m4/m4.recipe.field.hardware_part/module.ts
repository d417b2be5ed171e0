import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** By hand: a spare part that maintains factories, and slag. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('field.hardware_part')
    .consumes('iron_ore', 2)
    .consumes('carbon_fuel', 1)
    .produces('hardware_part', 1)
    .leaves('slag', 1)
    .power(1).blocks(1)
    .judge(ptr, len)
}
