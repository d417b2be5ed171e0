import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** In an assembler: a drone, and scrap. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('assembler.logistics_drone')
    .consumes('motor_mk1', 2)
    .consumes('control_chip', 1)
    .consumes('iron_ingot', 2)
    .produces('logistics_drone', 1)
    .leaves('assembly_scrap', 1)
    .power(12).blocks(4).madeIn('assembler')
    .judge(ptr, len)
}
