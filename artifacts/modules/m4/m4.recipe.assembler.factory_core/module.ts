import { Recipe } from '../shared/recipe'
import { GOVERNANCE } from '../shared/stage'
export { alloc } from '../../sdk'

/** In an assembler: the core of a factory, the end of the chain, and waste. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('assembler.factory_core')
    .consumes('module_rack', 1)
    .consumes('alloy_plate', 3)
    .produces('factory_core', 1)
    .leaves('structural_waste', 1)
    .power(14).blocks(4).madeIn('assembler').from(GOVERNANCE)
    .judge(ptr, len)
}
