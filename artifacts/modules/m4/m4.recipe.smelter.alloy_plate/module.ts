import { Recipe } from '../shared/recipe'
import { SCALE_OUT } from '../shared/stage'
export { alloc } from '../../sdk'

/** In a smelter: plates of iron and copper, and slag. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('smelter.alloy_plate')
    .consumes('iron_ingot', 2)
    .consumes('copper_wire', 2)
    .produces('alloy_plate', 2)
    .leaves('slag', 1)
    .power(9).blocks(3).madeIn('smelter').from(SCALE_OUT)
    .judge(ptr, len)
}
