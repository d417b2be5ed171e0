import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** In a smelter: ingots, and slag. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('smelter.iron_ingot')
    .consumes('iron_ore', 4)
    .consumes('carbon_fuel', 1)
    .produces('iron_ingot', 3)
    .leaves('slag', 1)
    .power(8).blocks(2).madeIn('smelter')
    .judge(ptr, len)
}
