import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** In an assembler: a servo, which miners are built from. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('assembler.servo_motor')
    .consumes('gear', 1)
    .consumes('copper_wire', 2)
    .produces('servo_motor', 1)
    .power(5).blocks(2).madeIn('assembler')
    .judge(ptr, len)
}
