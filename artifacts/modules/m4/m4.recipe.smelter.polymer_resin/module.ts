import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** In a smelter: resin, and some of it wasted. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('smelter.polymer_resin')
    .consumes('carbon_fuel', 2)
    .consumes('silicate_ore', 2)
    .produces('polymer_resin', 2)
    .leaves('waste_resin', 1)
    .power(7).blocks(2).madeIn('smelter')
    .judge(ptr, len)
}
