import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** In an assembler: a motor. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('assembler.motor_mk1')
    .consumes('gear', 2)
    .consumes('copper_wire', 3)
    .produces('motor_mk1', 1)
    .power(7).blocks(2).madeIn('assembler')
    .judge(ptr, len)
}
