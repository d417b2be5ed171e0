import { Recipe } from '../shared/recipe'
import { GOVERNANCE } from '../shared/stage'
export { alloc } from '../../sdk'

/** In an assembler: a rack that gives a body one more slot, and scrap. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('assembler.module_rack')
    .consumes('sensor_pack', 2)
    .consumes('control_chip', 1)
    .produces('module_rack', 1)
    .leaves('precision_scrap', 1)
    .power(10).blocks(4).madeIn('assembler').from(GOVERNANCE)
    .judge(ptr, len)
}
